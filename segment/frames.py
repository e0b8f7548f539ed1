"""The printed frame of an amount: its upright edges taken out of the ink, and what lies outside of it."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.curves import fit
from segment.rules import FAINT, Plane, Rule, different, erase_rule, median
from segment.runs import column_runs

_SLOPES = (0.0, 0.02, -0.02, 0.04, -0.04)
"""Lean of the edges looked for, pixels to the right for each pixel downwards."""


_UPRIGHT = np.ones((3, 1), np.uint8)


def remove_frame(grey: Plane, rules: list[Rule], stroke: float) -> Plane:
    """Take the upright edges of a frame out of the ink, and all ink that lies outside of it.

    A written 1 is an upright line, too. An edge is therefore only what is straight as print and runs from rule to
    rule, or at a side of the picture from a rule to the border.

    Args:
        grey: (H, W) ink without its rules.
        rules: the rules that were found.
        stroke: width of the pen, pixels.

    Returns:
        The ink within the frame.
    """
    height, width = grey.shape
    upper, lower = _between(rules, height)
    if upper is None and lower is None:
        return grey
    top = 0 if upper is None else int(upper.middle)
    bottom = height if lower is None else int(np.ceil(lower.middle)) + 1
    if bottom - top < max(8, 0.3 * height):
        return grey
    framed = upper is not None and lower is not None
    edges: list[Rule] = []
    turned = np.ascontiguousarray(grey.T)
    for edge in _find_edges(turned, top, bottom, stroke):
        x = edge.middle
        at_side = min(x, width - 1 - x) < 0.5 * (bottom - top)
        if framed or (at_side and edge.thickness <= 0.8 * stroke + 1):
            turned = erase_rule(turned, edge)
            edges.append(edge)
    grey = np.ascontiguousarray(turned.T)
    left, right = _sides(edges, width) if framed else (-1.0, float(width))
    return _inside(grey, left, right, 0 if upper is None else top, height if lower is None else bottom)


def _between(rules: list[Rule], height: int) -> tuple[Rule | None, Rule | None]:
    """The innermost rules above and below the middle of the picture."""
    upper = [rule for rule in rules if rule.middle < 0.4 * height]
    lower = [rule for rule in rules if rule.middle > 0.6 * height]
    return (
        max(upper, key=lambda rule: rule.middle, default=None),
        min(lower, key=lambda rule: rule.middle, default=None),
    )


def _find_edges(turned: Plane, top: int, bottom: int, stroke: float) -> list[Rule]:
    """Straight upright lines from row `top` to row `bottom`, as rules of the transposed picture."""
    mask = turned > FAINT
    width = mask.shape[0]
    inner = slice(top + 3, bottom - 3)
    if bottom - top < 10:
        return []
    wide = cv2.dilate(mask.view(np.uint8), _UPRIGHT)[:, inner]
    span = np.arange(wide.shape[1])
    upto = np.zeros((width, span.size + 1), np.int64)
    np.cumsum(wide, axis=1, out=upto[:, 1:])
    columns, first, last = column_runs(mask)
    within = (columns >= top + 3) & (columns < bottom - 3)
    columns, length, middle = columns[within], (last - first)[within], ((first + last - 1) / 2)[within]
    along, slim = columns - top - 3, length <= 1.3 * stroke + 1
    edges: list[Rule] = []
    taken = np.zeros(width, bool)
    for slope in _SLOPES:
        covered = _along(upto, np.rint(slope * span).astype(np.int64))
        for x in np.flatnonzero((covered >= 0.92 * span.size) & ~taken):
            if taken[x]:
                continue
            thin = slim & (np.abs(middle - x - slope * along) <= 1.6)
            at, is_at = columns[thin], middle[thin]
            if different(at) < 0.75 * span.size:
                continue
            line = fit(at, is_at, 1)
            if np.count_nonzero(np.abs(is_at - line(at)) <= 0.8) < 0.95 * at.size:
                continue
            centre = line(np.arange(top, bottom))
            edges.append(Rule(top, bottom, centre, median(length[thin]), line.slope))
            taken[max(0, int(x) - 4) : int(x) + 5] = True
    return edges


def _along(upto: NDArray[np.int64], shift: NDArray[np.int64]) -> NDArray[np.int64]:
    """How much of the leaning line that starts in each row is ink.

    Args:
        upto: (H, W + 1) ink of each row before each column.
        shift: (W,) by how many rows the line has moved at each column, in steps.

    Returns:
        (H,) sums over the columns; a line stays in the first or last row where it would leave the picture.
    """
    at = np.arange(upto.shape[0])
    covered = np.zeros(at.size, np.int64)
    turns = [0, *(np.flatnonzero(shift[1:] != shift[:-1]) + 1).tolist(), shift.size]
    for first, last in pairwise(turns):
        covered += (upto[:, last] - upto[:, first]).take(at + shift[first], mode="clip")
    return covered


def _sides(edges: list[Rule], width: int) -> tuple[float, float]:
    """Columns between which the frame holds the amount: its outermost edges, else the borders of the picture."""
    middles = [edge.middle for edge in edges]
    left = min((x for x in middles if x < 0.35 * width), default=-1.0)
    right = max((x for x in middles if x > 0.65 * width), default=float(width))
    return left, right


def _inside(grey: Plane, left: float, right: float, top: int, bottom: int) -> Plane:
    """Drop the pieces of ink that lie wholly outside of the frame."""
    mask = (grey > FAINT).view(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    x, y = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    x_end, y_end = x + stats[:, cv2.CC_STAT_WIDTH], y + stats[:, cv2.CC_STAT_HEIGHT]
    outside = (x_end <= left + 2) | (x >= right - 1) | (y_end <= top + 2) | (y >= bottom - 2)
    outside[0] = False
    if not outside.any() or outside[1:].all():
        return grey
    return np.where(outside[labels], np.float32(0), grey)
