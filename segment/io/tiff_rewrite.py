"""Rewriting of TIFF pages that Pillow and libtiff cannot decode as stored: one page, in memory, with sound tags."""

from __future__ import annotations

import io
import math
import struct
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

import numpy as np

from segment.errors import DamagedImageError
from segment.io.tiff import (
    FORMATS,
    SIZES,
    Layout,
    Tags,
    TiffDirectory,
    read_directory,
    read_values,
    rows_per_strip,
)

_BITS, _COMPRESSION, _PHOTOMETRIC, _STRIPS, _SAMPLES, _ROWS, _COUNTS = 258, 259, 262, 273, 277, 278, 279
_PLANAR, _TILE_WIDTH, _TILE_HEIGHT, _TILES, _TILE_COUNTS, _EXTRA = 284, 322, 323, 324, 325, 338
_FILL_ORDER = 266

_COPIED = frozenset(
    (
        *(256, 257, _BITS, _COMPRESSION, _PHOTOMETRIC, _FILL_ORDER, 274, _SAMPLES, _ROWS, 280, 281, 282, 283),
        *(_PLANAR, 292, 293, 296, 317, 320, _TILE_WIDTH, _TILE_HEIGHT, _EXTRA, 332, 339, 347),
        *(529, 530, 531, 532),
    )
)
"""Tags that matter to the decoder: geometry, organization, color, resolution, tables of compressions."""

_MAX_PAYLOAD = 1 << 20
"""Limit on the values of one tag, bytes; a color map of 16 bits has 384 KiB."""

_FAX = (2, 3, 4)
"""Compressions CCITT RLE, T.4 and T.6."""

_JPEG, _EOI = 7, b"\xff\xd9"
"""Compression JPEG and its end marker."""

_EOFB = 0x001001
"""End of a facsimile block, 24 bits (T.6)."""

_PADDINGS = (b"\x02", b"\x04", b"\x08", b"\xaa")
"""Bytes that contain a code of T.6 invalid in TIFF, at different positions, and alternating bits."""

_PADDING_LENGTH = 64


