"""Parsing of TIFF page directories, with sizes checked before any pixel is decoded."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field
from typing import BinaryIO

from segment.errors import DamagedImageError, ImageReadError, ImageTooLargeError

MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
"""Signatures of TIFF; those with + are BigTIFF, with offsets of 8 bytes."""

_MAX_ENTRIES = 4096
"""Limit on the tags of one directory. Scanners write 10 to 40; the format allows 65,535."""

FORMATS = {
    1: "B",
    2: "B",
    3: "H",
    4: "L",
    6: "b",
    7: "B",
    8: "h",
    9: "l",
    13: "L",
    16: "Q",
    17: "q",
    18: "Q",
}
"""{type: format of `struct`} of the types with integers."""

SIZES = {5: 8, 10: 8, 11: 4, 12: 8} | {kind: struct.calcsize(f"={form}") for kind, form in FORMATS.items()}
"""{type: bytes}, fractions and floats included."""

_NEW_SUBFILE_TYPE, _SUBFILE_TYPE, _PHOTOMETRIC = 254, 255, 262
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _SAMPLES, _PLANAR = 256, 257, 258, 259, 277, 284
_STRIP_OFFSETS, _ROWS_PER_STRIP, _STRIP_COUNTS = 273, 278, 279
_TILE_WIDTH, _TILE_HEIGHT, _TILE_OFFSETS, _TILE_COUNTS = 322, 323, 324, 325
_SCALARS = (
    *(_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _SAMPLES, _PLANAR, _ROWS_PER_STRIP),
    *(_TILE_WIDTH, _TILE_HEIGHT),
)


Tags = dict[int, tuple[int, int, bytes]]
"""{tag: (type, count, value or offset)} of one directory."""


@dataclass(frozen=True)
class TiffDirectory:
    """Directory of one page of a TIFF.

    Attributes:
        offset: Start of the directory, bytes from the start of the file.
        width: Width of the page, pixels.
        height: Height of the page, pixels.
        header: Header of a TIFF whose first page is this one: byte order, version and `offset`.
        error: Reason for which the page cannot be decoded, or None.
        layout: Byte order and number sizes of the file.
        role: Role of the image: "page", "reduced" for a smaller copy of another page, or "mask".
    """

    offset: int
    width: int = 0
    height: int = 0
    header: bytes = b""
    error: ImageReadError | None = None
    layout: Layout | None = None
    role: str = "page"


@dataclass
class Layout:
    """Byte order and number sizes of a file.

    Attributes:
        order: "<" little-endian or ">" big-endian.
        big: Whether the file is a BigTIFF.
        size: Length of the file, bytes.
        entry: Format of a directory entry (`struct`).
        word: Format of an offset (`struct`).
    """

    order: str
    big: bool
    size: int
    entry: str = field(init=False)
    word: str = field(init=False)

    def __post_init__(self) -> None:
        self.entry = self.order + ("HHQ8s" if self.big else "HHL4s")
        self.word = self.order + ("Q" if self.big else "L")


def read_directories(file: BinaryIO, max_pages: int, max_pixels: int) -> list[TiffDirectory]:
    """Read the page directories of a TIFF.

    A damaged or too large page is returned with its error, so that the others can be read. If the chain of
    directories breaks, the last entry has the error.

    Args:
        file: Seekable file.
        max_pages: Page limit of the file.
        max_pixels: Pixel limit of a page; larger pages get an error.

    Returns:
        One entry for each page, in the order of the file; smaller copies and masks of other pages are left out.

    Raises:
        ImageTooLargeError: More than `max_pages` pages.
        DamagedImageError: There is no directory.
    """
    size = file.seek(0, 2)
    file.seek(0)
    start = file.read(16)
    layout = Layout("<" if start[:2] == b"II" else ">", start[2:4] in (b"+\0", b"\0+"), size)
    position = 8 if layout.big else 4
    offset = _unpack_from(layout.word, start, position)
    pages: list[TiffDirectory] = []
    seen: set[int] = set()
    # some writers close the chain to a cycle
    while offset and offset not in seen:
        if len(pages) == max_pages:
            raise ImageTooLargeError(
                f"the TIFF has more than {max_pages:,} pages", "max_pages", max_pages + 1, max_pages
            )
        seen.add(offset)
        header = start[:position] + struct.pack(layout.word, offset)
        try:
            tags, following = read_directory(file, offset, layout)
        except DamagedImageError as error:
            pages.append(TiffDirectory(offset, error=error))
            break
        width, height, fault, role = 0, 0, None, "page"
        try:
            role = _role(file, tags, layout)
            width, height = _check_page(file, tags, layout, max_pixels)
        except ImageReadError as error:
            fault = error
        pages.append(TiffDirectory(offset, width, height, header, fault, layout, role))
        offset = following
    if not pages:
        raise DamagedImageError("the TIFF has no pages")
    return _without_copies(pages)


def _role(file: BinaryIO, tags: Tags, layout: Layout) -> str:
    """Return the role of the image of a directory (TIFF 6.0, NewSubfileType; photometric 4 is a mask)."""

    def value(tag: int) -> int:
        entry = tags.get(tag)
        values = read_values(file, entry, layout, 1) if entry is not None and entry[1] == 1 else ()
        return values[0] if values else 0

    if value(_NEW_SUBFILE_TYPE) & 4 or value(_PHOTOMETRIC) == 4:
        return "mask"
    return "reduced" if value(_NEW_SUBFILE_TYPE) & 1 or value(_SUBFILE_TYPE) == 2 else "page"


def _without_copies(pages: list[TiffDirectory]) -> list[TiffDirectory]:
    """Drop masks and smaller copies, unless there is no page that they could belong to."""
    most = max((page.width * page.height for page in pages if page.role == "page"), default=0)
    if not most:
        return pages
    return [page for page in pages if page.role == "page" or page.width * page.height > most]


def _unpack_from(form: str, data: bytes, position: int = 0) -> int:
    try:
        return int(struct.unpack_from(form, data, position)[0])
    except struct.error:
        raise DamagedImageError("the TIFF is truncated within its header") from None


def read_directory(file: BinaryIO, offset: int, layout: Layout) -> tuple[Tags, int]:
    """Read one directory and the offset of the next one (0 for none)."""
    gone = DamagedImageError(
        f"a page directory at byte {offset:,} exceeds the file size of {layout.size:,} bytes"
    )
    if offset >= layout.size:
        raise gone
    file.seek(offset)
    count_form = layout.order + ("Q" if layout.big else "H")
    count = _unpack_from(count_form, file.read(struct.calcsize(count_form)))
    if count > _MAX_ENTRIES:
        raise DamagedImageError(f"a page directory declares {count:,} tags")
    length = struct.calcsize(layout.entry)
    data = file.read(count * length + struct.calcsize(layout.word))
    if len(data) < count * length:
        raise gone
    tags: Tags = {}
    for tag, kind, number, value in struct.iter_unpack(layout.entry, data[: count * length]):
        tags.setdefault(tag, (kind, number, value))
    # a file truncated right after its last directory is readable, without a next page
    rest = data[count * length :]
    return tags, _unpack_from(layout.word, rest) if len(rest) == struct.calcsize(layout.word) else 0


def read_values(file: BinaryIO, entry: tuple[int, int, bytes], layout: Layout, most: int) -> tuple[int, ...]:
    """Read the integers of one tag, at most `most` of them."""
    kind, count, data = entry
    form = FORMATS.get(kind)
    if form is None:
        return ()
    size = count * SIZES[kind]
    count = min(count, most)
    if size > len(data):
        file.seek(min(_unpack_from(layout.word, data), layout.size))
        data = file.read(count * SIZES[kind])
    if len(data) < count * SIZES[kind]:
        raise DamagedImageError("the TIFF is truncated within a list of strips")
    return struct.unpack_from(f"{layout.order}{count}{form}", data)


def _check_page(file: BinaryIO, tags: Tags, layout: Layout, max_pixels: int) -> tuple[int, int]:
    """Check a page against the limits and the length of the file; return width and height in pixels."""
    room = sum(
        n * SIZES.get(kind, 0) for kind, n, value in tags.values() if n * SIZES.get(kind, 0) > len(value)
    )
    if room > layout.size:
        raise DamagedImageError(f"the tags declare {room:,} bytes, the file has {layout.size:,}")
    scalar = {
        tag: values[0]
        for tag in _SCALARS
        if tag in tags and (values := read_values(file, tags[tag], layout, 1))
    }
    width, height = scalar.get(_WIDTH, 0), scalar.get(_HEIGHT, 0)
    if width <= 0 or height <= 0:
        raise DamagedImageError("the page has no width or height")
    if width * height > max_pixels:
        raise too_many_pixels(width, height, max_pixels)
    tiled = _TILE_OFFSETS in tags
    tile_width = scalar.get(_TILE_WIDTH, 0) if tiled else width
    planes = max(1, scalar.get(_SAMPLES, 1)) if scalar.get(_PLANAR, 1) == 2 else 1
    tile_height = (
        scalar.get(_TILE_HEIGHT, 0)
        if tiled
        else rows_per_strip(tags, scalar.get(_ROWS_PER_STRIP, height), height, planes)
    )
    if tile_width <= 0 or tile_height <= 0:
        raise DamagedImageError("the tiles of the page have no width or height")
    if tile_width * tile_height > max_pixels:
        raise too_many_pixels(tile_width, tile_height, max_pixels)
    strips = math.ceil(height / tile_height)
    expected = math.ceil(width / tile_width) * strips * planes
    offsets_tag, counts_tag = (_TILE_OFFSETS, _TILE_COUNTS) if tiled else (_STRIP_OFFSETS, _STRIP_COUNTS)
    if offsets_tag not in tags:
        raise DamagedImageError("the page has no pixel data")
    if tags[offsets_tag][1] > expected:
        raise DamagedImageError(
            f"the page declares {tags[offsets_tag][1]:,} strips or tiles instead of {expected:,}"
        )
    offsets = read_values(file, tags[offsets_tag], layout, expected)
    counts = (
        read_values(file, tags[counts_tag], layout, expected) if counts_tag in tags else (1,) * len(offsets)
    )
    depth = scalar.get(_BITS, 1) * (1 if planes > 1 else max(1, scalar.get(_SAMPLES, 1)))
    raw = math.ceil(tile_width * depth / 8)  # bytes of a row without compression
    for index, (start, length) in enumerate(zip(offsets, counts, strict=False)):
        if start + length <= layout.size:
            continue
        # Some writers declare too many bytes. Compressed data that are truncated indeed fail in the decoder.
        rows = tile_height if tiled else min(tile_height, height - index % strips * tile_height)
        least = rows * raw if scalar.get(_COMPRESSION, 1) == 1 else 1
        if start + min(least, length) > layout.size:
            end = start + length
            raise DamagedImageError(
                f"the TIFF is truncated: the page ends at byte {end:,}, the file at {layout.size:,}"
            )
    return width, height


def rows_per_strip(tags: Tags, declared: int, height: int, planes: int) -> int:
    """Return the rows of a strip, 1 to `height`; 0, which some writers declare, stands for equal strips."""
    if declared:
        return min(declared, height)
    strips = max(1, tags[_STRIP_OFFSETS][1] // planes) if _STRIP_OFFSETS in tags else 1
    return math.ceil(height / strips)


def too_many_pixels(width: int, height: int, allowed: int) -> ImageTooLargeError:
    """Build the error for an image of width x height pixels above a limit of `allowed` pixels."""
    pixels = width * height
    return ImageTooLargeError(
        f"the image has {width:,} x {height:,} = {pixels:,} pixels", "max_pixels", pixels, allowed
    )
