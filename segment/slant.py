"""Slant of the characters and skew of the line they stand on, from the ink alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_STEP = 3.0
"""Degrees between the slants that are tried; the best one is refined between its neighbours."""

_ENOUGH = 6000
"""Ink pixels that tell the slant; of more, a sample is looked at."""


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
    ys, xs = np.nonzero(mask)
    thinned = max(1.0, ys.size / _ENOUGH)
    if thinned > 1:
        # at random: every n-th pixel would line up in columns of its own
        pick = np.random.default_rng(0).choice(ys.size, _ENOUGH, replace=False)
        ys, xs = ys[pick], xs[pick]
    if ys.size < 12 or max_degrees <= 0:
        return 0.0
    height, width = int(np.ptp(ys)) + 1, int(np.ptp(xs)) + 1
    characters = max(0.5, width / height)
    steps = max(1, round(max_degrees / _STEP))
    degrees = np.linspace(-max_degrees, max_degrees, 2 * steps + 1)
    shears = np.tan(np.deg2rad(degrees))
    columns = np.floor(xs + shears[:, None] * (ys - ys.min())).astype(np.int64)
    columns -= columns.min()
    span = int(columns.max()) + 1
    flat = (columns + span * np.arange(degrees.size)[:, None]).ravel()
    projection = np.bincount(flat, minlength=span * degrees.size).reshape(degrees.size, span)
    score = np.square(projection.astype(np.float64)).sum(axis=1) * thinned / (ys.size * height)
    score -= prior * (1 + 2 / characters) * np.abs(degrees) / 45
    at = int(score.argmax())
    if not 0 < at < degrees.size - 1:
        return float(shears[at])
    before, best, after = score[at - 1 : at + 2]
    bend = before - 2 * best + after
    shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
    return float(np.tan(np.deg2rad(degrees[at] + shift * (degrees[1] - degrees[0]))))


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
    ys, xs = np.nonzero(mask)
    if ys.size < 12:
        return 0.0
    height = float(np.ptp(ys)) + 1
    across = xs + slant * ys
    across = across - across.mean()
    # as if level writing of about one character stood on either side
    level = 0.4 * height * height
    slope = float(np.mean(across * (ys - ys.mean())) / (np.mean(np.square(across)) + level))
    return float(np.clip(slope, -max_slope, max_slope))
