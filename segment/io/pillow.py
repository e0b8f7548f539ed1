"""Decoding of PNG, JPEG and TIFF to 8-bit grayscale with a restricted Pillow: whitelisted formats, no warnings."""

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
from segment.image.arrays import GrayImage
from segment.io.grayscale import image_to_gray
from segment.io.libtiff import libtiff_errors
from segment.io.tiff import MAGIC, TiffDirectory, too_many_pixels

# Pillow also raises what it logs about a broken file; without a handler Python prints it.
logging.getLogger("PIL").addHandler(logging.NullHandler())

_SIGNATURES = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG", b"%PDF-": "PDF"} | dict.fromkeys(
    MAGIC, "TIFF"
)
_UNSUPPORTED = {
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
    """Detect the format of a file from its first 16 bytes: "PNG", "JPEG", "TIFF" or "PDF".

    Raises:
        EmptyImageError: There are no bytes.
        DamagedImageError: The file ends within the signature of a format.
        UnsupportedFormatError: The content is of another format.
    """
    if not start:
        raise EmptyImageError("the file is empty")
    for signature, name in _SIGNATURES.items():
        if start.startswith(signature):
            return name
    if any(signature.startswith(start) for signature in _SIGNATURES):
        raise DamagedImageError(f"the file ends after {len(start)} bytes")
    for signature, name in _UNSUPPORTED.items():
        if start.startswith(signature):
            raise UnsupportedFormatError(f"the file is {name}; convert it to PNG, JPEG, TIFF or PDF")
    raise UnsupportedFormatError("the content is not PNG, JPEG, TIFF or PDF")


def decode_single(file: BinaryIO, kind: str, max_pixels: int) -> tuple[GrayImage, float | None]:
    """Decode a PNG or JPEG file.

    Args:
        file: Seekable file.
        kind: Format, "PNG" or "JPEG".
        max_pixels: Pixel limit, checked against the header.

    Returns:
        The image, rotated by its EXIF orientation, and its resolution in dots per inch, None if unknown.

    Raises:
        ImageReadError: The image cannot be decoded; always a subclass.
    """
    file.seek(0)
    plugin: Callable[[BinaryIO], Image.Image]
    plugin = PngImagePlugin.PngImageFile if kind == "PNG" else JpegImagePlugin.JpegImageFile
    with _quiet(), _typed(kind), plugin(file) as image:
        width, height = image.size
        if width * height > max_pixels:
            raise too_many_pixels(width, height, max_pixels)
        if kind == "JPEG":
            # decode the luma channel only: half the time and a quarter of the memory of RGB
            image.draft("L", image.size)
        image.load()
        return _reorient(image_to_gray(image), _orientation(image)), _resolution(image)


def decode_tiff_page(
    file: BinaryIO, page: TiffDirectory, content: bytes | None
) -> tuple[GrayImage, float | None]:
    """Decode one page of a TIFF that `segment.io.tiff.read_directories` has checked.

    Args:
        file: The whole TIFF, seekable.
        page: Directory of the page.
        content: Bytes of the file if it is in memory.

    Returns:
        The page, rotated by its orientation tag, and its resolution in dots per inch, None if unknown.

    Raises:
        ImageReadError: The page cannot be decoded; always a subclass.
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
    """Pillow's TIFF reader without its own pixel limit; `read_directories` applies `Limits.max_pixels`."""

    def load_prepare(self) -> None:
        limit = Image.MAX_IMAGE_PIXELS
        if limit is None or self.size[0] * self.size[1] <= 2 * limit:
            super().load_prepare()
            return
        # reached only if the caller raises Limits.max_pixels this far
        with _LOCK:
            Image.MAX_IMAGE_PIXELS = None
            try:
                super().load_prepare()
            finally:
                Image.MAX_IMAGE_PIXELS = limit


def _open_tiff(file: BinaryIO, header: bytes, content: bytes | None) -> _Tiff:
    return _Tiff(cast(BinaryIO, _PageView(file, header, content)))


class _PageView:
    """View of a TIFF whose header points to one page, so that damage to the pages before it has no effect."""

    def __init__(self, file: BinaryIO, header: bytes, content: bytes | None) -> None:
        self._file, self._header = file, header
        self.seek, self.tell = file.seek, file.tell
        if content is None:
            # libtiff reads the file by its descriptor, strip by strip
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
    """Suppress Pillow's warnings about metadata and large images, and no other warnings.

    `catch_warnings` replaces state of the process, so concurrent threads share one instance.
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
    """Convert every exception of Pillow to an `ImageReadError`."""
    try:
        yield
    except SegmentError:
        raise
    except MemoryError:
        raise ImageReadError("not enough memory to decode the image; try fewer --jobs") from None
    except SyntaxError as error:
        # PNG and JPEG: a broken header, except for 12-bit JPEG ("cannot handle 12-bit layers")
        if kind == "TIFF" or "handle" in str(error):
            raise UnsupportedFormatError(f"this variant of {kind} is not supported: {error}") from None
        raise DamagedImageError(f"the {kind} is damaged or truncated: {error}") from None
    except Exception as error:
        # OSError, ValueError, EOFError, struct.error, KeyError or zlib.error: depends on the position of the damage
        reason = str(error) or type(error).__name__
        raise DamagedImageError(f"the {kind} is damaged or truncated: {reason}") from None


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:
        # broken metadata must not prevent reading the image
        return 1


def _reorient(gray: GrayImage, orientation: int) -> GrayImage:
    """Apply an EXIF orientation, 1 to 8 (TIFF 6.0 tag 274)."""
    if orientation in (5, 6, 7, 8):
        gray = gray.T
    if orientation in (2, 3, 6, 7):
        gray = gray[:, ::-1]
    if orientation in (3, 4, 7, 8):
        gray = gray[::-1]
    return np.ascontiguousarray(gray)


def _resolution(image: Image.Image) -> float | None:
    """Return the resolution in dots per inch if it is plausible and equal along both axes."""
    try:
        across, down = (float(value) for value in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    plausible = math.isfinite(across) and math.isfinite(down) and 20 <= across <= 10_000
    return across if plausible and abs(across - down) <= 0.05 * across else None
