"""PDF pages: resolution, limits and typed errors."""

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segment.errors import DamagedImageError, ImageTooLargeError, PdfSupportError, UnsupportedFormatError
from segment.io.pages import Limits, Page, PageFailure, load_pages, open_pages, try_pages

pytest.importorskip("pypdfium2")


def scan(number: int = 0) -> np.ndarray:
    """A page without any symmetry."""
    gray = np.full((110, 240), 250, np.uint8)
    gray[10:30, 12 : 60 + 20 * number] = 20
    gray[60:64, 100:230] = 90
    return gray


def pdf(*arrays: np.ndarray, dpi: float = 200, mode: str = "L") -> bytes:
    first, *others = (Image.fromarray(array).convert(mode) for array in arrays)
    stream = io.BytesIO()
    first.save(stream, "PDF", resolution=dpi, save_all=True, append_images=others)
    return stream.getvalue()


def written(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of given objects, the first of them its catalog."""
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    end = b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer,
        len(body),
    )
    return body + head + table + end


def page_of(box: bytes = b"0 0 144 72", more: bytes = b"", *objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of one page."""
    return written(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[%s]%s>>" % (box, more),
        *objects,
        trailer=trailer,
    )


@pytest.mark.parametrize("from_memory", [True, False])
def test_every_page_at_the_resolution_of_its_scan(tmp_path: Path, from_memory: bool):
    content = pdf(scan(0), scan(1), scan(2))
    source: bytes | Path = content
    if not from_memory:
        source = tmp_path / "scan.png"  # the content counts
        source.write_bytes(content)
    pages = list(load_pages(source))
    assert [page.number for page in pages] == [1, 2, 3]
    for number, page in enumerate(pages):
        assert page.image.shape == scan().shape
        assert page.image.dtype == np.uint8
        assert page.image.flags["C_CONTIGUOUS"]
        assert page.dpi == pytest.approx(200, rel=0.01)
        assert np.abs(page.image.astype(int) - scan(number)).mean() < 3  # JPEG inside


@pytest.mark.parametrize("dpi", [100, 300])
def test_other_resolutions(dpi: float):
    (page,) = load_pages(pdf(scan(), dpi=dpi))
    assert page.image.shape == scan().shape
    assert page.dpi == pytest.approx(dpi, rel=0.01)


def test_black_and_white():
    (page,) = load_pages(pdf(scan(), mode="1"))
    assert page.image[20, 30] < 30
    assert page.image[90, 200] > 225


def test_a_page_that_is_no_scan_is_drawn_at_the_exchange_resolution():
    content = b"0 0 36 72 re f"
    stream = b"<</Length %d>>stream\n%s\nendstream" % (len(content), content)
    (page,) = load_pages(page_of(b"0 0 144 72", b"/Contents 4 0 R", stream))
    assert page.image.shape == (200, 400)
    assert page.dpi == 200
    assert page.image[:, :99].max() == 0
    assert page.image[:, 101:].min() == 255
    (page,) = load_pages(page_of(b"0 0 144 72", b"/Rotate 90/Contents 4 0 R", stream))
    assert page.image.shape == (400, 200)
    assert page.image[:99].max() == 0


def image_object(gray: np.ndarray) -> bytes:
    """An image as it is, without compression."""
    height, width = gray.shape
    head = b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8/Length %d>>"
    return head % (width, height, gray.size) + b"stream\n" + gray.tobytes() + b"\nendstream"


def of_strips(gray: np.ndarray, rows: int, dpi: float, left: float = 0.0, more: bytes = b"") -> bytes:
    """A PDF whose page is an image in strips of some rows."""
    strips = [gray[start : start + rows] for start in range(0, len(gray), rows)]
    height, width = (size * 72 / dpi for size in gray.shape)
    draw, top = b"", height
    for number, part in enumerate(strips):
        tall = len(part) * 72 / dpi
        top -= tall
        draw += b"q %.4f 0 0 %.4f %.4f %.4f cm /S%d Do Q\n" % (width, tall, left, top, number)
    names = b"".join(b"/S%d %d 0 R" % (number, number + 5) for number in range(len(strips)))
    content = b"<</Length %d>>stream\n%s\nendstream" % (len(draw), draw)
    box = b"%.4f 0 %.4f %.4f" % (left, left + width, height)
    resources = b"/Contents 4 0 R/Resources<</XObject<<%s>>>>%s" % (names, more)
    return page_of(box, resources, content, *map(image_object, strips))


def noise(height: int = 123, width: int = 240) -> np.ndarray:
    return np.random.default_rng(2).integers(0, 256, (height, width)).astype(np.uint8)


@pytest.mark.parametrize("rows", [1, 4, 7, 50])
@pytest.mark.parametrize("dpi", [150, 200, 300])
def test_a_scan_in_strips_is_one_picture(rows: int, dpi: float):
    gray = noise()
    (page,) = load_pages(of_strips(gray, rows, dpi))
    assert page.dpi == pytest.approx(dpi, rel=0.01)
    assert np.array_equal(page.image, gray)


def test_strips_on_turned_and_shifted_pages():
    gray = noise()
    (page,) = load_pages(of_strips(gray, 4, 300, left=31.7))
    assert np.array_equal(page.image, gray)
    (page,) = load_pages(of_strips(gray, 4, 300, more=b"/Rotate 90"))
    assert np.array_equal(page.image, np.rot90(gray, -1))


def test_pixels_that_are_not_square_are_made_so():
    gray = scan()
    content = b"q 144 0 0 72 0 0 cm /A Do Q"
    stream = b"<</Length %d>>stream\n%s\nendstream" % (len(content), content)
    half = image_object(gray[:, ::2].copy())
    (page,) = load_pages(
        page_of(b"0 0 144 72", b"/Contents 5 0 R/Resources<</XObject<</A 4 0 R>>>>", half, stream)
    )
    # 120 x 110 pixels on 2 x 1 inch
    assert page.dpi == pytest.approx(110)
    assert page.image.shape == (110, 220)
    assert page.image[20, 40] < 60


@pytest.mark.parametrize("junk", [b"\r\n", b"POST /scan HTTP/1.1\r\nX: y\r\n\r\n", b"\0" * 1000])
def test_junk_before_the_header(junk: bytes):
    (page,) = load_pages(junk + pdf(scan()))
    assert page.image.shape == scan().shape


def test_limits_are_checked_before_anything_is_drawn():
    with pytest.raises(ImageTooLargeError, match="--max-pages 3"):
        open_pages(pdf(scan(), scan(), scan()), Limits(max_pages=2))
    with pytest.raises(ImageTooLargeError, match="--max-pixels"):
        next(load_pages(page_of(b"0 0 1000000 1000000")))
    with pytest.raises(ImageTooLargeError, match="400 x 200"):
        next(load_pages(page_of(), Limits(max_pixels=79_999)))
    bomb = b"<</Type/XObject/Subtype/Image/Width 50000/Height 50000/ColorSpace/DeviceGray/BitsPerComponent 1/Length 0>>"
    draw = b"<</Length 26>>stream\nq 144 0 0 72 0 0 cm /A Do Q\nendstream"
    content = page_of(
        b"0 0 144 72",
        b"/Contents 5 0 R/Resources<</XObject<</A 4 0 R>>>>",
        bomb + b"stream\n\nendstream",
        draw,
    )
    with pytest.raises(ImageTooLargeError, match="50,000 x 50,000"):
        next(load_pages(content))


def test_a_bad_page_does_not_hide_the_others():
    content = page_of(b"0 0 144 72")
    two = content.replace(b"/Kids[3 0 R]/Count 1", b"/Kids[3 0 R 9 0 R 3 0 R]/Count 3")
    results = list(try_pages(two))
    assert len(results) == 3
    assert [type(result) for result in results] == [Page, PageFailure, Page]
    assert [result.number for result in results] == [1, 2, 3]


def test_a_password_is_asked_for():
    lock = b"<</Filter/Standard/V 1/R 2/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>"
    locked = page_of(b"0 0 144 72", b"", lock, trailer=b"/Encrypt 4 0 R/ID[<00><00>]")
    with pytest.raises(UnsupportedFormatError, match="password"):
        open_pages(locked)


def test_damaged_files_end_in_a_page_or_a_typed_error():
    whole = pdf(scan(), scan(1))
    for content in (b"%PDF-1.7", whole[: len(whole) // 3], whole[:40], b"%PDF-1.4\n" + bytes(500)):
        with pytest.raises(DamagedImageError):
            list(load_pages(content))
    generator = np.random.default_rng(0)
    for _ in range(60):
        scratched = bytearray(whole[: int(generator.integers(20, len(whole)))])
        for place in generator.integers(8, len(scratched), 5):
            scratched[place] = generator.integers(256)
        for result in try_pages(bytes(scratched)):
            assert isinstance(result, Page | PageFailure)


def test_without_pypdfium2_the_error_names_the_package_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(PdfSupportError, match=r"docreader\[pdf\]"):
        open_pages(pdf(scan()))
