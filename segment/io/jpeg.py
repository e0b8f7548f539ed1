"""Streams of JPEG data: files without an end, and old-style JPEG in TIFF (TIFF 6.0 sec. 22)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from segment.errors import DamagedImageError
from segment.io.tiff_rewrite import TiffPage

_SOI, _EOI = b"\xff\xd8", b"\xff\xd9"
_COMPRESSION, _BITS, _STRIPS, _SAMPLES, _ROWS, _SUBSAMPLING = 259, 258, 273, 277, 278, 530
_STREAM, _STREAM_LENGTH, _RESTART, _Q_TABLES, _DC_TABLES, _AC_TABLES = 513, 514, 515, 519, 520, 521

_FILLINGS = (b"\x55", b"\xaa", b"\x33", b"\x00")
"""Bytes of which a decoder that lacks data makes different pixels."""


def endings(data: bytes) -> Iterator[bytes]:
    """Complete a JPEG file without an end in several ways.

    All decode to the same pixels if the entropy-coded data are complete. A decoder completes truncated data from the
    filling, so that the pixels differ.

    Args:
        data: The file, from its first byte.
    """
    whole = data.rstrip(b"\xff")
    for filling in _FILLINGS:
        yield whole + filling * 64 + _EOI


def old_style_jpeg(page: TiffPage) -> bytes | None:
    """Compose the JPEG file of a TIFF page of compression 6.

    Writers store a whole JPEG file (tag 513), its header in front of the strips, or tables and strips alone.

    Returns:
        The JPEG file, maybe without its end; None for another compression or if there is too little for it.

    Raises:
        DamagedImageError: Strips or tables exceed the file, or strips overlap.
    """
    if page.number(_COMPRESSION, 1) != 6 or _STRIPS not in page.tags:
        return None
    strips = _strips(page)
    start = page.number(_STREAM, 0)
    if start:
        stream = _read(page, start, page.number(_STREAM_LENGTH, 0) or page.layout.size - start)
        if stream.startswith(_SOI):
            return _with_strips(stream, start, strips)
    first = next(iter(strips.values()), b"")
    if first.startswith(_SOI):
        return first if len(strips) == 1 else None
    header = _header(page)
    return None if header is None else header + _join(list(strips.values()))


def _strips(page: TiffPage) -> dict[int, bytes]:
    """Read the strips by their offsets."""
    extents = page.extents()
    if sum(length for _, length in extents) > page.layout.size:
        raise DamagedImageError("the strips of the page overlap")
    return {start: _read(page, start, length) for start, length in extents}


def _read(page: TiffPage, start: int, length: int) -> bytes:
    if start >= page.layout.size:
        raise DamagedImageError("the TIFF is truncated within its JPEG data")
    page.file.seek(start)
    return page.file.read(max(0, min(length, page.layout.size - start)))


def _with_strips(stream: bytes, start: int, strips: dict[int, bytes]) -> bytes:
    """Return a stream that contains the strips, or a header followed by them."""
    scan = _scan_end(stream)
    if scan is None:
        # the scan header is at the start of the first strip
        return stream.removesuffix(_EOI) + b"".join(strips.values())
    if len(stream) > scan + 2:
        return stream
    return stream[:scan] + _join(list(strips.values()))


def _scan_end(stream: bytes) -> int | None:
    """Return the end of the first scan header, None if there is none."""
    position = 2
    while position + 4 <= len(stream) and stream[position] == 0xFF:
        marker, length = stream[position + 1], int.from_bytes(stream[position + 2 : position + 4], "big")
        if marker == 0xFF:
            position += 1
            continue
        if marker == 0xD9:
            return None
        position += 2 + length
        if marker == 0xDA:
            return position if position <= len(stream) else None
    return None


def _join(strips: list[bytes]) -> bytes:
    """Join the entropy-coded data of strips, each a restart interval."""
    out = bytearray()
    for index, strip in enumerate(strips):
        data = strip[:-2] if strip.endswith(_EOI) else strip
        out += data
        ends = len(data) >= 2 and data[-2] == 0xFF and 0xD0 <= data[-1] <= 0xD7
        if index + 1 < len(strips) and not ends:
            out += bytes([0xFF, 0xD0 + index % 8])
    return bytes(out)


def _header(page: TiffPage) -> bytes | None:
    """Compose the header of a JPEG file from the tables of a TIFF page."""
    samples = max(1, page.number(_SAMPLES, 1))
    places = [page.numbers(tag, 4) for tag in (_Q_TABLES, _DC_TABLES, _AC_TABLES)]
    if samples not in (1, 3) or any(len(place) < samples for place in places):
        return None
    out = _SOI
    for index in range(samples):
        out += b"\xff\xdb" + struct.pack(">HB", 67, index) + _read(page, places[0][index], 64)
    across, down = (*page.numbers(_SUBSAMPLING, 2), 2, 2)[:2] if samples == 3 else (1, 1)
    out += b"\xff\xc0" + struct.pack(">HBHHB", 8 + 3 * samples, 8, page.height, page.width, samples)
    for index in range(samples):
        factors = (across & 15) << 4 | (down & 15) if not index else 0x11
        out += bytes([index + 1, factors, index])
    for kind, table in ((0, places[1]), (1, places[2])):
        for index in range(samples):
            counts = _read(page, table[index], 16)
            values = _read(page, table[index] + 16, sum(counts))
            out += b"\xff\xc4" + struct.pack(">HB", 19 + len(values), kind << 4 | index) + counts + values
    interval = page.number(_RESTART, 0)
    if not interval and page.tags[_STRIPS][1] > 1:
        wide, high = 8 * across, 8 * down
        interval = -(-page.width // wide) * -(-page.number(_ROWS, page.height) // high)
    if interval:
        out += b"\xff\xdd" + struct.pack(">HH", 4, interval & 0xFFFF)
    out += b"\xff\xda" + struct.pack(">HB", 6 + 2 * samples, samples)
    return out + b"".join(bytes([index + 1, index * 17]) for index in range(samples)) + b"\0\x3f\0"
