"""Slant of the characters and skew of the line they stand on, from the ink alone."""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.runs import row_runs

_STEP = 3.0
"""Degrees between the slants that are tried; the best one is refined between its neighbours."""

_ENOUGH = 6000
"""Ink pixels that tell the slant; of more, a sample is looked at."""

_ROUNDING = 1e-12
"""The tangent of 45 degrees comes out a little below 1."""


def estimate_slant(mask: NDArray[np.bool_], max_degrees: float, prior: float) -> float:
    """Estimate how far the characters lean to the right.

    Upright strokes pile up in few columns: the shear is taken under which the sum of squares of the vertical
    projection is largest. A `prior` holds it back towards no shear, the more so the less is written.

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
    ys, first, last = row_runs(mask)
    height, width = int(ys[-1] - ys[0]) + 1, int(last.max() - first.min())
    characters = max(0.5, width / height)
    degrees, shift = _tried(max_degrees, height)
    # Each row is moved by whole pixels, so a run of ink stays a run: +1 where it begins, -1 behind its end, summed up.
    span = int(last.max() + shift.max()) + 1
    size = span * degrees.size
    at = shift.take(ys - ys[0], axis=1)
    at += first
    at += span * np.arange(degrees.size)[:, None]
    steps_up = np.bincount(at.ravel(), minlength=size)
    at += last - first
    steps_up -= np.bincount(at.ravel(), minlength=size)
    projection = steps_up.reshape(degrees.size, span).cumsum(axis=1)
    score = np.einsum("ij,ij->i", projection, projection) * thinned / (count * height)
    score -= prior * (1 + 2 / characters) * np.abs(degrees) / 45
    best = int(score.argmax())
    if not 0 < best < degrees.size - 1:
        return math.tan(math.radians(degrees[best]))
    before, most, after = score[best - 1 : best + 2].tolist()
    bend = before - 2 * most + after
    beside = 0.5 * (before - after) / bend if bend < 0 else 0.0
    return math.tan(math.radians(degrees[best] + beside * (degrees[1] - degrees[0])))


@lru_cache(maxsize=96)
def _tried(max_degrees: float, height: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The slants that are tried, degrees, and how far each moves each row to the right, pixels from 0."""
    steps = max(1, round(max_degrees / _STEP))
    degrees = np.linspace(-max_degrees, max_degrees, 2 * steps + 1)
    shears = np.tan(np.deg2rad(degrees))
    shift = np.floor(shears[:, None] * np.arange(height) + _ROUNDING).astype(np.int64)
    shift -= shift.min(axis=1, keepdims=True)
    return degrees, shift


def estimate_skew(mask: NDArray[np.bool_], slant: float, max_slope: float) -> float:
    """Estimate how far the line of writing falls to the right.

    The straight line through all ink, held back towards level for short strings, in which the shape of the
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
