"""Detection of the vertical edges of a form box, and removal of the components outside."""

from __future__ import annotations

import math

import numpy as np

from segment.cleaning._kernels.line_detection import (
    CENTER,
    COLUMN,
    LENGTH,
    count_columns,
    runs_between,
    runs_near,
    thin_runs,
)
from segment.image.arrays import Floats, InkArray, Mask
from segment.image.components import (
    HEIGHT,
    LEFT,
    TOP,
    WIDTH,
    ComponentIds,
    column_median,
    measure_components,
)
from segment.image.jit import compiled
from segment.image.polyfit import evaluate, fit_polynomial

_SLOPES = (0.0, 0.02, -0.02, 0.04, -0.04)
"""Slopes of the edges to search, pixels to the right per pixel downward."""

_SKIPPED = 3
"""Rows next to a ruled line that are skipped."""

_MIN_DISTANCE = 5
"""Smallest distance between two edges, columns."""


@compiled
def detect_box_edges(mask: Mask, top: int, bottom: int, stroke_width: float) -> tuple[Floats, Floats, Floats]:
    """Detect straight vertical lines from row `top` to row `bottom`.

    Args:
        mask: (W, H) ink, transposed.
        top: First row.
        bottom: Row after the last, more than six below the first.
        stroke_width: Width of the pen strokes, pixels.

    Returns:
        (N, bottom - top) center column of each edge in each row; (N,) thickness, pixels; (N,) slope, pixels to the
        right per pixel downward.
    """
    width = mask.shape[0]
    limit = math.floor(1.3 * stroke_width + 1)
    slim = runs_between(thin_runs(mask, limit, limit), top + _SKIPPED, bottom - _SKIPPED)
    span = bottom - top - 2 * _SKIPPED
    most = width // _MIN_DISTANCE + 1
    centers, thickness, slopes = np.empty((most, bottom - top)), np.empty(most), np.empty(most)
    taken = np.zeros(width, np.bool_)
    n = 0
    lean = np.empty(mask.shape[1])
    for slope in _SLOPES:
        for y in range(lean.size):
            lean[y] = slope * (y - top - _SKIPPED)
        for x in range(width):
            if taken[x] or not inked_along(mask, x, slope, top + _SKIPPED, span):
                continue
            runs = runs_near(slim, lean, x)
            if count_columns(runs) < 0.75 * span:
                continue
            line = fit_polynomial(runs, 1)
            on = 0
            for i in range(len(runs)):
                on += abs(runs[i, CENTER] - evaluate(line, runs[i, COLUMN])) <= 0.8
            if on < 0.95 * len(runs):
                continue
            for y in range(top, bottom):
                centers[n, y - top] = evaluate(line, y)
            thickness[n], slopes[n] = column_median(runs, LENGTH), line.linear / line.half
            n += 1
            for beside in range(max(0, x - _MIN_DISTANCE + 1), min(x + _MIN_DISTANCE, width)):
                taken[beside] = True
    return centers[:n], thickness[:n], slopes[:n]


@compiled
def inked_along(mask: Mask, x: int, slope: float, first: int, span: int) -> bool:
    """Test for ink on nearly all of a sloped line or in an adjacent column.

    Args:
        mask: (W, H) ink, transposed.
        x: Column of the line in its first row; outside the image the line follows the border.
        slope: Pixels to the right per pixel downward.
        first: First row.
        span: Number of rows.
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
def erase_outside(
    density: InkArray, ids: ComponentIds, count: int, left: float, right: float, top: int, bottom: int
) -> None:
    """Erase the components entirely outside a form box, in place, unless all are.

    Args:
        density: (H, W) ink density.
        ids: (H, W) component id of each pixel, 0 on paper.
        count: Number of ids, including 0.
        left: Column of the left edge.
        right: Column of the right edge.
        top: Row of the upper edge.
        bottom: Row of the lower edge.
    """
    table = measure_components(ids, count)
    outside = np.zeros(count, np.bool_)
    erased = 0
    for component in range(1, count):
        x, y = table[component, LEFT], table[component, TOP]
        x_end, y_end = x + table[component, WIDTH], y + table[component, HEIGHT]
        outside[component] = x_end <= left + 2 or x >= right - 1 or y_end <= top + 2 or y >= bottom - 2
        erased += outside[component]
    if erased == count - 1:
        return
    for y in range(density.shape[0]):
        for x in range(density.shape[1]):
            if outside[ids[y, x]]:
                density[y, x] = 0
