"""Detection of a colon where a path has a point: a time of day is no amount."""

from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from docreader.pipeline.line_evidence import INK, SMALL, SPECK, LineBoxes

_ON_LINE, _ABOVE, _TOP = 0.65, 0.55, 0.1
"""Least height of the center of a lower dot, and range of that of an upper one, in heights of a digit from the top."""

_ASIDE = 0.15
"""Largest distance of the centers of two dots along the line, in heights of a digit."""

_ALIKE = 2.5
"""Largest ratio of the areas of the two dots."""

_DARK = (0.6, 0.75)
"""Smallest values of a dot in the gray image, in shares of that of the ink: blur joins dots to their digits."""


def shows_colon(pixels: NDArray[np.uint8], boxes: LineBoxes) -> bool:
    """Return whether two dots stand over one another between the digits.

    Cleaning may take the upper dot for a speck: the gray image is searched, too.

    Args:
        pixels: (2, H, W) line image: cleaned ink and gray image.
        boxes: Characters of the path.
    """
    cleaned, gray = pixels
    ink = cleaned > INK
    usual = float(gray[ink].mean()) if ink.any() else 255.0
    masks = (ink, *(gray > share * usual for share in _DARK))
    return any(_two_dots(mask.view(np.uint8), boxes) for mask in masks)


def _two_dots(mask: NDArray[np.uint8], boxes: LineBoxes) -> bool:
    _, _, stats, centers = cv2.connectedComponentsWithStats(mask, connectivity=8)
    unit = median(boxes.height[boxes.digits].tolist())
    top = median(boxes.top[boxes.digits].tolist())
    first, last = boxes.center[boxes.digits[[0, -1]]]
    x, middle = centers[1:, 0] + 0.5, (centers[1:, 1] + 0.5 - top) / unit
    width, height, area = stats[1:, 2:].T
    dot = (
        (np.maximum(width, height) < SMALL * unit) & (area >= SPECK * unit * unit) & (x > first) & (x < last)
    )
    low = np.flatnonzero(dot & (middle > _ON_LINE))
    high = np.flatnonzero(dot & (middle > _TOP) & (middle < _ABOVE))
    aside = np.abs(x[low][:, None] - x[high]) < _ASIDE * unit
    ratio = area[low][:, None] / area[high]
    return bool((aside & (ratio < _ALIKE) & (ratio > 1 / _ALIKE)).any())
