"""TIFF pages that are stored otherwise than Pillow and libtiff expect."""

import io
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segment.errors import DamagedImageError
from segment.io.pages import Page, PageFailure, load_pages, try_pages
from tests.segment.io.test_tiff import Tags, bilevel, drawing, reverse_bits, strip, tiff

ADOBE_DEFLATE, LZW, PACKBITS, GROUP_3, GROUP_4 = 8, 5, 32773, 3, 4


def picture(height: int = 23, width: int = 41) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    return ((5 * x + 7 * y) % 256).astype(np.uint8)


def grayscale(pixels: bytes, more: Tags | None = None, height: int = 23, width: int = 41) -> Tags:
    """One page of gray levels of 8 bits, 0 black, unless `more` says otherwise."""
    return bilevel(width, height, pixels, {258: (3, [8]), 262: (3, [1])} | (more or {}))


def only(content: bytes) -> np.ndarray:
    (page,) = load_pages(content)
    return page.image


def deflated(data: bytes) -> bytes:
    return zlib.compress(data)


@pytest.mark.parametrize("compression", [1, ADOBE_DEFLATE])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("white_is_zero", [False, True])
def test_samples_of_sixteen_bits(compression: int, order: str, big: bool, white_is_zero: bool):
    gray = picture()
    levels = gray.astype(np.uint16) * 257
    data = (65535 - levels if white_is_zero else levels).astype(order + "u2").tobytes()
    data = deflated(data) if compression != 1 else data
    more: Tags = {258: (3, [16]), 259: (3, [compression]), 262: (3, [int(not white_is_zero)])}
    assert np.array_equal(only(tiff(grayscale(data, more), order=order, big=big)), gray)


