"""TIFF: storage variants, damaged pages, and files made to exhaust memory."""

import io
import struct
import subprocess
import sys
import warnings
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segment.errors import DamagedImageError, ImageReadError, ImageTooLargeError, UnsupportedFormatError
from segment.io.pages import Limits, Page, PageFailure, load_pages, try_pages
from segment.io.tiff import read_directories

Tags = dict[int, tuple[int, Sequence[int] | bytes]]
FORMS = {1: "B", 3: "H", 4: "L", 16: "Q"}


def tiff(*pages: Tags, order: str = "<", big: bool = False) -> bytes:
    """Write directories as they are given: {tag: (type, values)}; values as bytes are stored, and pointed to."""
    word, size = (order + "Q", 8) if big else (order + "L", 4)
    out = bytearray((b"II" if order == "<" else b"MM") + struct.pack(order + "H", 43 if big else 42))
    if big:
        out += struct.pack(order + "HH", 8, 0)
    link = len(out)
    out += bytes(size)
    for page in pages:
        entries = b""
        for tag, (kind, values) in sorted(page.items()):
            if isinstance(values, bytes):
                values, data = [len(out)], values
                out += data + b"\0" * (len(data) % 2)
            value = struct.pack(f"{order}{len(values)}{FORMS[kind]}", *values)
            if len(value) > size:
                at = struct.pack(word, len(out))
                out += value + b"\0" * (len(value) % 2)
                value = at
            entries += (
                struct.pack(order + "HH", tag, kind)
                + struct.pack(word, len(values))
                + value.ljust(size, b"\0")
            )
        out[link : link + size] = struct.pack(word, len(out))
        out += struct.pack(order + ("Q" if big else "H"), len(page)) + entries
        link = len(out)
        out += bytes(size)
    return bytes(out)


def bilevel(width: int, height: int, pixels: bytes, more: Tags | None = None) -> Tags:
    """One page of one bit a pixel in one strip, uncompressed, 0 white, unless `more` says otherwise."""
    page: Tags = {
        256: (4, [width]),
        257: (4, [height]),
        258: (3, [1]),
        259: (3, [1]),
        262: (3, [0]),
        273: (4, pixels),
        277: (3, [1]),
        278: (4, [height]),
        279: (4, [len(pixels)]),
    }
    return page | (more or {})


def drawing() -> np.ndarray:
    """Black and white without symmetry, wider than a byte and not a multiple of one; True is white."""
    rng = np.random.default_rng(3)
    bits = np.ones((37, 83), bool)
    for _ in range(12):
        y, x = rng.integers(0, 30), rng.integers(0, 75)
        bits[y : y + rng.integers(1, 7), x : x + rng.integers(1, 9)] ^= True
    return bits


COMPRESSIONS = {
    "raw": 1,
    "group3": 3,
    "group4": 4,
    "tiff_lzw": 5,
    "tiff_adobe_deflate": 8,
    "packbits": 32773,
}


def strip(bits: np.ndarray, compression: str) -> bytes:
    """The pixels as one strip, compressed by Pillow: 1 is white."""
    if compression == "raw":
        return np.packbits(bits, axis=1).tobytes()
    buffer = io.BytesIO()
    options = {"compression": compression, "strip_size": 1 << 20, "tiffinfo": {262: 1}}
    Image.fromarray(bits).save(buffer, "TIFF", **options)
    with Image.open(buffer) as image:
        ((start,), (length,)) = image.tag_v2[273], image.tag_v2[279]
    return buffer.getvalue()[start : start + length]


