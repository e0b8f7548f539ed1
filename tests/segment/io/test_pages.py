"""Loading of pages: formats, limits and typed errors."""

import os
import pickle
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from segment.errors import (
    DamagedImageError,
    EmptyImageError,
    ImageAccessError,
    ImageNotFoundError,
    ImageReadError,
    ImageTooLargeError,
    SegmentError,
    UnsupportedFormatError,
)
from segment.io.pages import Limits, Page, PageFailure, load_pages, open_pages, try_pages
from tests.segment.io.images import encode, only, picture

# Pages


def multipage(*arrays: np.ndarray, **options: object) -> bytes:
    first, *rest = (Image.fromarray(a) for a in arrays)
    return encode(first, "TIFF", save_all=True, append_images=rest, **options)


@pytest.mark.parametrize("from_memory", [True, False])
def test_every_page_of_a_tiff(tmp_path: Path, from_memory: bool):
    arrays = [picture(20 + k, 30 + k) for k in range(5)]
    source: bytes | Path = multipage(*arrays, compression="tiff_lzw")
    if not from_memory:
        path = tmp_path / "pages.tif"
        path.write_bytes(source)
        source = path
    pages = list(load_pages(source))
    assert [page.number for page in pages] == [1, 2, 3, 4, 5]
    for page, array in zip(pages, arrays, strict=True):
        assert np.array_equal(page.image, array)
    with open_pages(source) as opened:
        assert len(opened) == 5
        assert np.array_equal(opened[3].image, arrays[3])
        assert np.array_equal(opened[0].image, arrays[0])
        with pytest.raises(IndexError):
            opened[5]
    with pytest.raises(ImageReadError, match="closed"):
        opened[0]


def test_pages_are_decoded_when_asked_for(monkeypatch: pytest.MonkeyPatch):
    import segment.io.pages as module

    decoded = []
    real = module.decode_tiff_page

    def spy(*args):
        decoded.append(1)
        return real(*args)

    monkeypatch.setattr(module, "decode_tiff_page", spy)
    pages = load_pages(multipage(*[picture()] * 4))
    next(pages)
    next(pages)
    pages.close()
    assert len(decoded) == 2


def test_a_file_cut_between_its_pages_gives_the_whole_ones():
    data = multipage(picture(), picture())
    size = len(multipage(picture()))
    results = list(try_pages(data[: size + 40]))
    assert isinstance(results[0], Page)
    assert np.array_equal(results[0].image, picture())
    assert isinstance(results[-1], PageFailure)


# Errors


def test_missing_files_and_directories_are_refused(tmp_path: Path):
    with pytest.raises(ImageNotFoundError, match="no such file"):
        only(tmp_path / "missing.png")
    with pytest.raises(ImageNotFoundError):
        only("name\0with zero")
    with pytest.raises(ImageAccessError, match=r"directory.*\*\.png"):
        only(tmp_path)
    with pytest.raises(ImageAccessError):
        only(_below_a_file(tmp_path))
    with pytest.raises(ImageReadError, match="int"):
        only(7)


