"""Slant of the characters and skew of the line they stand on, from the ink alone."""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.cleaning._kernels.shear import upright_shear

_STEP = 3.0
"""Degrees between the slants that are tried; the best one is refined between its neighbors."""

_ENOUGH = 6000
"""Ink pixels that tell the slant; of more, a sample is looked at."""


def estimate_slant(mask: NDArray[np.bool_], max_degrees: float, prior: float) -> float:
    """Estimate how far the characters lean to the right.

    Upright strokes pile up in few columns: the shear is taken under which the sum of squares of the vertical
    projection is largest. A `prior` holds it back toward no shear, the more so the less is written.

    Args:
        mask: (H, W) ink.
        max_degrees: largest lean, to either side.
        prior: share of the projection's gain, for 45 degrees and a long string, that is not believed.

    Returns:
        Tangent of the lean: pixels to the right for each pixel upwards.
    """
    count = int(np.count_nonzero(mask))
    thinned = max(1.0, count / _ENOUGH)
    if thinned > 1:
        # at random: every n-th pixel would line up in columns of its own
        pick = np.random.default_rng(0).choice(count, _ENOUGH, replace=False)
        kept = np.zeros(mask.size, bool)
        kept[np.flatnonzero(mask)[pick]] = True
        mask, count = kept.reshape(mask.shape), _ENOUGH
    if count < 12 or max_degrees <= 0:
        return 0.0
    degrees, shears = _tried(max_degrees)
    best, beside = upright_shear(mask, degrees, shears, thinned, prior)
    return math.tan(math.radians(degrees[best] + beside * (degrees[1] - degrees[0])))


@lru_cache(maxsize=8)
def _tried(max_degrees: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The slants that are tried, degrees, and their tangents."""
    steps = max(1, round(max_degrees / _STEP))
    degrees = np.linspace(-max_degrees, max_degrees, 2 * steps + 1)
    return degrees, np.tan(np.deg2rad(degrees))


def estimate_skew(mask: NDArray[np.bool_], slant: float, max_slope: float) -> float:
    """Estimate how far the line of writing falls to the right.

    The straight line through all ink, held back toward level for short strings, in which the shape of the
    characters themselves is most of the slope.

    Args:
        mask: (H, W) ink.
        slant: of the characters, pixels to the right for each pixel upwards.
        max_slope: steepest line believed.

    Returns:
        Pixels downwards for each pixel to the right.
    """
    moments = cv2.moments(mask.view(np.uint8), binaryImage=True)
    area = moments["m00"]
    if area < 12:
        return 0.0
    height = cv2.boundingRect(mask.view(np.uint8))[3]
    # as if level writing of about one character stood on either side
    level = 0.4 * height * height
    # of the sheared columns: their covariance with the rows, and their variance
    both = (moments["mu11"] + slant * moments["mu02"]) / area
    across = (moments["mu20"] + 2 * slant * moments["mu11"] + slant * slant * moments["mu02"]) / area
    return max(-max_slope, min(max_slope, both / (across + level)))
