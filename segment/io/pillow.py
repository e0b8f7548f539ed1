"""Decoding of PNG, JPEG and TIFF to 8-bit grayscale with a restricted Pillow: whitelisted formats, no warnings."""

from __future__ import annotations

import io
import logging
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

import numpy as np
from PIL import Image, ImagePalette, JpegImagePlugin, PngImagePlugin, TiffImagePlugin

from segment.errors import DamagedImageError, ImageReadError, SegmentError, UnsupportedFormatError
from segment.image.arrays import GrayImage
from segment.io.grayscale import image_to_gray
from segment.io.jpeg import endings, old_style_jpeg
from segment.io.libtiff import libtiff_errors
from segment.io.resolution import find_resolution, make_square
from segment.io.tiff import TiffDirectory, too_many_pixels
from segment.io.tiff_rewrite import TiffPage

# Pillow also raises what it logs about a broken file; without a handler Python prints it.
logging.getLogger("PIL").addHandler(logging.NullHandler())

_ORIENTATION = 0x0112
_BITS, _MAX_SAMPLE, _COLOR_MAP = 258, 281, 320


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
    with _quiet(), _typed(kind), _plugin(kind)(file) as image:
        width, height = image.size
        if width * height > max_pixels:
            raise too_many_pixels(width, height, max_pixels)
        if kind == "JPEG":
            gray = _decode_jpeg(cast(JpegImagePlugin.JpegImageFile, image), file)
        else:
            image.load()
            gray = image_to_gray(image)
        square, dpi = make_square(gray, find_resolution(image), max_pixels)
        return _reorient(square, _orientation(image)), dpi


def _plugin(kind: str) -> Callable[[BinaryIO], Image.Image]:
    return PngImagePlugin.PngImageFile if kind == "PNG" else JpegImagePlugin.JpegImageFile


def _decode_jpeg(image: JpegImagePlugin.JpegImageFile, file: BinaryIO) -> GrayImage:
    """Decode a JPEG; one without its end, too, if all of its pixels are there."""
    # decode the luma channel only: half the time and a quarter of the memory of RGB
    image.draft("L", image.size)
    try:
        image.load()
        return image_to_gray(image)
    except OSError:
        file.seek(0)
        decoded: GrayImage | None = None
        for content in endings(file.read()):
            with JpegImagePlugin.JpegImageFile(io.BytesIO(content)) as completed:
                completed.draft("L", completed.size)
                completed.load()
                gray = image_to_gray(completed)
            if decoded is not None and not np.array_equal(gray, decoded):
                raise
            decoded = gray
        if decoded is None:
            raise
        return decoded


def decode_tiff_page(
    file: BinaryIO, page: TiffDirectory, content: bytes | None, max_pixels: int
) -> tuple[GrayImage, float | None]:
    """Decode one page of a TIFF that `segment.io.tiff.read_directories` has checked.

    Args:
        file: The whole TIFF, seekable.
        page: Directory of the page.
        content: Bytes of the file if it is in memory.
        max_pixels: Pixel limit of a page whose pixels are made square.

    Returns:
        The page, rotated by its orientation tag, and its resolution in dots per inch, None if unknown.

    Raises:
        ImageReadError: The page cannot be decoded; always a subclass.
    """
    if page.error is not None:
        raise page.error
    with _quiet(), _typed("TIFF"), libtiff_errors() as damage:
        source = TiffPage.read(file, page)
        jpeg = old_style_jpeg(source)
        if source.needs_rewriting():
            rewritten = source.rewrite()
            opened = _Tiff(io.BytesIO(rewritten))
        else:
            opened = _open_tiff(file, page.header, content)
        with opened as image:
            orientation = _orientation(image)
            resolution = find_resolution(image)
            if jpeg is not None:
                gray = _reorient(_decode_part(jpeg, (page.width, page.height)), orientation)
            else:
                gray = _tiff_to_gray(image, source, damage)
                if source.hides_damage and not source.has_end():
                    _check_whole(source, gray, damage)
        if source.is_inverted:
            gray = 255 - gray
        if orientation in (5, 6, 7, 8):
            resolution = resolution.transposed
        return make_square(gray, resolution, max_pixels)


def _tiff_to_gray(image: _Tiff, source: TiffPage, damage: list[str]) -> GrayImage:
    image.load()
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (0, 0):
        # the writer did not fill it, and Pillow clears colors that it multiplies with an alpha of 0
        source.without_alpha = True
        image = _Tiff(io.BytesIO(source.rewrite()))
        image.load()
    if damage:
        raise DamagedImageError(f"the TIFF is damaged: {damage[0]}")
    tags = image.tag_v2
    if image.mode in ("P", "PA") and max(tags.get(_COLOR_MAP, (0,))) < 256:
        # some writers store levels of 8 bits where TIFF has 16
        image.palette = ImagePalette.raw("RGB;L", bytes(tags[_COLOR_MAP]))
        image.load()
    return image_to_gray(image, top=_top(image, source.is_inverted))


def _top(image: _Tiff, inverted: bool) -> int | None:
    """Return the level of white in samples of more than 8 bits, None if it is to be found."""
    if not image.mode.startswith("I;16"):
        return None
    bits = image.tag_v2.get(_BITS, (16,))[0]
    declared = image.tag_v2.get(_MAX_SAMPLE, 0)
    declared = max(declared) if isinstance(declared, tuple) else declared
    if bits < 16:
        return int((1 << bits) - 1)
    if declared >= max(255, int(np.asarray(image).max(initial=0))):
        return int(declared)
    # where white is 0, samples are small on blank paper
    return 65535 if inverted else None


def _check_whole(page: TiffPage, gray: GrayImage, damage: list[str]) -> None:
    """Check that no strip is truncated, where libtiff or libjpeg would complete it in silence.

    Raises:
        DamagedImageError: The pixels depend on what follows the strips.
    """
    for padding in page.paddings():
        with _Tiff(io.BytesIO(page.rewrite(padding))) as image:
            image.load()
            if damage or not np.array_equal(image_to_gray(image), gray):
                raise DamagedImageError("the TIFF is truncated: a strip ends before its last row")


def _decode_part(jpeg: bytes, size: tuple[int, int]) -> GrayImage:
    """Decode a JPEG file within a TIFF, whose size must be that of the page, pixels."""
    file = io.BytesIO(jpeg)
    with JpegImagePlugin.JpegImageFile(file) as image:
        if image.size != size:
            raise DamagedImageError("the JPEG data are not of the size of the page")
        return _decode_jpeg(image, file)


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
