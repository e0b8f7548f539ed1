"""PNG, JPEG and TIFF bytes to gray planes, by Pillow on a short lead: no other formats, no warnings."""

from __future__ import annotations

import logging
import math
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

import numpy as np
from PIL import Image, JpegImagePlugin, PngImagePlugin, TiffImagePlugin

from segment.errors import (
    DamagedImageError,
    EmptyImageError,
    ImageReadError,
    SegmentError,
    UnsupportedFormatError,
)
from segment.io.grayscale import GrayImage, image_to_gray
from segment.io.libtiff import libtiff_errors
from segment.io.tiff import MAGIC, TiffDirectory, too_many_pixels

# What it logs of a broken file, it raises too; without a handler Python would print it.
logging.getLogger("PIL").addHandler(logging.NullHandler())

_SIGNATURES = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG", b"%PDF-": "PDF"} | dict.fromkeys(
    MAGIC, "TIFF"
)
_OTHERS = {
    b"GIF8": "a GIF",
    b"BM": "a BMP",
    b"RIFF": "a WebP or another RIFF file",
    b"\0\0\0\x0cjP": "a JPEG 2000",
    b"\xffO\xffQ": "a JPEG 2000",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"<": "HTML, XML or SVG",
}
_ORIENTATION = 0x0112


def sniff(start: bytes) -> str:
    """Tell "PNG", "JPEG", "TIFF" or "PDF" from the first bytes of a file, whatever its name says.

    Raises:
        EmptyImageError: no bytes.
        UnsupportedFormatError: anything else.
    """
    if not start:
        raise EmptyImageError("the file is empty")
    for signature, name in _SIGNATURES.items():
        if start.startswith(signature):
            return name
    if any(signature.startswith(start) for signature in _SIGNATURES):
        raise DamagedImageError(f"the file ends after {len(start)} bytes")
    for signature, name in _OTHERS.items():
        if start.startswith(signature):
            raise UnsupportedFormatError(f"it is {name}; convert it to PNG, JPEG, TIFF or PDF")
    raise UnsupportedFormatError("its content is neither PNG, JPEG, TIFF nor PDF")


def decode_single(file: BinaryIO, kind: str, max_pixels: int) -> tuple[GrayImage, float | None]:
    """Decode the one picture of a PNG or JPEG file.

    Args:
        file: a seekable file.
        kind: "PNG" or "JPEG".
        max_pixels: more pixels are refused from the header.

    Returns:
        The picture upright (EXIF), and its resolution in dots per inch where the file tells it.

    Raises:
        ImageReadError: one of its kinds.
    """
    file.seek(0)
    plugin: Callable[[BinaryIO], Image.Image]
    plugin = PngImagePlugin.PngImageFile if kind == "PNG" else JpegImagePlugin.JpegImageFile
    with _quiet(), _typed(kind), plugin(file) as image:
        width, height = image.size
        if width * height > max_pixels:
            raise too_many_pixels(width, height, max_pixels)
        if kind == "JPEG":
            # The luma plane alone: half the time and a quarter of the memory of RGB.
            image.draft("L", image.size)
        image.load()
        return _upright(image_to_gray(image), _orientation(image)), _resolution(image)


def decode_tiff_page(
    file: BinaryIO, page: TiffDirectory, content: bytes | None
) -> tuple[GrayImage, float | None]:
    """Decode one page of a TIFF, found and checked by `segment.io.tiff.read_directories`.

    Args:
        file: the whole TIFF, seekable.
        page: which page.
        content: the bytes of the file where it lies in memory.

    Returns:
        The page upright (orientation tag), and its resolution in dots per inch where the file tells it.

    Raises:
        ImageReadError: one of its kinds.
    """
    if page.error is not None:
        raise page.error
    with (
        _quiet(),
        _typed("TIFF"),
        libtiff_errors() as damage,
        _open_tiff(file, page.header, content) as image,
    ):
        image.load()
        if damage:
            raise DamagedImageError(f"the TIFF is damaged: {damage[0]}")
        return image_to_gray(image), _resolution(image)


