"""Where a rule lies: the longest straight printed line in ink, in compiled loops."""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from segment.image.components import Mask, median
from segment.image.jit import compiled
from segment.image.polyfit import fit, value

Floats: TypeAlias = NDArray[np.float64]
Runs: TypeAlias = NDArray[np.float64]
"""(N, 3) column, middle row and length of vertical runs of ink, from left to right and from top to bottom."""

COLUMN, MIDDLE, LENGTH = range(3)

_OFF = 1.6
"""Runs whose middle is no farther from a line than this lie on it, pixels."""


class Rule(NamedTuple):
    """A straight printed line.

    Attributes:
        left: first column.
        right: column behind its last; the first one again where no rule was found.
        center: (right - left,) row of its middle in each column.
        middle: mean row.
        thickness: pixels.
        slope: pixels downwards for each pixel to the right.
    """

    left: int
    right: int
    center: Floats
    middle: float
    thickness: float
    slope: float


@compiled
def find_rule(mask: Mask, stroke: float, max_slope: float) -> Rule:
    """Find the rule on which most thin runs of ink lie; one of no columns where there is none.

    Args:
        mask: (H, W) ink.
        stroke: width of the pen, pixels.
        max_slope: steepest rule looked for, pixels downwards for each pixel to the right.
    """
    height, width = mask.shape
    none = Rule(0, 0, np.empty(0), 0.0, 0.0, 0.0)
    needed = max(0.5 * width, 0.8 * min(height, width))
    thin = thin_runs(mask, math.floor(1.3 * stroke + 1), math.floor(2.0 * stroke + 2))
    if len(thin) < 0.4 * needed:
        return none
    most, slope, offset = strongest_line(thin, max_slope, width)
    if most < 0.4 * needed:
        return none
    line = np.empty(width)
    for x in range(width):
        line[x] = slope * x + offset
    near = lying_on(thin, line, 0.0)
    if different(near) < 0.35 * needed:
        return none
    # paper is not flat: bend the line to what lies on it
    bent = fit(near, 2)
    for x in range(width):
        line[x] = value(bent, x)
    near = lying_on(thin, line, 0.0)
    if len(near) < 0.4 * needed:
        return none
    thickness = median(near, LENGTH)
    center = follow(near, line)
    touched = inked(mask, center)
    left, right = longest(touched, max(3, int(np.rint(0.05 * width))))
    span = right - left
    if span < needed or number(touched, left, right) < 0.8 * span:
        return none
    on = between(near, left, right)
    if different(on) < 0.35 * span:
        return none
    # Print is straight, or bent evenly with its paper; the feet of characters in a row are not.
    across = span >= 0.95 * width
    straight = straightness(on, 2 if across else 1)
    fine = thickness <= 0.8 * stroke + 1
    ends = int(left <= 3) + int(right >= width - 3)
    if not credible(straight, span / width, ends, fine):
        return none
    if not (across and straight >= 0.97) and amid(mask, center, left, right, thickness):
        return none
    total = 0.0
    for x in range(left, right):
        total += center[x]
    return Rule(left, right, center[left:right], total / span, thickness, slope)


@compiled
def thin_runs(mask: Mask, limit: int, at_border: int) -> Runs:
    """Vertical runs of ink that are no longer than a limit, or than another one at the border of the picture."""
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
                runs[n, COLUMN], runs[n, MIDDLE], runs[n, LENGTH] = x, (first + y - 1) / 2, length
                n += 1
    return runs[:n]


@compiled
def strongest_line(runs: Runs, max_slope: float, width: int) -> tuple[int, float, float]:
    """The straight line on which most runs lie: how many, slope, row at column 0."""
    steps = math.ceil(max_slope * width / 1.5)
    most_slope = max_slope * steps / max(1, steps)
    # the steepest line down begins highest, the steepest one up lowest
    low, high = math.inf, -math.inf
    for i in range(len(runs)):
        low = min(low, runs[i, MIDDLE] - most_slope * runs[i, COLUMN])
        high = max(high, runs[i, MIDDLE] + most_slope * runs[i, COLUMN])
    size = int(high - low + 0.5) + 2
    # row at column 0 for every slope, as the bins of all slopes one behind another
    count = np.zeros(size * (2 * steps + 1), np.int64)
    for step in range(2 * steps + 1):
        slope = max_slope * (step - steps) / max(1, steps)
        shift = 0.5 - low + size * step
        for i in range(len(runs)):
            count[int(runs[i, MIDDLE] - slope * runs[i, COLUMN] + shift)] += 1
    # two rows at a time: lines fall between rows
    most, at = -1, 0
    for i in range(count.size - 1):
        if count[i] + count[i + 1] > most:
            most, at = count[i] + count[i + 1], i
    step, row = at // size, at % size
    return most, max_slope * (step - steps) / max(1, steps), low + row + 0.5


