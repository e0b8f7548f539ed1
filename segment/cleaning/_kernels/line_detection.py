"""Detection of ruled lines: Hough transform of thin vertical runs, parabola fit, tests of straightness."""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from segment.image.arrays import Floats, Mask
from segment.image.components import column_median
from segment.image.jit import compiled
from segment.image.polyfit import evaluate, fit_polynomial

Runs: TypeAlias = NDArray[np.float64]
"""(N, 3) column, center row and length of vertical runs of ink, from left to right and from top to bottom."""

COLUMN, CENTER, LENGTH = range(3)
"""Columns of a table of runs."""

_MAX_DISTANCE = 1.6
"""Largest distance of the center of a run from a line that it belongs to, pixels."""

_CROSSED = 0.05
"""Share of the columns of a line that the strokes of characters cross."""

_SOLID = 0.94
"""Least share of the columns of a side of a form box that have ink; between printed digits there are more gaps."""

_EDGE = 0.3
"""Length of the edge of a form box that is followed from its corner, in shares of the height of the image."""

_MIN_EDGE = 6
"""Length of the shortest edge, pixels."""

_END = 0.08
"""Part of a line at either end in which an edge may start: print beside the box prolongs the line."""


class RuledLine(NamedTuple):
    """A straight printed line.

    Attributes:
        left: First column.
        right: Column after the last; equal to `left` if there is no line.
        centerline: (right - left,) center row in each column.
        row: Mean center row.
        thickness: Thickness, pixels.
        slope: Pixels downward per pixel to the right.
    """

    left: int
    right: int
    centerline: Floats
    row: float
    thickness: float
    slope: float


@compiled
def detect_ruled_line(mask: Mask, stroke_width: float, max_slope: float) -> RuledLine:
    """Detect the line with the most thin runs of ink; returns a line without columns if none is printed.

    Args:
        mask: (H, W) ink.
        stroke_width: Width of the pen strokes, pixels.
        max_slope: Steepest line, pixels downward per pixel to the right.
    """
    height, width = mask.shape
    no_line = RuledLine(0, 0, np.empty(0), 0.0, 0.0, 0.0)
    needed = max(0.5 * width, 0.8 * min(height, width))
    thin = thin_runs(mask, math.floor(1.3 * stroke_width + 1), math.floor(2.0 * stroke_width + 2))
    if len(thin) < 0.4 * needed:
        return no_line
    most, slope, offset = hough_line(thin, max_slope, width)
    if most < 0.4 * needed:
        return no_line
    line = np.empty(width)
    for x in range(width):
        line[x] = slope * x + offset
    near = runs_near(thin, line, 0.0)
    if count_columns(near) < 0.35 * needed:
        return no_line
    # bent paper: fit a parabola to the runs near the straight line
    parabola = fit_polynomial(near, 2)
    for x in range(width):
        line[x] = evaluate(parabola, x)
    near = runs_near(thin, line, 0.0)
    if len(near) < 0.4 * needed:
        return no_line
    thickness = column_median(near, LENGTH)
    center = refine_centerline(near, line)
    touched = inked_columns(mask, center)
    left, right = longest_stretch(touched, max(3, int(np.rint(0.05 * width))))
    span = right - left
    inked = count_true(touched, left, right)
    if span < needed or inked < 0.8 * span:
        return no_line
    on = runs_between(near, left, right)
    if count_columns(on) < 0.35 * span:
        return no_line
    # Print is straight or bends evenly with the paper, unlike the feet of characters in a row.
    across = span >= 0.95 * width
    straight = straightness(on, 2 if across else 1)
    fine = thickness <= 0.8 * stroke_width + 1
    ends = int(left <= 3) + int(right >= width - 3)
    framed = inked >= _SOLID * span and has_corners(mask, center, left, right, thickness)
    if not is_printed_line(straight, span / width, ends, fine, framed):
        return no_line
    if not (across and straight >= 0.97) and is_between_ink(mask, center, left, right, thickness):
        return no_line
    total = 0.0
    for x in range(left, right):
        total += center[x]
    return RuledLine(left, right, center[left:right], total / span, thickness, slope)


