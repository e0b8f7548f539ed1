"""Search of the shear that makes strokes vertical, by projection energy, and extent of sheared ink."""

from __future__ import annotations

import math

import numpy as np

from segment.image.arrays import Floats, Ints, Mask
from segment.image.jit import compiled

_ROUNDING = 1e-12
"""Tolerance of the shear: the computed tangent of 45 degrees is a little below 1."""


@compiled
def best_shear(
    mask: Mask, degrees: Floats, shears: Floats, sampling: float, prior: float
) -> tuple[int, float]:
    """Find the shear with the largest projection energy.

    Args:
        mask: (H, W) ink, not empty.
        degrees: (N,) candidate slants, evenly spaced, degrees.
        shears: (N,) tangents of the slants.
        sampling: Pixels of the original ink per pixel of the mask.
        prior: Penalty of a slant of 45 degrees (`segment.cleaning.deslant.estimate_slant`).

    Returns:
        Index of the best candidate, and the offset of the interpolated maximum from it in steps.
    """
    runs = row_runs(mask)
    first, last, count = runs[0, 1], runs[0, 2], 0
    for i in range(len(runs)):
        first, last = min(first, runs[i, 1]), max(last, runs[i, 2])
        count += runs[i, 2] - runs[i, 1]
    height, width = runs[-1, 0] - runs[0, 0] + 1, last - first
    characters = max(0.5, width / height)
    scores = np.empty(degrees.size)
    best = 0
    for number in range(degrees.size):
        score = projection_energy(runs, shears[number], last) * sampling / (count * height)
        scores[number] = score - prior * (1 + 2 / characters) * abs(degrees[number]) / 45
        if scores[number] > scores[best]:
            best = number
    if not 0 < best < degrees.size - 1:
        return best, 0.0
    before, most, after = scores[best - 1], scores[best], scores[best + 1]
    bend = before - 2 * most + after
    return best, 0.5 * (before - after) / bend if bend < 0 else 0.0


@compiled
def row_runs(mask: Mask) -> Ints:
    """Return the horizontal runs of ink in reading order: (N, 3) row, first column, column after the last."""
    height, width = mask.shape
    runs = np.empty((height * ((width + 1) // 2), 3), np.int64)
    n = 0
    for y in range(height):
        inside = False
        for x in range(width):
            if mask[y, x] != inside:
                inside = not inside
                runs[n, 0] = y
                if inside:
                    runs[n, 1] = x
                else:
                    runs[n, 2] = x
                    n += 1
        if inside:
            runs[n, 2] = width
            n += 1
    return runs[:n]


@compiled
def projection_energy(runs: Ints, shear: float, width: int) -> int:
    """Compute the sum of squares of the vertical projection of runs, with each row shifted by whole pixels."""
    height = runs[-1, 0] - runs[0, 0]
    reach = math.floor(shear * height + _ROUNDING)
    # differences of the projection: +1 at the start of each run, -1 after its end
    steps = np.zeros(width + abs(reach) + 1, np.int64)
    for i in range(len(runs)):
        shift = math.floor(shear * (runs[i, 0] - runs[0, 0]) + _ROUNDING) - min(reach, 0)
        steps[runs[i, 1] + shift] += 1
        steps[runs[i, 2] + shift] -= 1
    total = height_here = 0
    for x in range(steps.size):
        height_here += steps[x]
        total += height_here * height_here
    return total


@compiled
def sheared_extent(mask: Mask, slant: float, slope: float) -> tuple[float, float, float, float]:
    """Compute the extent of ink that is sheared to (x + slant * y, y - slope * (x + slant * y)).

    Args:
        mask: (H, W) ink, not empty.
        slant: Shift of rows, pixels to the right per pixel downward.
        slope: Shift of columns after that, pixels upward per pixel to the right.

    Returns:
        Outermost left, top, right and bottom pixel coordinates.
    """
    height, width = mask.shape
    left = top = math.inf
    right = bottom = -math.inf
    for y in range(height):
        first, last = 0, width - 1
        while first < width and not mask[y, first]:
            first += 1
        if first == width:
            continue
        while not mask[y, last]:
            last -= 1
        # the outermost pixels of each row bound all others
        for x in (first, last):
            across = x + slant * y
            down = y - slope * across
            left, right = min(left, across), max(right, across)
            top, bottom = min(top, down), max(bottom, down)
    return left, top, right, bottom