@compiled
def lying_on(runs: Runs, line: Floats, start: float) -> Runs:
    """The runs whose middle is near to a line; `line` is how far below row `start` it is in each column."""
    near = np.empty(runs.shape)
    n = 0
    for i in range(len(runs)):
        if abs(runs[i, MIDDLE] - start - line[int(runs[i, COLUMN])]) <= _OFF:
            for value in range(3):
                near[n, value] = runs[i, value]
            n += 1
    return near[:n]


@compiled
def between(runs: Runs, left: int, right: int) -> Runs:
    """The runs from one column to before another."""
    first = last = 0
    for i in range(len(runs)):
        first += runs[i, COLUMN] < left
        last += runs[i, COLUMN] < right
    return runs[first:last]


@compiled
def different(runs: Runs) -> int:
    """In how many columns there are runs."""
    count = min(1, len(runs))
    for i in range(1, len(runs)):
        count += runs[i, COLUMN] != runs[i - 1, COLUMN]
    return count


@compiled
def follow(runs: Runs, line: Floats) -> Floats:
    """Bend a line to the middle of the runs on it, column by column."""
    total, count = np.zeros(line.size), np.zeros(line.size)
    for i in range(len(runs)):
        column = int(runs[i, COLUMN])
        total[column] += runs[i, MIDDLE]
        count[column] += 1
    out = line.copy()
    for x in range(line.size):
        if count[x]:
            out[x] = total[x] / count[x]
    return out


@compiled
def inked(mask: Mask, center: Floats) -> Mask:
    """(W,) in which columns a line, or a row beside it, is ink."""
    height = mask.shape[0]
    out = np.zeros(center.size, np.bool_)
    for x in range(center.size):
        row = int(min(max(np.rint(center[x]), 0.0), height - 1.0))
        for y in range(max(row - 1, 0), min(row + 2, height)):
            out[x] |= mask[y, x]
    return out


@compiled
def number(flags: Mask, left: int, right: int) -> int:
    """How many values are true in some columns."""
    count = 0
    for x in range(left, right):
        count += flags[x]
    return count


@compiled
def longest(flags: Mask, gap: int) -> tuple[int, int]:
    """The longest stretch of true values in which no gap is longer than `gap`; the first of equals."""
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
    """Share of runs that lie within a pixel of the smooth line through all of them."""
    smooth = fit(runs, degree)
    count = 0
    for i in range(len(runs)):
        count += abs(runs[i, MIDDLE] - value(smooth, runs[i, COLUMN])) <= 1
    return count / len(runs)


@compiled
def credible(straight: float, share: float, ends: int, fine: bool) -> bool:
    """Whether a line is print.

    Args:
        straight: share of its columns that lie on a smooth line.
        share: of the picture's width that it spans.
        ends: how many of its ends are at the border of the picture.
        fine: whether it is thinner than the pen.
    """
    if share >= 0.95:
        return straight >= 0.82
    if straight >= 0.97:
        return share >= (0.65 if fine and ends else 0.7 if fine or ends else 0.85)
    return straight >= 0.88 and fine and share >= (0.7 if ends else 0.8)


@compiled
def amid(mask: Mask, center: Floats, left: int, right: int, thickness: float) -> bool:
    """Whether much ink lies above a line and much below it, as with the crossbars of characters."""
    above = below = 0
    for y in range(mask.shape[0]):
        for x in range(left, right):
            if mask[y, x]:
                above += y < center[x] - thickness
                below += y > center[x] + thickness
    return min(above, below) > 0.2 * (above + below)