@compiled
def thin_runs(mask: Mask, limit: int, at_border: int) -> Runs:
    """Return the vertical runs of ink up to a length, with another limit at the border of the image."""
    height, width = mask.shape
    runs = np.empty((width * ((height + 1) // 2), 3))
    n = 0
    for x in range(width):
        y = 0
        while y < height:
            if not mask[y, x]:
                y += 1
                continue
            first = y
            while y < height and mask[y, x]:
                y += 1
            length = y - first
            if length <= limit or (length <= at_border and (first == 0 or y == height)):
                runs[n, COLUMN], runs[n, CENTER], runs[n, LENGTH] = x, (first + y - 1) / 2, length
                n += 1
    return runs[:n]


@compiled
def hough_line(runs: Runs, max_slope: float, width: int) -> tuple[int, float, float]:
    """Find the straight line with the most runs by a Hough transform: number of runs, slope, row at column 0."""
    steps = math.ceil(max_slope * width / 1.5)
    most_slope = max_slope * steps / max(1, steps)
    # rows at column 0 range from those of the steepest falling line to those of the steepest rising one
    low, high = math.inf, -math.inf
    for i in range(len(runs)):
        low = min(low, runs[i, CENTER] - most_slope * runs[i, COLUMN])
        high = max(high, runs[i, CENTER] + most_slope * runs[i, COLUMN])
    size = int(high - low + 0.5) + 2
    # accumulator: bins of the row at column 0, for one slope after another
    count = np.zeros(size * (2 * steps + 1), np.int64)
    for step in range(2 * steps + 1):
        slope = max_slope * (step - steps) / max(1, steps)
        shift = 0.5 - low + size * step
        for i in range(len(runs)):
            count[int(runs[i, CENTER] - slope * runs[i, COLUMN] + shift)] += 1
    # pairs of rows, because a line may lie between two rows
    most, at = -1, 0
    for i in range(count.size - 1):
        if count[i] + count[i + 1] > most:
            most, at = count[i] + count[i + 1], i
    step, row = at // size, at % size
    return most, max_slope * (step - steps) / max(1, steps), low + row + 0.5


@compiled
def runs_near(runs: Runs, line: Floats, start: float) -> Runs:
    """Select the runs near a line, which is `line` rows below row `start` in each column."""
    near = np.empty(runs.shape)
    n = 0
    for i in range(len(runs)):
        if abs(runs[i, CENTER] - start - line[int(runs[i, COLUMN])]) <= _MAX_DISTANCE:
            for column in range(3):
                near[n, column] = runs[i, column]
            n += 1
    return near[:n]


@compiled
def runs_between(runs: Runs, left: int, right: int) -> Runs:
    """Select the runs in columns left .. right - 1."""
    first = last = 0
    for i in range(len(runs)):
        first += runs[i, COLUMN] < left
        last += runs[i, COLUMN] < right
    return runs[first:last]


@compiled
def count_columns(runs: Runs) -> int:
    """Count the columns that have runs."""
    count = min(1, len(runs))
    for i in range(1, len(runs)):
        count += runs[i, COLUMN] != runs[i - 1, COLUMN]
    return count


@compiled
def refine_centerline(runs: Runs, line: Floats) -> Floats:
    """Replace the row of a line by the mean center of its runs, column by column."""
    total, count = np.zeros(line.size), np.zeros(line.size)
    for i in range(len(runs)):
        column = int(runs[i, COLUMN])
        total[column] += runs[i, CENTER]
        count[column] += 1
    out = line.copy()
    for x in range(line.size):
        if count[x]:
            out[x] = total[x] / count[x]
    return out


@compiled
def inked_columns(mask: Mask, center: Floats) -> Mask:
    """Find the columns with ink on a line or in an adjacent row, (W,) bool."""
    height = mask.shape[0]
    out = np.zeros(center.size, np.bool_)
    for x in range(center.size):
        row = int(min(max(np.rint(center[x]), 0.0), height - 1.0))
        for y in range(max(row - 1, 0), min(row + 2, height)):
            out[x] |= mask[y, x]
    return out


@compiled
def count_true(flags: Mask, left: int, right: int) -> int:
    """Count the true values in columns left .. right - 1."""
    count = 0
    for x in range(left, right):
        count += flags[x]
    return count


@compiled
def longest_stretch(flags: Mask, gap: int) -> tuple[int, int]:
    """Find the longest stretch of true values with gaps up to `gap`; the first of equals."""
    left = right = start = 0
    end = -gap - 2
    for x in range(flags.size):
        if flags[x]:
            if x - end > gap + 1:
                start = x
            end = x
            if end + 1 - start > right - left:
                left, right = start, end + 1
    return left, right


@compiled
def straightness(runs: Runs, degree: int) -> float:
    """Compute the share of runs within one pixel of a polynomial fitted to all of them."""
    smooth = fit_polynomial(runs, degree)
    count = 0
    for i in range(len(runs)):
        count += abs(runs[i, CENTER] - evaluate(smooth, runs[i, COLUMN])) <= 1
    return count / len(runs)


@compiled
def is_printed_line(straight: float, share: float, ends: int, fine: bool, framed: bool) -> bool:
    """Decide whether a line is printed.

    Args:
        straight: Share of its runs on a fitted polynomial.
        share: Share of the width of the image that it spans.
        ends: Number of its ends at the border of the image.
        fine: True if it is thinner than the pen strokes.
        framed: True if it is a side of a form box.
    """
    if share >= 0.95 or framed:
        return straight >= 0.82
    if straight >= 0.97:
        return share >= (0.65 if fine and ends else 0.7 if fine or ends else 0.85)
    return straight >= 0.88 and fine and share >= (0.7 if ends else 0.8)


@compiled
def is_between_ink(mask: Mask, center: Floats, left: int, right: int, thickness: float) -> bool:
    """Test for much ink both above and below a line that it crosses, as at the crossbars of characters.

    Ink of another line of text above a form box does not touch it.
    """
    height = mask.shape[0]
    above = below = crossed = 0
    for x in range(left, right):
        for y in range(height):
            if mask[y, x]:
                above += y < center[x] - thickness
                below += y > center[x] + thickness
        up = int(np.floor(center[x] - thickness / 2 - 1))
        down = int(np.ceil(center[x] + thickness / 2 + 1))
        crossed += up >= 0 and down < height and mask[up, x] and mask[down, x]
    return min(above, below) > 0.2 * (above + below) and crossed > _CROSSED * (right - left)


@compiled
def has_corners(mask: Mask, center: Floats, left: int, right: int, thickness: float) -> bool:
    """Test for vertical edges at both ends of a line, both above it or both below it, as of a form box."""
    reach = int(_EDGE * mask.shape[0])
    span = int(_END * (right - left))
    for direction in (1, -1):
        first = has_edge(mask, center, left, left + span, direction, thickness, reach)
        if first and has_edge(mask, center, right - span, right, direction, thickness, reach):
            return True
    return False


@compiled
def has_edge(
    mask: Mask, center: Floats, left: int, right: int, direction: int, thickness: float, reach: int
) -> bool:
    """Test for a vertical stroke from a line in columns left .. right - 1.

    Args:
        mask: (H, W) ink.
        center: (W,) center row of the line.
        left: First column.
        right: Column after the last.
        direction: 1 downward, -1 upward.
        thickness: Thickness of the line, pixels.
        reach: Least length of the stroke, pixels; a shorter one may end at the border of the image.
    """
    height, width = mask.shape
    for x in range(left, right):
        start = int(np.rint(center[x] + direction * (thickness / 2 + 1)))
        length = min(reach, height - start if direction > 0 else start + 1)
        if length < max(_MIN_EDGE, 2 * thickness):
            continue
        inked = 0
        for step in range(length):
            y = start + direction * step
            inked += mask[y, max(x - 1, 0)] or mask[y, x] or mask[y, min(x + 1, width - 1)]
        if inked >= 0.9 * length:
            return True
    return False
