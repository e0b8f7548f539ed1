"""Ruled lines and box edges taken out of the ink, strokes that cross them kept."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.curves import fit
from segment.runs import column_runs

Plane = NDArray[np.float32]
"""(H, W) float32."""

FAINT = 0.25
"""Ink from here on counts as part of a rule: rules are often printed lighter than people write."""

_FIRM = 0.5
"""Ink from here on decides whether a rule and a stroke are one: between two that only come close it is lighter."""

_NARROW = 16
"""Pixels; in narrower pictures nothing tells a rule from a dash."""

_MOST = 8
"""Rules looked for in one picture."""

_TWO, _THREE = np.ones((1, 2), np.uint8), np.ones((1, 3), np.uint8)
_STEPS = np.array([0, -1, 1])


@dataclass(frozen=True, eq=False)
class Rule:
    """A straight printed line.

    Attributes:
        left: first column.
        right: column behind its last.
        centre: (right - left,) row of its middle in each column.
        thickness: pixels.
        slope: pixels downwards for each pixel to the right.
    """

    left: int
    right: int
    centre: NDArray[np.floating[Any]]
    thickness: float
    slope: float

    @cached_property
    def middle(self) -> float:
        """Mean row."""
        return float(self.centre.mean())


def remove_rules(grey: Plane, stroke: float, max_slope: float) -> tuple[Plane, list[Rule]]:
    """Take horizontal rules out of the ink.

    Args:
        grey: (H, W) ink, 0 .. 1.
        stroke: width of the pen, pixels.
        max_slope: steepest rule looked for, pixels downwards for each pixel to the right.

    Returns:
        The ink without rules, and the rules.
    """
    rules: list[Rule] = []
    for _ in range(_MOST):
        rule = _find_rule(grey > FAINT, stroke, max_slope)
        if rule is None:
            break
        rules.append(rule)
        grey = erase_rule(grey, rule)
    return grey, rules


def _find_rule(mask: NDArray[np.bool_], stroke: float, max_slope: float) -> Rule | None:
    height, width = mask.shape
    if width < _NARROW:
        return None
    needed = max(0.5 * width, 0.8 * min(height, width))
    columns, first, last = column_runs(mask)
    length = last - first
    thin = length <= math.floor(1.3 * stroke + 1)
    thin |= ((first == 0) | (last == height)) & (length <= math.floor(2.0 * stroke + 2))
    columns, length = columns[thin], length[thin]
    if columns.size < 0.4 * needed:
        return None
    middles = (first + last - 1)[thin] / 2
    most, slope, offset = _strongest_line(columns, middles, max_slope, width)
    if most < 0.4 * needed:
        return None
    index = np.arange(width)
    line = slope * index + offset
    near = np.abs(middles - line[columns]) <= 1.6
    if different(columns[near]) < 0.35 * needed:
        return None
    # paper is not flat: bend the line to what lies on it
    line = fit(columns[near], middles[near], 2)(index)
    near = np.abs(middles - line[columns]) <= 1.6
    if np.count_nonzero(near) < 0.4 * needed:
        return None
    thickness = median(length[near])
    centre = _follow(columns[near], middles[near], line)
    rows = _within(np.rint(centre), height)
    above, below = np.maximum(rows - 1, 0), np.minimum(rows + 1, height - 1)
    touched = mask[rows, index] | mask[above, index] | mask[below, index]
    left, right = _longest(touched, max(3, round(0.05 * width)))
    span = right - left
    if span < needed or np.count_nonzero(touched[left:right]) < 0.8 * span:
        return None
    on = near & (columns >= left) & (columns < right)
    if different(columns[on]) < 0.35 * span:
        return None
    # Print is straight, or bent evenly with its paper; the feet of characters in a row are not.
    across = span >= 0.95 * width
    at, is_at = columns[on], middles[on]
    off = np.abs(is_at - fit(at, is_at, 2 if across else 1)(at))
    straight = np.count_nonzero(off <= 1) / off.size
    fine = thickness <= 0.8 * stroke + 1
    ends = int(left <= 3) + int(right >= width - 3)
    if not _credible(straight, span / width, ends, fine) or (
        not (across and straight >= 0.97) and _amid(mask, centre, left, right, thickness)
    ):
        return None
    return Rule(left, right, centre[left:right], thickness, slope)


def _credible(straight: float, share: float, ends: int, fine: bool) -> bool:
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


def _amid(
    mask: NDArray[np.bool_], centre: NDArray[np.floating[Any]], left: int, right: int, thickness: float
) -> bool:
    """Whether much ink lies above a line and much below it, as with the crossbars of characters."""
    rows = np.arange(mask.shape[0])[:, None]
    part, line = mask[:, left:right], centre[left:right]
    above = np.count_nonzero(part & (rows < line - thickness))
    below = np.count_nonzero(part & (rows > line + thickness))
    return bool(min(above, below) > 0.2 * (above + below))


def different(columns: NDArray[np.int64]) -> int:
    """How many different values there are."""
    return int(np.count_nonzero(np.bincount(columns)))


def median(values: NDArray[np.integer[Any]]) -> float:
    """The median of one value or more."""
    ordered = np.sort(values)
    return float(ordered[(ordered.size - 1) // 2] + ordered[ordered.size // 2]) / 2


def _within(rows: NDArray[Any], height: int) -> NDArray[np.int64]:
    """Rows of a picture, as whole numbers."""
    return np.asarray(np.minimum(np.maximum(rows, 0), height - 1), np.int64)


def _strongest_line(
    columns: NDArray[np.int64], middles: NDArray[np.floating[Any]], max_slope: float, width: int
) -> tuple[int, float, float]:
    """The straight line on which most thin runs lie: how many, slope, row at column 0."""
    steps = int(np.ceil(max_slope * width / 1.5))
    slopes = max_slope * np.arange(-steps, steps + 1) / max(1, steps)
    # the steepest line down begins highest, the steepest one up lowest
    along = columns.astype(np.float64)
    low = float((middles - slopes[-1] * along).min())
    size = int(float((middles - slopes[0] * along).max()) - low + 0.5) + 2
    # row at column 0 for every slope, as the bins of all slopes one behind another
    rows = middles - slopes[:, None] * along
    rows += (0.5 - low + size * np.arange(slopes.size))[:, None]
    bins = rows.astype(np.int64)
    count = np.bincount(bins.ravel(), minlength=size * slopes.size)
    # two rows at a time: lines fall between rows
    pairs = count[1:] + count[:-1]
    at = int(pairs.argmax())
    step, row = divmod(at, size)
    return int(pairs[at]), float(slopes[step]), low + row + 0.5


def _follow(
    columns: NDArray[np.int64], middles: NDArray[np.floating[Any]], line: NDArray[np.floating[Any]]
) -> NDArray[np.floating[Any]]:
    """Bend a straight line to the runs on it: paper is not flat."""
    summed = np.bincount(columns, middles - line[columns], line.size)
    number = np.bincount(columns, minlength=line.size)
    kernel = (1, 2 * max(4, line.size // 16) + 1)
    total = np.asarray(cv2.blur(summed, kernel), np.float64).ravel()
    count = np.asarray(cv2.blur(number.astype(np.float64), kernel), np.float64).ravel()
    return line + np.divide(total, count, out=np.zeros_like(total), where=count > 0)


def _longest(flags: NDArray[np.bool_], gap: int) -> tuple[int, int]:
    """The longest stretch of true values in which no gap is longer than `gap`."""
    on = np.flatnonzero(flags)
    if on.size == 0:
        return 0, 0
    breaks = np.flatnonzero(on[1:] - on[:-1] > gap + 1).tolist()
    starts, ends = [0, *(at + 1 for at in breaks)], [*breaks, on.size - 1]
    stretches = [(int(on[start]), int(on[end]) + 1) for start, end in zip(starts, ends, strict=True)]
    return max(stretches, key=lambda stretch: stretch[1] - stretch[0])


def erase_rule(grey: Plane, rule: Rule) -> Plane:
    """Blank a rule except where a stroke runs through or into it."""
    height = grey.shape[0]
    limit = math.ceil(rule.thickness) + 1
    reach = limit + 4
    # A strip along the rule, (2 * reach + 1, columns), its middle row on the darkest row of the rule.
    columns = np.arange(rule.left, rule.right)
    padded = np.zeros((height + 2 * reach + 4, grey.shape[1]), np.float32)
    padded[reach + 2 : -reach - 2] = grey
    middle = _within(np.rint(rule.centre), height) + reach + 2
    middle = middle + _darkest(padded, middle, columns)
    at = (middle + np.arange(-reach, reach + 1)[:, None]) * padded.shape[1] + columns
    strip = padded.take(at)
    firm = np.where(strip[reach] > _FIRM, strip > _FIRM, strip > FAINT)
    # from the middle outwards, up on the left and down on the right
    part, held = (np.concatenate([side[reach::-1], side[reach:]], axis=1) for side in (strip, firm))
    # A stroke that only comes close is told from the rule by a lighter valley between them.
    following = np.concatenate([part[1:], part[-1:]])
    rise = np.maximum(following, np.concatenate([following[1:], part[-1:]])) - part
    valley = (part <= np.maximum.accumulate(part, axis=0) - 0.2) & (rise >= 0.08)
    solid = np.logical_and.accumulate(held & ~valley, axis=0)
    reaches = solid.sum(axis=0).reshape(2, columns.size)
    # and the flank of the rule, as long as it gets lighter
    flank = solid.copy()
    flank[0] = True
    flank[1:] |= part[1:] < part[:-1]
    flank = np.logical_and.accumulate(flank, axis=0)
    flank[2:] &= solid[:-2]  # two steps at most
    gone = np.concatenate([flank[:0:-1, : columns.size], flank[:, columns.size :]])
    gone[reach] |= flank[0, : columns.size]
    # A stroke is wider than one column, and so is what lies between two strokes.
    long = reaches.sum(axis=0) - 1 > limit
    kept: NDArray[Any] = np.zeros((1, long.size + 6), np.uint8)
    kept[0, 3:-3] = long
    kept = cv2.morphologyEx(kept, cv2.MORPH_OPEN, _TWO)
    kept = cv2.morphologyEx(kept, cv2.MORPH_CLOSE, _THREE)
    gone &= (kept[0, 3:-3] == 0) & (strip[reach] > 0)
    beyond = np.abs(np.arange(-reach, reach + 1)) > rule.thickness / 2 + 1
    gone[beyond] &= ~long
    padded.put(at[gone], 0)
    out = np.ascontiguousarray(padded[reach + 2 : -reach - 2])
    return _tidy(out, grey, rule)


def _darkest(padded: Plane, middle: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Step, -1, 0 or 1, from each column's middle row to the darkest of the three rows around it."""
    three = padded[middle + _STEPS[:, None], columns]
    return np.asarray(_STEPS[three.argmax(axis=0)], np.int64)


