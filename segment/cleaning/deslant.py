"""Estimation of the slant of the characters and of the skew of their baseline."""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np

from segment.cleaning._kernels.shear import best_shear
from segment.image.arrays import Floats, Mask

_STEP = 3.0
"""Distance between candidate slants, degrees; the best one is refined by interpolation."""

_MAX_PIXELS = 6000
"""Ink pixels used for the slant; larger masks are sampled."""


def estimate_slant(mask: Mask, max_degrees: float, prior: float) -> float:
    """Estimate the slant of the characters to the right.

    The slant is the shear that maximizes the sum of squares of the vertical projection, because vertical strokes
    concentrate in few columns. A `prior` penalizes slants, more so for short strings.

    Args:
        mask: (H, W) ink.
        max_degrees: Largest slant to either side, degrees.
        prior: Penalty of 45 degrees for a long string, as a share of the projection energy.

    Returns:
        Tangent of the slant: pixels to the right per pixel upward.
    """
    count = int(np.count_nonzero(mask))
    sampling = max(1.0, count / _MAX_PIXELS)
    if sampling > 1:
        # at random, because every n-th pixel would fall into columns of its own
        pick = np.random.default_rng(0).choice(count, _MAX_PIXELS, replace=False)
        kept = np.zeros(mask.size, bool)
        kept[np.flatnonzero(mask)[pick]] = True
        mask, count = kept.reshape(mask.shape), _MAX_PIXELS
    if count < 12 or max_degrees <= 0:
        return 0.0
    degrees, shears = _candidates(max_degrees)
    best, offset = best_shear(mask, degrees, shears, sampling, prior)
    return math.tan(math.radians(degrees[best] + offset * (degrees[1] - degrees[0])))


@lru_cache(maxsize=8)
def _candidates(max_degrees: float) -> tuple[Floats, Floats]:
    """Return the candidate slants, degrees, and their tangents."""
    steps = max(1, round(max_degrees / _STEP))
    degrees = np.linspace(-max_degrees, max_degrees, 2 * steps + 1)
    return degrees, np.tan(np.deg2rad(degrees))


def estimate_skew(mask: Mask, slant: float, max_slope: float) -> float:
    """Estimate the skew of a line of text.

    The skew is the slope of the regression line through all ink, shrunk toward zero for short strings, whose slope
    depends mostly on the shapes of the characters.

    Args:
        mask: (H, W) ink.
        slant: Slant of the characters, pixels to the right per pixel upward.
        max_slope: Steepest skew, pixels downward per pixel to the right.

    Returns:
        Pixels downward per pixel to the right.
    """
    moments = cv2.moments(mask.view(np.uint8), binaryImage=True)
    area = moments["m00"]
    if area < 12:
        return 0.0
    height = cv2.boundingRect(mask.view(np.uint8))[3]
    # regularization: as if level text of about one character continued on either side
    level = 0.4 * height * height
    # of the sheared columns: covariance with the rows, and variance
    both = (moments["mu11"] + slant * moments["mu02"]) / area
    across = (moments["mu20"] + 2 * slant * moments["mu11"] + slant * slant * moments["mu02"]) / area
    return max(-max_slope, min(max_slope, both / (across + level)))
