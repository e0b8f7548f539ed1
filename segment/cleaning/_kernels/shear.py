"""Ink sheared by whole pixels: under which shear strokes stand upright, and how far it reaches; in compiled loops."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from segment.image.components import Mask
from segment.image.jit import compiled

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

_ROUNDING = 1e-12
"""The tangent of 45 degrees comes out a little below 1."""


@compiled
def upright_shear(
    mask: Mask, degrees: Floats, shears: Floats, thinned: float, prior: float
) -> tuple[int, float]:
    """The shear under which the sum of squares of the vertical projection is largest.

    Args:
        mask: (H, W) ink, some.
        degrees: (N,) the slants that are tried, evenly spaced.
        shears: (N,) their tangents.
        thinned: how many pixels each pixel of ink stands for.
        prior: see `segment.cleaning.deslant.estimate_slant`.

    Returns:
        Its number, and by how many steps the largest value between those tried lies beside it.
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
        score = gathered(runs, shears[number], last) * thinned / (count * height)
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
    """(N, 3) row, first column, column behind the last of horizontal runs of ink, in reading order."""
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
def gathered(runs: Ints, shear: float, width: int) -> int:
    """Sum of squares of the vertical projection of runs, each row moved to the right by whole pixels."""
    height = runs[-1, 0] - runs[0, 0]
    reach = math.floor(shear * height + _ROUNDING)
    # a run of ink stays a run: +1 where it begins, -1 behind its end, summed up
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
def bounds(mask: Mask, slant: float, slope: float) -> tuple[float, float, float, float]:
    """Outermost columns and rows of ink that is sheared to (x + slant * y, y - slope * (x + slant * y)).

    Args:
        mask: (H, W) ink, some.
        slant: pixels to the right for each pixel downwards that rows are moved by.
        slope: pixels upwards for each pixel to the right that columns are moved by then.

    Returns:
        Left, top, right, bottom.
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
        # the outermost pixels of each row hold all others between them
        for x in (first, last):
            across = x + slant * y
            down = y - slope * across
            left, right = min(left, across), max(right, across)
            top, bottom = min(top, down), max(bottom, down)
    return left, top, right, bottom