def _below_a_file(folder: Path) -> Path:
    (folder / "file").write_bytes(b"x")
    return folder / "file" / "inner.png"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_pipes_and_devices_are_refused_at_once(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ImageAccessError, match="pipe"):
        only(tmp_path / "pipe")
    with pytest.raises(ImageAccessError, match="device"):
        only("/dev/zero")


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "secret.png"
    path.write_bytes(encode(Image.fromarray(picture())))

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ImageAccessError, match="Permission denied"):
        only(path)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", EmptyImageError),
        (b"\x89P", DamagedImageError),
        (b"\x89PNG\r\n\x1a\n", DamagedImageError),
        (b"\xff\xd8\xff", DamagedImageError),
        (b"II*\0", DamagedImageError),
        (b"II*\0\0\0\0\0", DamagedImageError),
        (b"MM\0*\0\0\xff\xff", DamagedImageError),
        (b"II+\0\x08\0\0\0" + b"\xff" * 8, DamagedImageError),
        (b"%PDF-1.7", DamagedImageError),
        (b"GIF89a" + bytes(30), UnsupportedFormatError),
        (b"hello, world", UnsupportedFormatError),
        (b"\0" * 1000, UnsupportedFormatError),
    ],
)
def test_other_content_is_refused(content: bytes, error: type[SegmentError]):
    (result,) = try_pages(content)
    assert isinstance(result, PageFailure)
    assert type(result.error) is error


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF"])
def test_no_cut_or_scratched_file_does_worse_than_a_typed_error(form: str, capfd: pytest.CaptureFixture[str]):
    options = {"compression": "group4"} if form == "TIFF" else {}
    image = Image.fromarray(picture(60, 90) > 99) if form == "TIFF" else Image.fromarray(picture(60, 90))
    data = encode(image, form, **options)
    rng = np.random.default_rng(0)
    for _ in range(150):
        scratched = bytearray(data[: rng.integers(1, len(data) + 1)])
        for at in rng.integers(0, len(scratched), rng.integers(0, 4)):
            scratched[at] = rng.integers(256)
        for result in try_pages(bytes(scratched), Limits(max_pixels=1_000_000)):
            assert isinstance(result, Page | PageFailure)
            if isinstance(result, PageFailure):
                assert isinstance(result.error, ImageReadError)
                assert str(result.error)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF"])
def test_truncation_is_an_error_not_a_gray_half(form: str):
    data = encode(Image.fromarray(picture(200, 300)), form)
    with pytest.raises(ImageReadError):
        only(data[: len(data) * 2 // 3])


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"II*\0", b"MM\0*", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"]),
)
def test_any_bytes_end_in_a_page_or_a_typed_error(content: bytes, start: bytes):
    for result in try_pages(start + content):
        assert isinstance(result, Page) or isinstance(result.error, ImageReadError)


def test_threads_leave_the_warning_filters_alone():
    before = list(warnings.filters)
    data = multipage(*[picture(100, 100)] * 3)
    threads = [threading.Thread(target=lambda: [list(try_pages(data)) for _ in range(10)]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert warnings.filters == before


# Limits


def test_limits_are_checked_and_named():
    data = multipage(*[picture(10, 10)] * 3)
    with pytest.raises(ImageTooLargeError, match=r"--max-pixels 100\b") as caught:
        only(data, Limits(max_pixels=99))
    assert (caught.value.limit, caught.value.value, caught.value.allowed) == ("max_pixels", 100, 99)
    with pytest.raises(ImageTooLargeError, match="--max-pages"):
        next(load_pages(data, Limits(max_pages=2)))
    with pytest.raises(ImageTooLargeError, match="--max-bytes"):
        next(load_pages(data, Limits(max_bytes=100)))
    with pytest.raises(ImageTooLargeError, match="max_pixels=100"):
        only(np.zeros((10, 10), np.uint8), Limits(max_pixels=99))
    with pytest.raises(ImageTooLargeError):
        only(encode(Image.fromarray(picture(10, 10))), Limits(max_pixels=99))
    assert len(list(load_pages(data, Limits(max_pixels=100, max_pages=3, max_bytes=len(data))))) == 3
    with pytest.raises(SegmentError, match="max_pages is 0"):
        Limits(max_pages=0)


def test_errors_survive_the_way_between_processes():
    (failure,) = try_pages(np.zeros((10, 10), np.uint8), Limits(max_pixels=99))
    again = pickle.loads(pickle.dumps(failure.error))
    assert type(again) is ImageTooLargeError
    assert str(again) == str(failure.error)
    assert again.allowed == 99


def test_a_bigger_limit_than_the_decoders_own_is_honored(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 50)
    for form in ("PNG", "JPEG", "TIFF"):
        assert only(encode(Image.fromarray(picture(20, 20)), form)).shape == (20, 20)
    assert Image.MAX_IMAGE_PIXELS == 50
