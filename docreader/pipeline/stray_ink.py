"""Detection of ink that contradicts the path read: a point at half height, a streak read as 1, digits cut at the top.

The recognizer sees a window of the line at a time. What a mark is beside the whole line is measured on its components.
Of 187 real amounts read right none has any of these, see the values beside the limits.
"""

from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from docreader.pipeline.line_evidence import INK, SMALL, SPECK, LineBoxes
from segment.image.arrays import Floats, GrayImage

_HALF_HIGH = (0.2, 0.65)
"""Heights of the center of a point at half height, heights of a digit from the top. Specks between real digits are at
0.74 and lower, or at 0.07 and higher."""

_ASIDE, _ASIDE_FILLER = 0.25, 0.4
"""Distances along the line up to which a mark is a point of the path, or of another sign, heights of a digit."""

_DARK, _LIGHT = 0.02, 0.8
"""Quantiles of the gray levels of a crop that are ink and paper."""

_STREAK = 0.97
"""Share of a column of the crop that is dark under a streak, and of the height that its character has. Real ones have
at most 0.83."""

_CUT = 0.8
"""Share of the digits that begin in the first rows of a crop that is cut. Real crops have at most 0.4."""

_FEWEST = 3
"""Digits that a crop needs to be called cut: one or two may be high."""


def shows_high_point(cleaned: NDArray[np.uint8], boxes: LineBoxes, marks: Floats, fillers: Floats) -> bool:
    """Return whether a point at half height stands between the digits, and none on the path.

    Args:
        cleaned: (H, W) ink of the line, 0 paper .. 255 ink.
        boxes: Characters of the path.
        marks: Columns of its points.
        fillers: Columns of its other signs.
    """
    _, _, stats, centers = cv2.connectedComponentsWithStats((cleaned > INK).view(np.uint8), connectivity=8)
    unit = median(boxes.height[boxes.digits].tolist())
    first, last = boxes.center[boxes.digits[[0, -1]]]
    x, middle = centers[1:, 0] + 0.5, (centers[1:, 1] + 0.5 - median(boxes.top[boxes.digits].tolist())) / unit
    width, height, area = stats[1:, 2:].T
    dot = (
        (np.maximum(width, height) < SMALL * unit) & (area >= 2 * SPECK * unit * unit) & (width < 2 * height)
    )
    dot &= (x > first) & (x < last) & (middle > _HALF_HIGH[0]) & (middle < _HALF_HIGH[1])
    for columns, aside in ((marks, _ASIDE), (fillers, _ASIDE_FILLER)):
        dot &= (np.abs(x[:, None] - columns) > aside * unit).all(axis=1)
    return bool(dot.any())


def has_streak(crop: GrayImage, ones: Floats) -> bool:
    """Return whether a digit read as 1 is a straight streak from edge to edge of the crop.

    Args:
        crop: Gray image of the field.
        ones: (N, 4) left, top, width, height of the ones, pixels.
    """
    tall = ones[ones[:, 3] >= _STREAK * crop.shape[0]]
    if not tall.size:
        return False
    limit = float(np.quantile(crop, [_DARK, _LIGHT]).mean())
    parts = (crop[:, max(0, int(x)) : int(x + across) + 1] for x, _, across, _ in tall.tolist())
    return any(float((part < limit).mean(axis=0).max(initial=0.0)) >= _STREAK for part in parts)


def is_cut_above(digits: Floats) -> bool:
    """Return whether the crop cuts the digits off at the top, (N, 4) boxes in its pixels."""
    return len(digits) >= _FEWEST and float((digits[:, 1] <= 1).mean()) >= _CUT
