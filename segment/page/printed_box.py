"""Detection of the printed box around a place: its ruled lines and sides give the field's exact geometry."""

from __future__ import annotations

from itertools import combinations, product

from segment.image.arrays import Mask
from segment.image.components import Table, component_table

Rect = tuple[float, float, float, float]
"""x, y, w, h in pixels of an overview."""

_HEIGHT, _WIDTH = (0.5, 1.9), (0.5, 1.7)
"""Smallest and largest height and width of a box, relative to the place."""

_MOST = 12
"""Ruled lines above a place, below it and at its sides that are considered, the longest: a dirty page must not cost
more time than a check."""

_BENT = 0.015
"""Largest distance of a side's end from a ruled line, in shares of the page's height."""

_OFF_CORNER = 0.1
"""Largest distance of the ends of two ruled lines that are sides too pale to be detected, in heights of the box."""

_MISFIT = 0.05
"""Cost of a line end that misses its corner by the height of the box, in intersection over union."""


class PrintedBoxes:
    """The boxes of a form, found where a place is asked for.

    Args:
        horizontal: (H, W) ink on long horizontal lines.
        vertical: (H, W) ink on long vertical lines.
    """

    def __init__(self, horizontal: Mask, vertical: Mask) -> None:
        self._shape = horizontal.shape
        self._rows = component_table(horizontal)
        self._sides = component_table(vertical)

    def around(self, place: Rect, smallest: float) -> Rect | None:
        """Return the box that shares most with a place.

        Args:
            place: Coarse box of a field.
            smallest: Smallest intersection over union.
        """
        x, y, w, h = place
        middle, center = y + h / 2, x + w / 2
        rows = self._rows
        across = (rows[:, 0] < center) & (rows[:, 0] + rows[:, 2] > center) & (rows[:, 2] >= 0.4 * w)
        level = rows[:, 1] + rows[:, 3] / 2
        near = across & (abs(level - middle) < _HEIGHT[1] * h)
        uppers, lowers = (
            _longest(rows[near & (level < middle)], 2),
            _longest(rows[near & (level > middle)], 2),
        )
        sides = self._sides
        sides = sides[(sides[:, 0] > x - w) & (sides[:, 0] < x + 2 * w)]
        best, found = smallest, None
        for upper, lower in product(uppers.tolist(), lowers.tolist()):
            for box, misfit in self._between(upper, lower, sides, place):
                fit = overlap_ratio(box, place) - _MISFIT * misfit
                if fit > best:
                    best, found = fit, box
        return found

    def _between(
        self, upper: list[int], lower: list[int], sides: Table, place: Rect
    ) -> list[tuple[Rect, float]]:
        """List the boxes between two ruled lines, each with the misfit of its corners."""
        _, _, w, h = place
        top, bottom = upper[1] + upper[3] / 2, lower[1] + lower[3] / 2
        tall = bottom - top
        if not _HEIGHT[0] * h < tall < _HEIGHT[1] * h:
            return []
        starts, ends = (upper[0], lower[0]), (upper[0] + upper[2], lower[0] + lower[2])
        bent = _BENT * self._shape[0]
        spanning = sides[(sides[:, 1] <= top + bent) & (sides[:, 1] + sides[:, 3] >= bottom - bent)]
        edges = [
            (left + width / 2, 0.0)
            for left, _, width, _, _ in _longest(spanning, 3).tolist()
            if max(starts) - tall <= left <= min(ends) + tall
        ]
        edges += [
            (sum(both) / 2, 0.5) for both in (starts, ends) if abs(both[0] - both[1]) < _OFF_CORNER * tall
        ]
        boxes = []
        for (left, one), (right, other) in combinations(sorted(edges), 2):
            if _WIDTH[0] * w < right - left < _WIDTH[1] * w:
                # a line that runs on beyond the corner is one of the form, a line that ends before it is none
                short = [max(0.0, start - left) for start in starts] + [max(0.0, right - end) for end in ends]
                misfit = one + other + sum(min(1.0, gap / tall) for gap in short)
                boxes.append(((left, top, right - left, tall), misfit))
        return boxes


def _longest(lines: Table, axis: int) -> Table:
    """Select the longest lines."""
    return lines if len(lines) <= _MOST else lines[lines[:, axis].argsort()[-_MOST:]]


def overlap_ratio(one: Rect, other: Rect) -> float:
    """Compute intersection over union."""
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(0.0, across) * max(0.0, down)
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)
