"""Extraction of faint ink from even paper."""

from __future__ import annotations

import cv2
import numpy as np

from segment.cleaning.background import InkMap, extract_ink
from segment.cleaning.lighting import even_light, is_even
from segment.image.arrays import GrayImage

LEGIBLE = 0.3
"""Lowest contrast of faint strokes that are read, in shares of that of others."""

VISIBLE = 0.1
"""Lowest contrast of anything on the paper, in shares of that of strokes that are read."""

_MIN_SPREADS = 5.0
"""Lowest contrast, in spreads of the paper and its print."""

_MIN_NOISES = 4.5
"""Lowest contrast, in standard deviations of the noisiest part of the image; noise alone reaches 3."""

_EVEN = 0.9
"""Darkest paper, in shares of the brightest."""

_ALWAYS = 1.1
"""Share of the brightest paper below which all paper lies: gradients of a few gray levels count, too."""

_TILE = 12
"""Width of the parts whose noise is estimated, pixels."""

_LAPLACIAN = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
"""Zero on paper and slopes, six standard deviations on noise (Immerkaer 1996)."""


def extract_faint_ink(image: GrayImage, cells: GrayImage, min_contrast: float) -> InkMap | None:
    """Separate faint ink from even paper; print and noise that stand out as little are no ink.

    Args:
        image: (H, W) uint8; characters about 20 to 80 pixels high.
        cells: Its paper, see `estimate_paper`.
        min_contrast: Lowest difference between ink and paper, gray levels.

    Returns:
        The ink map, None if there is none or the light is uneven.
    """
    if not is_even(cells, _EVEN):
        return None
    even = even_light(image, cells, _ALWAYS)
    found = extract_ink(even, min_contrast, min_spreads=_MIN_SPREADS, max_layers=1)
    return None if found is None or found.level < _MIN_NOISES * _largest_noise(image) else found


def _largest_noise(image: GrayImage) -> float:
    """Estimate the standard deviation of the noise in the noisiest part of an image, gray levels."""
    noise = np.abs(cv2.filter2D(image, cv2.CV_32F, _LAPLACIAN)) / (6 * 0.6745)
    return max(float(np.median(noise[:, x : x + _TILE])) for x in range(0, image.shape[1], _TILE))
