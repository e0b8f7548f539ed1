"""Old-style JPEG in TIFF, in the arrangements that writers chose."""

import io

import numpy as np
import pytest
from PIL import Image

from segment.errors import DamagedImageError
from segment.io.pages import Page, PageFailure, load_pages, try_pages
from tests.segment.io.test_tiff import Tags, tiff

WIDTH, HEIGHT = 70, 45


def picture() -> np.ndarray:
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    return (40 + 2 * x + y).astype(np.uint8)


def jpeg(mode: str = "L", **options: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture()).convert(mode).save(buffer, "JPEG", quality=95, **options)
    return buffer.getvalue()


def segments(data: bytes) -> list[tuple[int, int, int]]:
    """Marker, start of the body and end of each segment up to the scan."""
    found, at = [], 2
    while True:
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        found.append((data[at + 1], at + 4, at + 2 + length))
        if data[at + 1] == 0xDA:
            return found
        at += 2 + length


def page(mode: str, more: Tags) -> Tags:
    samples = 3 if mode == "RGB" else 1
    return {
        256: (4, [WIDTH]),
        257: (4, [HEIGHT]),
        258: (3, [8] * samples),
        259: (3, [6]),
        262: (3, [6 if samples == 3 else 1]),
        277: (3, [samples]),
        278: (4, [HEIGHT]),
        512: (3, [1]),
    } | more


def check(tags: Tags, data: bytes, order: str = "<") -> None:
    """The data lie at byte 8, before a directory of private tags and that of the page."""
    for result in list(try_pages(tiff({65000: (4, data)}, tags, order=order)))[-1:]:
        assert isinstance(result, Page), result
        assert np.abs(result.image.astype(int) - picture()).max() <= 4


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("arrangement", ["whole", "header", "no length", "strip"])
def test_a_jpeg_file_in_a_tiff(mode: str, order: str, arrangement: str):
    data = jpeg(mode)
    scan = segments(data)[-1][2]
    more: Tags = {513: (4, [8]), 514: (4, [len(data)]), 273: (4, [8 + scan]), 279: (4, [len(data) - scan])}
    if arrangement == "header":
        more[514] = (4, [scan])
    elif arrangement == "no length":
        del more[514]
    elif arrangement == "strip":
        more = {273: (4, [8]), 279: (4, [len(data)])}
    check(page(mode, more), data, order)


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("rows", [HEIGHT, 16])
def test_tables_and_strips_apart(mode: str, rows: int):
    samples = 3 if mode == "RGB" else 1
    # 4:4:4, a restart marker after each row of MCUs
    data = jpeg(mode, subsampling=0, restart_marker_rows=2) if rows != HEIGHT else jpeg(mode, subsampling=0)
    found = segments(data)
    quantizers = [
        (at + 1 + 65 * n) for kind, at, end in found if kind == 0xDB for n in range((end - at) // 65)
    ]
    coders: dict[int, int] = {}
    for kind, at, end in found:
        place = at
        while kind == 0xC4 and place < end:
            coders[data[place]] = place + 1
            place += 17 + sum(data[place + 1 : place + 17])
    scan = found[-1][2]
    body = data[scan:-2]
    starts, lengths = [8 + scan], []
    for index in range(len(body) - 1):
        if body[index] == 0xFF and 0xD0 <= body[index + 1] <= 0xD7:
            lengths.append(8 + scan + index - starts[-1])
            starts.append(8 + scan + index + 2)
    lengths.append(8 + scan + len(body) - starts[-1])
    more: Tags = {
        273: (4, starts),
        279: (4, lengths),
        278: (4, [rows]),
        519: (4, [8 + quantizers[min(n, len(quantizers) - 1) if n else 0] for n in range(samples)]),
        520: (4, [8 + coders[min(n, 1)] for n in range(samples)]),
        521: (4, [8 + coders[16 + min(n, 1)] for n in range(samples)]),
        530: (3, [1, 1]),
    }
    check(page(mode, more), data)


def test_a_jpeg_file_of_another_size_is_refused():
    data = jpeg()
    tags = page("L", {513: (4, [8]), 273: (4, [8]), 279: (4, [len(data)]), 256: (4, [WIDTH + 1])})
    result = list(try_pages(tiff({65000: (4, data)}, tags)))[-1]
    assert isinstance(result, PageFailure)
    assert isinstance(result.error, DamagedImageError)


def test_truncated_old_style_jpeg_is_damaged():
    data = jpeg()[:-150]
    tags = page("L", {513: (4, [8]), 273: (4, [8]), 279: (4, [len(data)]), 514: (4, [len(data)])})
    result = list(try_pages(tiff({65000: (4, data)}, tags)))[-1]
    assert isinstance(result, PageFailure)
    assert isinstance(result.error, DamagedImageError)


def test_new_style_jpeg_is_left_to_libtiff():
    buffer = io.BytesIO()
    Image.fromarray(picture()).save(buffer, "TIFF", compression="jpeg", quality=95)
    (found,) = load_pages(buffer.getvalue())
    assert np.abs(found.image.astype(int) - picture()).max() <= 4
