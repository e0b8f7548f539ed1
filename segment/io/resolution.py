"""Resolution of images, and resampling of those whose pixels are not square."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from PIL import Image

from segment.image.arrays import GrayImage

_SQUARE, _MOST_STRETCHED = 0.05, 4.0
"""Ratio of the resolutions, less 1, up to which pixels count as square; the ratio from which it is an error."""


class Resolution(NamedTuple):
    """Resolution along a row and along a column.

    Attributes:
        across: Dots per unit along a row.
        down: Dots per unit along a column.
        inches: Whether the unit is the inch; otherwise it is unknown, and the ratio alone counts.
    """

    across: float = 1.0
    down: float = 1.0
    inches: bool = False

    @property
    def transposed(self) -> Resolution:
        """The resolution of the image turned by 90 degrees."""
        return Resolution(self.down, self.across, self.inches)

    def dots_per_inch(self, value: float) -> float | None:
        """Return a value in this unit if it is in dots per inch, else None."""
        return value if self.inches else None


def find_resolution(image: Image.Image) -> Resolution:
    """Find the resolution in the metadata of a Pillow image; implausible ones count as unknown."""
    info = image.info
    units = [
        ("dpi", True, (20.0, 10_000.0)),
        ("resolution", False, (1e-3, 1e6)),
        ("aspect", False, (1e-3, 1e6)),
    ]
    if info.get("jfif_unit") == 0:
        units.append(("jfif_density", False, (1e-3, 1e6)))
    for key, inches, (low, high) in units:
        try:
            across, down = (float(value) for value in info[key])
        except (KeyError, TypeError, ValueError, ZeroDivisionError):
            continue
        if all(math.isfinite(value) and low <= value <= high for value in (across, down)):
            return Resolution(across, down, inches)
        return Resolution()
    return Resolution()


def make_square(gray: GrayImage, resolution: Resolution, max_pixels: int) -> tuple[GrayImage, float | None]:
    """Resample an image whose pixels are not square, such as a facsimile of 204 x 98 dots per inch.

    Args:
        gray: (H, W) uint8.
        resolution: Resolution of its pixels.
        max_pixels: Pixel limit; a result above it is made smaller.

    Returns:
        The image at the higher of both resolutions, and this resolution; None if unknown or implausible.
    """
    across, down = resolution.across, resolution.down
    ratio = max(across, down) / min(across, down)
    if abs(across - down) <= _SQUARE * across:
        return gray, resolution.dots_per_inch(across)
    if ratio > _MOST_STRETCHED:
        return gray, None
    # 204 x 98 becomes 204 x 196, the fine resolution of facsimile, whose pixels count as square
    whole = round(ratio)
    factor = whole if abs(whole - ratio) <= _SQUARE * ratio else ratio
    height, width = gray.shape
    dpi = max(across, down)
    if width * height * factor > max_pixels:
        dpi, factor = min(across, down), 1 / factor
    if (across < down) == (factor > 1):
        width = max(1, min(round(width * factor), max_pixels // height))
    else:
        height = max(1, min(round(height * factor), max_pixels // width))
    stretched = np.array(Image.fromarray(gray).resize((width, height), Image.Resampling.BICUBIC))
    return stretched, resolution.dots_per_inch(dpi)