@dataclass
class TiffPage:
    """Tags of one page of a TIFF, and what to change in them.

    Attributes:
        file: The whole TIFF, seekable.
        tags: Tags as stored.
        layout: Byte order and number sizes of the file.
        width: Width of the page, pixels.
        height: Height of the page, pixels.
        without_alpha: Whether `rewrite` declares additional samples as meaningless.
    """

    file: BinaryIO
    tags: Tags
    layout: Layout
    width: int
    height: int
    without_alpha: bool = False

    @classmethod
    def read(cls, file: BinaryIO, page: TiffDirectory) -> TiffPage:
        """Read the tags of a page that `segment.io.tiff.read_directories` has checked."""
        assert page.layout is not None
        tags, _ = read_directory(file, page.offset, page.layout)
        return cls(file, tags, page.layout, page.width, page.height)

    def numbers(self, tag: int, most: int = 1) -> tuple[int, ...]:
        """Read at most `most` integers of a tag."""
        return read_values(self.file, self.tags[tag], self.layout, most) if tag in self.tags else ()

    def number(self, tag: int, default: int) -> int:
        """Read the first integer of a tag."""
        return next(iter(self.numbers(tag)), default)

    @property
    def hides_damage(self) -> bool:
        """Whether the decoder completes truncated data in silence: facsimile with paper, JPEG with gray."""
        return self.number(_COMPRESSION, 1) in (*_FAX, _JPEG)

    @property
    def is_inverted(self) -> bool:
        """Whether 0 is white in samples of more than 8 bits, which Pillow decodes as if 0 were black."""
        return (
            self.number(_PHOTOMETRIC, 1) == 0 and self.number(_BITS, 1) > 8 and self.number(_SAMPLES, 1) == 1
        )

    def extents(self) -> list[tuple[int, int]]:
        """Return start and length of the strips or tiles within the file, bytes."""
        tiled = _TILES in self.tags
        width = self.number(_TILE_WIDTH, self.width) if tiled else self.width
        planes = max(1, self.number(_SAMPLES, 1)) if self.number(_PLANAR, 1) == 2 else 1
        rows = self._rows(planes)
        per_plane = math.ceil(self.width / width) * math.ceil(self.height / rows)
        starts = self.numbers(_TILES if tiled else _STRIPS, per_plane * planes)
        lengths = self.numbers(_TILE_COUNTS if tiled else _COUNTS, per_plane * planes)
        size = self.layout.size
        if self.number(_COMPRESSION, 1) == 1:
            depth = self.number(_BITS, 1) * (1 if planes > 1 else max(1, self.number(_SAMPLES, 1)))
            raw = math.ceil(width * depth / 8) + self.row_padding()
            lengths = tuple(
                raw * (rows if tiled else min(rows, self.height - index % per_plane * rows))
                for index in range(len(starts))
            )
        elif len(lengths) != len(starts):
            ends = sorted({*starts, size})
            following = dict(pairwise(ends))
            lengths = tuple(following.get(start, size) - start for start in starts)
        return [
            (start, max(0, min(length, size - start))) for start, length in zip(starts, lengths, strict=True)
        ]

    def row_padding(self) -> int:
        """Return the bytes to skip after each row: some writers store samples of 12 bits in pairs, 3 bytes each."""
        plain = self.number(_COMPRESSION, 1) == 1 and self.number(_SAMPLES, 1) == 1
        if not plain or self.number(_BITS, 1) != 12 or self.width % 2 == 0 or _TILES in self.tags:
            return 0
        rows = min(self._rows(), self.height)
        return int(self.number(_COUNTS, 0) == rows * 3 * (self.width + 1) // 2)

    def _rows(self, planes: int = 1) -> int:
        if _TILES in self.tags:
            return self.number(_TILE_HEIGHT, self.height)
        return rows_per_strip(self.tags, self.number(_ROWS, self.height), self.height, planes)

    def changes(self) -> Tags:
        """Return the tags that Pillow or libtiff needs otherwise than stored, as (type, count, payload)."""
        order = self._order
        changed: Tags = {}
        if not self.number(_ROWS, 1) and _TILES not in self.tags:
            planes = max(1, self.number(_SAMPLES, 1)) if self.number(_PLANAR, 1) == 2 else 1
            changed[_ROWS] = (4, 1, struct.pack(order + "L", self._rows(planes)))
        if self.is_inverted:
            changed[_PHOTOMETRIC] = (3, 1, struct.pack(order + "H", 1))
        extra = self.numbers(_EXTRA, 16)
        missing = self.number(_SAMPLES, 1) - self._colors() - len(extra)
        if self.without_alpha:
            extra = (0,) * len(extra)
            changed[_EXTRA] = (3, len(extra), struct.pack(f"{order}{len(extra)}H", *extra))
        if 0 < missing <= 8 and self.number(_PHOTOMETRIC, 1) in (0, 1, 2, 3, 5):
            samples = (*extra, *[0] * missing)
            changed[_EXTRA] = (3, len(samples), struct.pack(f"{order}{len(samples)}H", *samples))
        return changed

    def _colors(self) -> int:
        """Return the number of samples that are colors or gray levels."""
        return {2: 3, 5: 4, 8: 3}.get(self.number(_PHOTOMETRIC, 1), 1)

    def _spare_planes(self) -> bool:
        """Return whether samples without a meaning are in planes of their own, at which Pillow fails."""
        extra = self.numbers(_EXTRA, 16)
        return self.number(_PLANAR, 1) == 2 and self.number(_SAMPLES, 1) > self._colors() and not any(extra)

    def _only_colors(self, order: str) -> Tags:
        """Return the tags of the planes of colors alone."""
        colors = self._colors()
        return {
            _BITS: (3, colors, struct.pack(f"{order}{colors}H", *[self.number(_BITS, 1)] * colors)),
            _SAMPLES: (3, 1, struct.pack(order + "H", colors)),
            _EXTRA: (3, 0, b""),
        }

    @property
    def _order(self) -> str:
        """Byte order to write; samples of 12 bits are packed alike in both, and Pillow knows them in one."""
        return "<" if self.number(_BITS, 1) == 12 else self.layout.order

    def needs_rewriting(self) -> bool:
        """Return whether Pillow would misread the page or refuse it."""
        tiled = _TILES in self.tags
        declared = self.numbers(_TILE_COUNTS if tiled else _COUNTS, 1 << 24)
        starts = self.numbers(_TILES if tiled else _STRIPS, 1 << 24)
        excess = any(a + b > self.layout.size for a, b in zip(starts, declared, strict=False))
        big_endian = self.layout.order == ">" and (self.layout.big or self.number(_BITS, 1) == 12)
        return bool(excess or big_endian or self.row_padding() or self._spare_planes() or self.changes())

    def rewrite(self, padding: bytes = b"") -> bytes:
        """Compose a TIFF of this page alone.

        Args:
            padding: Bytes to append to each strip.

        Raises:
            DamagedImageError: The strips overlap.
        """
        order = self._order
        extents = self.extents()
        stored = dict.fromkeys(extents)
        if sum(length for _, length in stored) > self.layout.size:
            raise DamagedImageError("the strips of the page overlap")
        out = io.BytesIO()
        out.write((b"II" if order == "<" else b"MM") + struct.pack(order + "HL", 42, 0))
        places: dict[tuple[int, int], int] = {}
        for start, length in stored:
            places[start, length] = out.tell()
            self.file.seek(start)
            out.write(self._unpadded(self.file.read(length)) + padding + bytes(length % 2))
        tiled = _TILES in self.tags
        tags = {tag: payload for tag in _COPIED & self.tags.keys() if (payload := self._payload(tag, order))}
        tags |= self.changes()
        if self._spare_planes():
            extents = extents[: len(extents) * self._colors() // self.number(_SAMPLES, 1)]
            tags |= self._only_colors(order)
        count = len(extents)
        offsets = struct.pack(f"{order}{count}L", *[places[extent] for extent in extents])
        lengths = struct.pack(f"{order}{count}L", *[length + len(padding) for _, length in extents])
        tags[_TILES if tiled else _STRIPS] = (4, count, offsets)
        tags[_TILE_COUNTS if tiled else _COUNTS] = (4, count, lengths)
        return _finish(out, tags, order)

    def _unpadded(self, data: bytes) -> bytes:
        """Return a strip without padding of rows."""
        if self.row_padding():
            row = (3 * self.width + 1) // 2
            return b"".join(data[start : start + row] for start in range(0, len(data), row + 1))
        return data

    def _payload(self, tag: int, order: str) -> tuple[int, int, bytes] | None:
        """Return type, count and values of a tag in a byte order, None for one that cannot be copied."""
        kind, count, data = self.tags[tag]
        size = SIZES.get(kind, 0) * count
        if not size or size > _MAX_PAYLOAD:
            return None
        if kind in (16, 17, 18):
            values = self.numbers(tag, count)
            return (4, count, struct.pack(f"{order}{count}L", *[value & 0xFFFFFFFF for value in values]))
        if size > len(data):
            self.file.seek(min(struct.unpack(self.layout.word, data)[0], self.layout.size))
            data = self.file.read(size)
        data = data[:size]
        if order != self.layout.order:
            width = struct.calcsize("<" + FORMATS[kind]) if kind in FORMATS else 4
            data = np.frombuffer(data, f"u{width}").byteswap().tobytes()
        return (kind, count, data) if len(data) == size else None

    def has_end(self) -> bool:
        """Return whether each strip of T.6 or JPEG data ends with the code for it."""
        compression = self.number(_COMPRESSION, 1)
        if compression == _JPEG:
            return all(_EOI in self._end(start, length) for start, length in self.extents())
        if compression != 4:
            return False
        reverse = self.number(_FILL_ORDER, 1) == 2
        for start, length in self.extents():
            end = self._end(start, length)
            if reverse:
                end = bytes(int(f"{byte:08b}"[::-1], 2) for byte in end)
            bits = int.from_bytes(end, "big")
            while bits and not bits & 1:
                bits >>= 1
            if bits & 0xFFFFFF != _EOFB:
                return False
        return True

    def _end(self, start: int, length: int) -> bytes:
        """Read the last bytes of a strip."""
        self.file.seek(max(start, start + length - 16))
        return self.file.read(min(length, 16))

    def paddings(self) -> list[bytes]:
        """Return continuations of the strips of which a decoder that needs them makes different pixels."""
        if self.number(_COMPRESSION, 1) == _JPEG:
            return [filling * _PADDING_LENGTH + _EOI for filling in (b"\x55", b"\xaa", b"\x33")]
        return [padding * _PADDING_LENGTH for padding in _PADDINGS]


def _finish(out: io.BytesIO, tags: Tags, order: str) -> bytes:
    """Append the payloads of tags and their directory."""
    entries = b""
    tags = {tag: value for tag, value in tags.items() if value[1]}
    for tag, (kind, count, payload) in sorted(tags.items()):
        value = payload.ljust(4, b"\0")
        if len(payload) > 4:
            value = struct.pack(order + "L", out.tell())
            out.write(payload + bytes(len(payload) % 2))
        entries += struct.pack(order + "HHL", tag, kind, count) + value
    start = out.tell()
    out.write(struct.pack(order + "H", len(tags)) + entries + bytes(4))
    out.seek(4)
    out.write(struct.pack(order + "L", start))
    return out.getvalue()
