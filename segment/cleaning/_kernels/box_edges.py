"""Upright lines from rule to rule, and what lies outside of them, in compiled loops."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from segment.cleaning._kernels.line_detection import (
    COLUMN,
    LENGTH,
    MIDDLE,
    Floats,
    between,
    different,
    lying_on,
    thin_runs,
)
from segment.image.components import HEIGHT, LEFT, TOP, WIDTH, Labels, Mask, measure, median
from segment.image.jit import compiled
from segment.image.polyfit import fit, value

_SLOPES = (0.0, 0.02, -0.02, 0.04, -0.04)
"""Lean of the edges looked for, pixels to the right for each pixel downwards."""

_ENDS = 3
"""Rows next to a rule that are not looked at."""

_APART = 5
"""Columns from one edge to the next, at least."""


@compiled
def find_edges(mask: Mask, top: int, bottom: int, stroke: float) -> tuple[Floats, Floats, Floats]:
    """Straight upright lines from row `top` to row `bottom`.

    Args:
        mask: (W, H) ink, transposed.
        top: first row, or column of the mask.
        bottom: row behind the last, more than six below the first.
        stroke: width of the pen, pixels.

    Returns:
        (N, bottom - top) column of the middle of each line in each row, (N,) their thickness, pixels, and
        (N,) their lean, pixels to the right for each pixel downwards.
    """
    width = mask.shape[0]
    limit = math.floor(1.3 * stroke + 1)
    slim = between(thin_runs(mask, limit, limit), top + _ENDS, bottom - _ENDS)
    span = bottom - top - 2 * _ENDS
    most = width // _APART + 1
    centers, thickness, slopes = np.empty((most, bottom - top)), np.empty(most), np.empty(most)
    taken = np.zeros(width, np.bool_)
    n = 0
    lean = np.empty(mask.shape[1])
    for slope in _SLOPES:
        for y in range(lean.size):
            lean[y] = slope * (y - top - _ENDS)
        for x in range(width):
            if taken[x] or not inked_along(mask, x, slope, top + _ENDS, span):
                continue
            runs = lying_on(slim, lean, x)
            if different(runs) < 0.75 * span:
                continue
            line = fit(runs, 1)
            on = 0
            for i in range(len(runs)):
                on += abs(runs[i, MIDDLE] - value(line, runs[i, COLUMN])) <= 0.8
            if on < 0.95 * len(runs):
                continue
            for y in range(top, bottom):
                centers[n, y - top] = value(line, y)
            thickness[n], slopes[n] = median(runs, LENGTH), line.linear / line.half
            n += 1
            for beside in range(max(0, x - _APART + 1), min(x + _APART, width)):
                taken[beside] = True
    return centers[:n], thickness[:n], slopes[:n]


@compiled
def inked_along(mask: Mask, x: int, slope: float, first: int, span: int) -> bool:
    """Whether there is ink on nearly all of a leaning line, or in a column beside it.

    Args:
        mask: (W, H) ink, transposed.
        x: column in which the line begins; where it leaves the picture it goes on at its border.
        slope: pixels to the right for each pixel downwards.
        first: row in which it begins.
        span: rows.
    """
    width = mask.shape[0]
    covered = span
    for step in range(span):
        at = min(max(x + int(np.rint(slope * step)), 0), width - 1)
        found = False
        for beside in range(max(at - 1, 0), min(at + 2, width)):
            found |= mask[beside, first + step]
        covered -= not found
        if covered < 0.92 * span:
            return False
    return True


@compiled
def drop_outside(
    gray: NDArray[np.float32], labels: Labels, count: int, left: float, right: float, top: int, bottom: int
) -> None:
    """Make paper of the pieces of ink that lie wholly outside of a frame, in place, unless all do.

    Args:
        gray: (H, W) ink.
        labels: (H, W) its connected pieces, 0 paper.
        count: of labels.
        left: column of the frame's left edge.
        right: of its right edge.
        top: row of its upper edge.
        bottom: of its lower edge.
    """
    table = measure(labels, count)
    outside = np.zeros(count, np.bool_)
    dropped = 0
    for piece in range(1, count):
        x, y = table[piece, LEFT], table[piece, TOP]
        x_end, y_end = x + table[piece, WIDTH], y + table[piece, HEIGHT]
        outside[piece] = x_end <= left + 2 or x >= right - 1 or y_end <= top + 2 or y >= bottom - 2
        dropped += outside[piece]
    if dropped == count - 1:
        return
    for y in range(gray.shape[0]):
        for x in range(gray.shape[1]):
            if outside[labels[y, x]]:
                gray[y, x] = 0