def reverse_bits(data: bytes) -> bytes:
    return bytes(int(f"{byte:08b}"[::-1], 2) for byte in data)


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_compressions_and_strips_decode_to_the_same_image(compression: str, tmp_path: Path):
    bits = drawing()
    expected = np.where(bits, 255, 0)
    pages, kinds = [], []
    for white, reverse in product((0, 1), (False, True)):
        data = strip(bits if white else ~bits, compression)
        more: Tags = {
            259: (3, [COMPRESSIONS[compression]]),
            262: (3, [white]),
            266: (3, [2 if reverse else 1]),
            273: (4, reverse_bits(data) if reverse else data),
            279: (4, [len(data)]),
        }
        pages.append(bilevel(83, 37, b"", more))
        kinds.append((white, reverse))
    for (order, big), in_file in product(product("<>", (False, True)), (False, True)):
        source: bytes | Path = tiff(*pages, order=order, big=big)
        if in_file:
            path = tmp_path / "scan.tif"
            path.write_bytes(source)
            source = path
        results = list(load_pages(source))
        assert len(results) == 4
        for page, kind in zip(results, kinds, strict=True):
            assert np.array_equal(page.image, expected), (compression, order, big, in_file, kind)


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate", "packbits", "zstd", "lzma"])
@pytest.mark.parametrize("mode", ["1", "L", "I;16", "RGB", "P"])
def test_lossless_compressions_agree(compression: str | None, mode: str):
    y, x = np.mgrid[:23, :41]
    gray = ((5 * x + 7 * y) % 256).astype(np.uint8)
    image = {
        "1": Image.fromarray(gray > 99),
        "L": Image.fromarray(gray),
        "I;16": Image.fromarray(gray.astype(np.uint16) * 257),
        "RGB": Image.fromarray(np.dstack([gray] * 3)),
        "P": Image.fromarray(gray).convert("P"),
    }[mode]
    buffer = io.BytesIO()
    image.save(buffer, "TIFF", compression=compression)
    (page,) = load_pages(buffer.getvalue())
    assert np.array_equal(page.image, np.where(gray > 99, 255, 0) if mode == "1" else gray)


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_jpeg_in_tiff(mode: str):
    y, x = np.mgrid[:40, :64]
    gray = (40 + 2 * x + y).astype(np.uint8)
    first, second = (Image.fromarray(array).convert(mode) for array in (gray, gray[::-1].copy()))
    buffer = io.BytesIO()
    first.save(
        buffer,
        "TIFF",
        compression="jpeg",
        quality=95,
        save_all=True,
        append_images=[second],
        tiffinfo={278: 16},
    )
    pages = [page.image.astype(int) for page in load_pages(buffer.getvalue())]
    assert len(pages) == 2
    assert np.abs(pages[0] - gray).max() <= 6
    assert np.abs(pages[1] - gray[::-1]).max() <= 6


def test_tiles_and_planes():
    tile = np.arange(256, dtype=np.uint8).reshape(16, 16)
    tiles: Tags = {
        256: (4, [20]),
        257: (4, [16]),
        258: (3, [8]),
        259: (3, [1]),
        262: (3, [1]),
        277: (3, [1]),
        322: (4, [16]),
        323: (4, [16]),
        325: (4, [256, 256]),
    }
    first = 8  # behind the header
    data = tiff({65000: (4, tile.tobytes() + tile[::-1].tobytes())}, tiles | {324: (4, [first, first + 256])})
    results = list(try_pages(data))
    assert isinstance(results[1], Page)
    assert np.array_equal(results[1].image, np.hstack([tile, tile[::-1, :4]]))