class _Tiff(TiffImagePlugin.TiffImageFile):
    """Pillow's TIFF reader without its own limit on size: ours was applied to the directory."""

    def load_prepare(self) -> None:
        limit = Image.MAX_IMAGE_PIXELS
        if limit is None or self.size[0] * self.size[1] <= 2 * limit:
            super().load_prepare()
            return
        # Only a caller who has raised Limits.max_pixels that far comes here.
        with _LOCK:
            Image.MAX_IMAGE_PIXELS = None
            try:
                super().load_prepare()
            finally:
                Image.MAX_IMAGE_PIXELS = limit


def _open_tiff(file: BinaryIO, header: bytes, content: bytes | None) -> _Tiff:
    return _Tiff(cast(BinaryIO, _PageView(file, header, content)))


class _PageView:
    """A TIFF as if one of its pages were the first: it is read whatever those before it are like."""

    def __init__(self, file: BinaryIO, header: bytes, content: bytes | None) -> None:
        self._file, self._header = file, header
        self.seek, self.tell = file.seek, file.tell
        if content is None:
            # libtiff then reads the file itself, strip by strip
            self.fileno = file.fileno
        else:
            self.getvalue = lambda: content
        file.seek(0)

    def read(self, size: int = -1) -> bytes:
        position = self._file.tell()
        data = self._file.read(size)
        if position >= len(self._header):
            return data
        return self._header[position : position + len(data)] + data[len(self._header) - position :]


_LOCK = threading.Lock()
_quiet_depth = 0
_quiet_filters: warnings.catch_warnings[None] | None = None


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence Pillow's warnings about odd metadata and large pictures, and only Pillow's.

    `catch_warnings` swaps state of the whole process, so threads that decode at the same time share one.
    """
    global _quiet_depth, _quiet_filters
    with _LOCK:
        if _quiet_depth == 0:
            _quiet_filters = warnings.catch_warnings()
            _quiet_filters.__enter__()
            warnings.filterwarnings("ignore", module=r"PIL\.")
        _quiet_depth += 1
    try:
        yield
    finally:
        with _LOCK:
            _quiet_depth -= 1
            if _quiet_depth == 0 and _quiet_filters is not None:
                _quiet_filters.__exit__(None, None, None)
                _quiet_filters = None


@contextmanager
def _typed(kind: str) -> Iterator[None]:
    """Turn whatever Pillow raises on a hostile file into our errors."""
    try:
        yield
    except SegmentError:
        raise
    except MemoryError:
        raise ImageReadError("there is not enough memory to decode it; fewer --jobs may help") from None
    except SyntaxError as error:
        # of a PNG or JPEG: a broken header, but for JPEGs of 12 bits ("cannot handle 12-bit layers")
        if kind == "TIFF" or "handle" in str(error):
            raise UnsupportedFormatError(f"this variant of {kind} cannot be decoded: {error}") from None
        raise DamagedImageError(f"the {kind} is damaged or truncated: {error}") from None
    except Exception as error:
        # by where it breaks: OSError, ValueError, EOFError, struct.error, TypeError, KeyError, zlib.error
        reason = str(error) or type(error).__name__
        raise DamagedImageError(f"the {kind} is damaged or truncated: {reason}") from None


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:
        # broken metadata must not cost the picture
        return 1


def _upright(gray: GrayImage, orientation: int) -> GrayImage:
    """Undo an EXIF orientation, 1 to 8 (TIFF 6.0 tag 274): which edge of the stored picture is its top."""
    if orientation in (5, 6, 7, 8):
        gray = gray.T
    if orientation in (2, 3, 6, 7):
        gray = gray[:, ::-1]
    if orientation in (3, 4, 7, 8):
        gray = gray[::-1]
    return np.ascontiguousarray(gray)


def _resolution(image: Image.Image) -> float | None:
    """Dots per inch, where the file tells a credible one and it is the same along both axes."""
    try:
        across, down = (float(value) for value in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    credible = math.isfinite(across) and math.isfinite(down) and 20 <= across <= 10_000
    return across if credible and abs(across - down) <= 0.05 * across else None