def packed(levels: np.ndarray, in_pairs: bool) -> bytes:
    """Samples of 12 bits; rows end with a whole byte, or with a pair of samples."""
    rows = []
    for row in levels:
        bits = "".join(f"{value:012b}" for value in row)
        rows.append(int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big"))
        if in_pairs and len(row) % 2:
            rows[-1] += b"\0"
    return b"".join(rows)


@pytest.mark.parametrize("width", [40, 41])
@pytest.mark.parametrize("in_pairs", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("white_is_zero", [False, True])
def test_samples_of_twelve_bits(width: int, in_pairs: bool, order: str, white_is_zero: bool):
    gray = picture(width=width)
    levels = np.rint(gray / 255 * 4095).astype(int)
    data = packed(4095 - levels if white_is_zero else levels, in_pairs)
    more: Tags = {258: (3, [12]), 262: (3, [int(not white_is_zero)])}
    assert np.array_equal(only(tiff(grayscale(data, more, width=width), order=order)), gray)


@pytest.mark.parametrize(
    ("top", "declared"), [(4095, 4095), (4095, None), (1023, 1023), (1023, None), (16383, None)]
)
def test_samples_of_fewer_bits_in_sixteen(top: int, declared: int | None):
    gray = picture()
    levels = np.rint(gray / 255 * top).astype("<u2")
    more: Tags = {258: (3, [16])} | ({281: (3, [declared])} if declared else {})
    assert np.array_equal(only(tiff(grayscale(levels.tobytes(), more))), gray)


@pytest.mark.parametrize("unit", [1, 257])
def test_palettes_of_eight_and_sixteen_bits(unit: int):
    gray = picture()
    colors = [unit * level for level in range(256)] * 3
    more: Tags = {262: (3, [3]), 320: (3, colors)}
    assert np.array_equal(only(tiff(grayscale(gray.tobytes(), more))), gray)


@pytest.mark.parametrize(("samples", "photometric"), [(4, 2), (2, 1), (5, 2)])
@pytest.mark.parametrize("compression", [1, ADOBE_DEFLATE])
def test_samples_that_nothing_declares_are_no_alpha(samples: int, photometric: int, compression: int):
    gray = picture()
    colors = 3 if photometric == 2 else 1
    data = np.dstack([gray] * colors + [np.zeros_like(gray)] * (samples - colors)).tobytes()
    more: Tags = {
        258: (3, [8] * samples),
        259: (3, [compression]),
        262: (3, [photometric]),
        277: (3, [samples]),
    }
    page = grayscale(deflated(data) if compression != 1 else data, more)
    assert np.array_equal(only(tiff(page)), gray)


@pytest.mark.parametrize("declared", [False, True])
@pytest.mark.parametrize("compression", [1, ADOBE_DEFLATE])
def test_spare_samples_in_planes_of_their_own(declared: bool, compression: int):
    gray = picture()
    planes = [gray.tobytes()] * 3 + [bytes(gray.size)]
    planes = [deflated(plane) if compression != 1 else plane for plane in planes]
    places = np.cumsum([8, *map(len, planes)]).tolist()  # behind the header
    more: Tags = {
        258: (3, [8] * 4),
        259: (3, [compression]),
        262: (3, [2]),
        273: (4, places[:-1]),
        277: (3, [4]),
        279: (4, [len(plane) for plane in planes]),
        284: (3, [2]),
    }
    more |= {338: (3, [0])} if declared else {}
    (*_, result) = try_pages(tiff({65000: (4, b"".join(planes))}, grayscale(b"", more)))
    assert isinstance(result, Page)
    assert np.array_equal(result.image, gray)


def test_blank_paper_of_sixteen_bits_stays_blank_where_white_is_zero():
    noise = np.random.default_rng(0).integers(0, 2000, (23, 41)).astype("<u2")
    more: Tags = {258: (3, [16]), 262: (3, [0])}
    assert only(tiff(grayscale(noise.tobytes(), more))).min() > 245


@pytest.mark.parametrize("kind", [1, 2])
def test_an_alpha_of_all_zero_hides_nothing(kind: int):
    gray = picture()
    data = np.dstack([gray, gray, gray, np.zeros_like(gray)]).tobytes()
    more: Tags = {258: (3, [8] * 4), 262: (3, [2]), 277: (3, [4]), 338: (3, [kind])}
    assert np.array_equal(only(tiff(grayscale(data, more))), gray)


@pytest.mark.parametrize("compression", [1, ADOBE_DEFLATE])
@pytest.mark.parametrize("strips", [1, 3])
def test_zero_rows_a_strip_stand_for_equal_strips(compression: int, strips: int):
    gray = picture(height=24)
    parts = [rows.tobytes() for rows in np.split(gray, strips)]
    parts = [deflated(part) if compression != 1 else part for part in parts]
    places = np.cumsum([8, *map(len, parts)]).tolist()  # behind the header
    more: Tags = {
        259: (3, [compression]),
        273: (4, places[:-1]),
        278: (4, [0]),
        279: (4, [len(part) for part in parts]),
    }
    data = tiff({65000: (4, b"".join(parts))}, grayscale(b"", more, height=24))
    results = list(try_pages(data))
    assert isinstance(results[-1], Page)
    assert np.array_equal(results[-1].image, gray)


@pytest.mark.parametrize("in_file", [False, True])
@pytest.mark.parametrize("compression", [1, LZW, ADOBE_DEFLATE, PACKBITS, GROUP_4])
def test_byte_counts_that_pass_the_end_of_the_file(compression: int, in_file: bool, tmp_path: Path):
    bits = drawing()
    names = {
        1: "raw",
        LZW: "tiff_lzw",
        ADOBE_DEFLATE: "tiff_adobe_deflate",
        PACKBITS: "packbits",
        GROUP_4: "group4",
    }
    data = strip(bits, names[compression])
    page = bilevel(83, 37, data, {259: (3, [compression]), 262: (3, [1]), 279: (4, [len(data) + 2000])})
    source: bytes | Path = tiff(page)
    if in_file:
        source = tmp_path / "scan.tif"
        source.write_bytes(tiff(page))
    (result,) = load_pages(source)
    assert np.array_equal(result.image, np.where(bits, 255, 0))


@pytest.mark.parametrize("compression", [LZW, ADOBE_DEFLATE, PACKBITS, GROUP_3, GROUP_4, 7])
def test_a_file_that_ends_within_its_pixels_is_damaged(compression: int):
    if compression == 7:
        buffer = io.BytesIO()
        Image.fromarray(picture(90, 120)).save(buffer, "JPEG")
        data, more = buffer.getvalue(), {258: (3, [8]), 262: (3, [1])}
    else:
        names = {
            LZW: "tiff_lzw",
            ADOBE_DEFLATE: "tiff_adobe_deflate",
            PACKBITS: "packbits",
            GROUP_3: "group3",
            GROUP_4: "group4",
        }
        rng = np.random.default_rng(5)
        data, more = strip(rng.random((90, 120)) < 0.8, names[compression]), {262: (3, [1])}
    start = 400  # behind the directory
    tags = more | {259: (3, [compression]), 273: (4, [start]), 279: (4, [len(data)])}
    head = tiff(bilevel(120, 90, b"", tags)).ljust(start, b"\0")
    (whole,) = try_pages(head + data)
    assert isinstance(whole, Page)
    (cut,) = try_pages(head + data[: len(data) * 2 // 3])
    assert isinstance(cut, PageFailure)
    assert isinstance(cut.error, DamagedImageError)


@pytest.mark.parametrize("compression", ["group3", "group4"])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.875, 0.9])
def test_a_truncated_facsimile_is_damage_and_not_paper(compression: str, reverse: bool, part: float):
    code = {"group3": GROUP_3, "group4": GROUP_4}[compression]
    data = strip(drawing(), compression)
    data = data[: int(len(data) * part)]
    data = reverse_bits(data) if reverse else data
    more: Tags = {259: (3, [code]), 262: (3, [1]), 266: (3, [2 if reverse else 1])}
    (result,) = try_pages(tiff(bilevel(83, 37, data, more)))
    assert isinstance(result, PageFailure)
    assert isinstance(result.error, DamagedImageError)


@pytest.mark.parametrize("part", [0.5, 0.9])
def test_a_truncated_strip_of_jpeg_data_is_damage(part: float):
    buffer = io.BytesIO()
    Image.fromarray(picture(90, 120)).save(buffer, "JPEG")
    data = buffer.getvalue()
    more: Tags = {258: (3, [8]), 259: (3, [7]), 262: (3, [1])}
    (whole,) = load_pages(tiff(bilevel(120, 90, data, more)))
    assert np.array_equal(only(tiff(bilevel(120, 90, data[:-2], more))), whole.image)
    (result,) = try_pages(tiff(bilevel(120, 90, data[: int(len(data) * part)], more)))
    assert isinstance(result, PageFailure)
    assert isinstance(result.error, DamagedImageError)


@pytest.mark.parametrize("reverse", [False, True])
def test_a_facsimile_without_its_end_code_is_whole(reverse: bool):
    bits = drawing()
    data = strip(bits, "group4")
    number, length = int.from_bytes(data, "big"), 8 * len(data)
    while not number & 1:
        number, length = number >> 1, length - 1
    assert number & 0xFFFFFF == 0x001001
    number, length = number >> 24, length - 24
    short = (number << -length % 8).to_bytes(-(-length // 8), "big")
    short = reverse_bits(short) if reverse else short
    more: Tags = {259: (3, [GROUP_4]), 262: (3, [1]), 266: (3, [2 if reverse else 1])}
    assert np.array_equal(only(tiff(bilevel(83, 37, short, more))), np.where(bits, 255, 0))


def test_smaller_copies_and_masks_are_no_pages():
    gray = picture()
    small = grayscale(gray[:6, :10].tobytes(), {254: (4, [1])}, height=6, width=10)
    old = grayscale(gray[:6, :10].tobytes(), {255: (3, [2])}, height=6, width=10)
    page = grayscale(gray.tobytes(), {254: (4, [2])})
    mask = bilevel(41, 23, bytes(6 * 23), {254: (4, [4]), 262: (3, [4])})
    unmarked = bilevel(41, 23, bytes(6 * 23), {262: (3, [4])})
    other = grayscale(gray[::-1].tobytes(), {254: (4, [2])})
    pages = list(load_pages(tiff(small, page, mask, old, unmarked, other)))
    assert [found.number for found in pages] == [1, 2]
    assert np.array_equal(pages[0].image, gray)
    assert np.array_equal(pages[1].image, gray[::-1])
    # a file of nothing else has pages all the same
    assert [found.image.shape for found in load_pages(tiff(small, old))] == [(6, 10)] * 2
    # and no page is lost to a mark that cannot be right
    large = grayscale(gray.tobytes(), {254: (4, [1])})
    plain = grayscale(gray[:6, :10].tobytes(), height=6, width=10)
    assert len(list(load_pages(tiff(large, plain)))) == 2


def test_overlapping_strips_are_not_copied_many_times():
    height, strips = 4000, 4000
    places = [8 + index % 7 for index in range(strips)]
    more: Tags = {
        258: (3, [16]),
        259: (3, [ADOBE_DEFLATE]),
        262: (3, [0]),
        273: (4, places),
        278: (4, [1]),
        279: (4, [30_000] * strips),
    }
    (result,) = try_pages(tiff(grayscale(b"", more, height=height)) + bytes(1000))
    assert isinstance(result, PageFailure)
    assert isinstance(result.error, DamagedImageError)


def test_tags_of_a_page_that_is_rewritten_may_be_odd():
    odd = grayscale(picture().tobytes(), {278: (4, [0]), 282: (4, [200]), 347: (1, list(range(200)))})
    (page,) = load_pages(tiff(odd, order=">", big=True))
    assert np.array_equal(page.image, picture())
