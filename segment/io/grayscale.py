"""Conversion of decoded images and arrays to 8-bit grayscale, 0 black .. 255 white."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from segment.errors import EmptyImageError, InvalidArrayError, UnsupportedFormatError
from segment.image.arrays import GrayImage

_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""Weights of R, G, B in the luma (ITU-R BT.601, as in Pillow and JPEG)."""


_WHITE = 65535
"""White in samples of 16 bits."""

_FLAT = 16
"""Range of gray levels below which an image shows nothing."""


def image_to_gray(image: Image.Image, top: int | None = None) -> GrayImage:
    """Convert a decoded Pillow image of any mode to grayscale; transparency is composited over white.

    Args:
        image: Decoded image.
        top: Level of white in samples of 16 bits, None for the first of 8, 10, 12, 14 and 16 bits that holds all.

    Raises:
        UnsupportedFormatError: The mode has no conversion to gray.
    """
    mode = image.mode
    if mode == "L" and "transparency" not in image.info:
        return np.array(image)
    if mode.startswith("I;16"):
        levels = np.asarray(image).astype(np.uint16)
        top = _find_top(levels) if top is None else top
        return _uint16_to_gray(levels) if top == _WHITE else np.rint(levels * (255 / top)).astype(np.uint8)
    if mode in ("I", "F"):
        return _numbers_to_gray(np.asarray(image))
    if mode == "LAB":
        return np.array(image.getchannel("L"))
    if image.has_transparency_data:
        return _without_alpha(image)
    try:
        return np.array(
            image.convert("L")
            if mode in ("1", "L", "P", "RGB", "RGBX")
            else image.convert("RGB").convert("L")
        )
    except ValueError:
        raise UnsupportedFormatError(
            f"images of mode {mode} are not supported; save the image as gray or RGB"
        ) from None


def _without_alpha(image: Image.Image) -> GrayImage:
    """Composite over white, unless that leaves nothing of an image that shows something."""
    gray: GrayImage = np.array(composite_over_white(image).convert("L"))
    if _is_flat(gray):
        pixels = image.convert("RGBA")
        alpha = np.array(pixels.getchannel("A"))
        color: GrayImage = np.array(pixels.convert("RGB").convert("L"))
        return _visible(gray, color, alpha)
    return gray


def _visible(gray: GrayImage, color: GrayImage, alpha: GrayImage) -> GrayImage:
    """Return what an image shows whose composite over white is flat.

    Args:
        gray: Composite over white.
        color: Gray levels without the alpha channel.
        alpha: Opacity, 0 to 255.
    """
    if _is_flat(alpha):  # an empty alpha channel: the writer did not fill it
        return gray if _is_flat(color) else color
    # white ink on nothing; where most is opaque, it is paper with a transparent margin
    return gray if alpha.mean() > 127 else np.asarray(255 - alpha, np.uint8)


def _is_flat(gray: GrayImage) -> bool:
    return not gray.size or int(gray.max()) - int(gray.min()) < _FLAT


def _find_top(levels: NDArray[np.uint16]) -> int:
    """Return the level of white: scanners of 8 to 14 bits store their samples in 16."""
    highest = int(levels.max(initial=0))
    return next((1 << bits) - 1 for bits in (8, 10, 12, 14, 16) if highest < 1 << bits)


def composite_over_white(image: Image.Image) -> Image.Image:
    """Composite an image with transparency over white; returns mode RGBA, opaque."""
    pixels = image.convert("RGBA")
    paper = Image.new("RGBA", pixels.size, (255, 255, 255, 255))
    return Image.alpha_composite(paper, pixels)


def array_to_gray(array: NDArray[Any]) -> GrayImage:
    """Convert an array to grayscale.

    Args:
        array: (H, W), (H, W, 1) gray, (H, W, 2) gray and alpha, (H, W, 3) RGB or (H, W, 4) RGBA.
            bool (True white), uint8, uint16 (0..65535) or numbers in the first range that fits of 0..1, 0..255 and
            0..65535; other ranges are stretched to 0..255.

    Raises:
        InvalidArrayError: Another shape or type, or values that are not finite.
        EmptyImageError: No pixels.
    """
    shape = array.shape
    if array.ndim not in (2, 3) or (array.ndim == 3 and shape[2] not in (1, 2, 3, 4)):
        raise InvalidArrayError(
            f"an array of shape {shape} is not an image; pass (H, W) or (H, W, 3) or (H, W, 4)"
        )
    if not array.size:
        raise EmptyImageError(f"an array of shape {shape} has no pixels")
    levels = _to_uint8(array)
    if levels.ndim == 2:
        return np.array(levels)
    alpha = levels[..., -1].astype(np.float32) / 255 if shape[2] in (2, 4) else None
    gray = levels[..., :3].astype(np.float32) @ _LUMA if shape[2] >= 3 else levels[..., 0].astype(np.float32)
    if alpha is not None:
        gray = gray * alpha + 255 * (1 - alpha)
    return np.rint(gray).astype(np.uint8)


def _to_uint8(array: NDArray[Any]) -> NDArray[np.uint8]:
    if array.dtype == np.uint8:
        return array
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype == np.uint16:
        return _uint16_to_gray(array)
    if array.dtype.kind in "iuf":
        return _numbers_to_gray(array)
    raise InvalidArrayError(f"an array of type {array.dtype} is not an image; pass uint8, uint16 or floats")


def _uint16_to_gray(array: NDArray[np.uint16]) -> NDArray[np.uint8]:
    # round(x / 257) in integers: 65535 = 255 * 257
    return ((array.astype(np.uint32) * 255 + 32895) >> 16).astype(np.uint8)


def _numbers_to_gray(array: NDArray[Any]) -> NDArray[np.uint8]:
    """Scale numbers to 0..255 from the first range that fits of 0..1, 0..255 and 0..65535, else from their own."""
    with np.errstate(invalid="ignore"):  # signaling NaN; values that are not finite are refused below
        values = array.astype(np.float64)
        low, high = float(values.min()), float(values.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        raise InvalidArrayError("the image has values that are not finite")
    if low >= 0 and high <= 65535:
        # 1 as an integer is nearly black of 8 bits, not white
        top = 1.0 if high <= 1 and array.dtype.kind == "f" else 255.0 if high <= 255 else 65535.0
        return np.rint(values * (255 / top)).astype(np.uint8)
    # halves, because the range of two floats may overflow
    half = high / 2 - low / 2
    return np.rint((values / 2 - low / 2) / (half or 1.0) * 255).astype(np.uint8)