def _tidy(out: Plane, grey: Plane, rule: Rule) -> Plane:
    """Drop crumbs of a rule; give it back where it was also the foot of a character."""
    height = grey.shape[0]
    count, labels = cv2.connectedComponents((out > FAINT).view(np.uint8), connectivity=8)
    columns = np.arange(rule.left, rule.right)
    half = rule.thickness / 2 + 1
    offsets = np.arange(-math.ceil(half), math.ceil(half) + 1)[:, None]
    rows = _within(np.rint(rule.centre) + offsets, height)
    band = labels[rows, columns]
    inside = np.bincount(band.ravel(), minlength=count)
    crumbs = inside >= 0.9 * np.bincount(labels.ravel(), minlength=count)
    crumbs[0] = False
    if crumbs.any():
        out[crumbs[labels]] = 0
        band = np.where(crumbs[band], 0, band)
    touching = band.max(axis=0)
    feet = np.flatnonzero(touching)
    apart = feet[1:] - feet[:-1]
    same = touching[feet[1:]] == touching[feet[:-1]]
    for number in np.flatnonzero((apart > 1) & (apart <= 0.3 * height) & same):
        one, two = feet[number : number + 2]
        hole = rows[:, one + 1 : two], columns[one + 1 : two]
        out[hole] = grey[hole]
    return out