def test_a_damaged_fax_strip_is_refused(capfd: pytest.CaptureFixture[str]):
    data = bytearray(strip(drawing(), "group4"))
    data[len(data) // 3 : len(data) // 3 + 4] = b"\x00\x00\x00\x00"
    page = bilevel(83, 37, bytes(data), {259: (3, [4])})
    (result,) = try_pages(tiff(page))
    assert isinstance(result, PageFailure)
    assert isinstance(result.error, DamagedImageError)
    assert capfd.readouterr().err == ""


def test_a_bad_page_does_not_hide_the_others():
    good = bilevel(16, 2, b"\xf0\x0f\xff\x00")
    unknown = bilevel(16, 2, b"\0" * 4, {262: (3, [77])})
    huge = bilevel(60_000, 60_000, b"\0" * 4)
    cut = bilevel(16, 4000, b"\0" * 4)
    bare: Tags = {256: (4, [16])}
    data = tiff(unknown, good, huge, cut, bare, good)
    results = list(try_pages(data))
    assert [type(r) for r in results] == [PageFailure, Page, PageFailure, PageFailure, PageFailure, Page]
    assert [r.number for r in results] == [1, 2, 3, 4, 5, 6]
    failures = [r.error for r in results if isinstance(r, PageFailure)]
    kinds = [UnsupportedFormatError, ImageTooLargeError, DamagedImageError, DamagedImageError]
    assert [type(error) for error in failures] == kinds
    assert str(failures[1]).startswith("page 3: the image has 60,000 x 60,000")
    for page in (results[1], results[5]):
        assert isinstance(page, Page)
        assert page.image.tolist() == [[0] * 4 + [255] * 8 + [0] * 4, [0] * 8 + [255] * 8]
    with pytest.raises(UnsupportedFormatError):
        next(load_pages(data))


def test_the_chain_of_directories():
    data = bytearray(tiff(bilevel(8, 1, b"\xaa"), bilevel(8, 1, b"\x55")))
    first = int.from_bytes(data[4:8], "little")
    circle = data[:-4] + first.to_bytes(4, "little")
    assert [page.image[0, 0] for page in load_pages(bytes(circle))] == [0, 255]
    astray = data[:-4] + (10**9).to_bytes(4, "little")
    results = list(try_pages(bytes(astray)))
    assert [type(r) for r in results] == [Page, Page, PageFailure]
    # the last link itself is missing: nothing is lost
    assert len(list(load_pages(bytes(data[:-4])))) == 2
    with pytest.raises(ImageTooLargeError, match="--max-pages"):
        read_directories(io.BytesIO(data), max_pages=1, max_pixels=10**6)


def test_warnings_of_the_decoder_stay_inside():
    # metadata that points out of the file: Pillow warns and goes on
    odd = bytearray(tiff(bilevel(8, 1, b"\xaa", {700: (1, list(range(16)))})))
    at = odd.index(struct.pack("<HHL", 700, 1, 16)) + 8
    odd[at : at + 4] = (len(odd) - 4).to_bytes(4, "little")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        before = list(warnings.filters)
        assert len(list(try_pages(bytes(odd)))) == 1
        assert warnings.filters == before
    assert caught == []


MEASURE = """
import resource, sys
from segment.io.pages import try_pages
list(try_pages(b""))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for path in sys.argv[1:]:
    for result in try_pages(path):
        print(type(result.error).__name__)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_bombs_are_refused_from_the_header_in_little_memory(tmp_path: Path):
    bomb = tiff(bilevel(50_000, 50_000, bytes(64)))
    tiles = tiff(
        bilevel(8, 8, b"", {322: (4, [200_000]), 323: (4, [200_000]), 324: (4, bytes(64)), 325: (4, [64])})
    )
    pieces = tiff(bilevel(100, 100, b"", {273: (4, [8] * 2000), 279: (4, [1] * 2000), 278: (4, [1])}))
    tags = bytearray(tiff(bilevel(8, 8, bytes(64), {65000 + k: (4, [1, 2, 3]) for k in range(5)})))
    for k in range(5):
        # each of the unknown tags claims half a gigabyte
        at = tags.index(struct.pack("<HH", 65000 + k, 4))
        tags[at + 4 : at + 8] = (125_000_000).to_bytes(4, "little")
    entries = struct.pack("<2sHLH", b"II", 42, 8, 65535) + bytes(65535 * 12)
    header = io.BytesIO()
    Image.new("L", (5, 5)).save(header, "PNG")
    png = bytearray(header.getvalue())
    png[16:24] = (60_000).to_bytes(4, "big") * 2
    files = [bomb, tiles, pieces, bytes(tags), entries, bytes(png)]
    assert all(len(data) < 20_000 for data in (bomb, tiles, pieces, tags, png))
    paths = [tmp_path / str(k) for k in range(len(files))]
    for path, data in zip(paths, files, strict=True):
        path.write_bytes(data)
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, *map(str, paths)],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    *errors, memory = run.stdout.split()
    assert errors[:2] == ["ImageTooLargeError"] * 2
    assert errors[2:5] == ["DamagedImageError"] * 3
    # Pillow may find the broken checksum of the header first
    assert errors[5] in ("ImageTooLargeError", "DamagedImageError")
    assert len(errors) == 6
    # kilobytes on Linux, bytes on macOS
    assert int(memory) < 200_000 * (1024 if sys.platform == "darwin" else 1)
    assert run.stderr == ""


def test_no_tiff_made_of_random_tags_does_worse_than_a_typed_error():
    rng = np.random.default_rng(1)
    for _ in range(300):
        page = bilevel(16, 4, bytes(8))
        for tag in rng.choice([256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 317, 322, 338, 339], 2):
            kind = int(rng.choice([1, 3, 4]))
            top = {1: 2**8, 3: 2**16, 4: 2**32}[kind]
            values = rng.choice([0, 1, 2, 3, 4, 7, 8, 16, 100, top - 1, top // 2], int(rng.integers(1, 4)))
            page[int(tag)] = (kind, [int(value) % top for value in values])
        for result in try_pages(tiff(page), Limits(max_pixels=1_000_000)):
            assert isinstance(result, Page) or isinstance(result.error, ImageReadError)


def test_an_offset_beyond_any_file_is_damage():
    data = bytearray(tiff(bilevel(8, 3, bytes(3), {273: (16, [8, 9, 10]), 278: (4, [1])}), big=True))
    at = data.index(struct.pack("<HHQ", 273, 16, 3)) + 12
    data[at : at + 8] = b"\xff" * 8
    (result,) = try_pages(bytes(data))
    assert isinstance(result, PageFailure)
    assert isinstance(result.error, DamagedImageError)
