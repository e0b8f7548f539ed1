"""Detection of the printed box at a place: its ruled lines and sides give the exact geometry of the field."""

from __future__ import annotations

from itertools import combinations, product

import cv2
import numpy as np

from segment.image.arrays import GrayImage, Mask
from segment.image.components import Table, component_table

Rect = tuple[float, float, float, float]
"""x, y, w, h in pixels."""

_SCALE = 64
"""Height of the place where lines are searched for, pixels."""

_AROUND = 1.0
"""Surroundings of the place in which lines are searched for, in heights of it."""

_MIN_DARKER, _DARKER = 7.0, 0.13
"""Smallest difference of a line from the paper around it, gray levels, and as a share of the darkest ink's."""

_LINE, _SIDE = 0.3, 0.4
"""Smallest length of a ruled line in widths of the place, and of a side in heights of it."""

_HEIGHT, _WIDTH = (0.4, 1.7), (0.45, 1.7)
"""Smallest and largest height and width of a box, relative to the place."""

_MOST = 12
"""Lines of each kind that are considered, the longest: a dirty page must not cost more time than a check."""

_BENT = 0.1
"""Largest distance of a side's end from a ruled line, in heights of the place."""

_OFF_CORNER = 0.1
"""Largest distance of the ends of two ruled lines that are sides too pale to be detected, in heights of the box."""

_MISFIT, _NO_SIDE = 0.05, 0.5
"""Cost of a line that ends a box's height before its corner, in intersection over union; a missing side in heights."""


def find_printed_box(page: GrayImage, place: Rect, smallest: float) -> Rect | None:
    """Find the printed box that shares most with a place.

    Args:
        page: (H, W) uint8, upright.
        place: Coarse box of a field, pixels of the page.
        smallest: Smallest intersection over union.

    Returns:
        The middle of its lines in pixels of the page, None where there is no box.
    """
    x, y, w, h = place
    left, top = max(0, int(x - _AROUND * h)), max(0, int(y - _AROUND * h))
    part = page[top : int(y + (1 + _AROUND) * h) + 1, left : int(x + w + _AROUND * h) + 1]
    if min(part.shape, default=0) < 8:
        return None
    scale = _SCALE / h
    size = max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale))
    # a place of a few pixels would be a huge picture of nothing, as one that is far too wide
    if scale > 8 or max(size) > 4000:
        return None
    sense = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(part, size, interpolation=sense), np.uint8)
    across, down = size[0] / part.shape[1], size[1] / part.shape[0]
    local = (x - left) * across, (y - top) * down, w * across, h * down
    found = _best(*_lines(small, local), local, smallest)
    if found is None:
        return None
    return left + found[0] / across, top + found[1] / down, found[2] / across, found[3] / down


def _lines(part: GrayImage, place: Rect) -> tuple[Table, Table]:
    """Find ruled lines, and sides, that are darker than the paper around them."""
    rim = 2 * (_SCALE // 4) + 1
    paper = cv2.morphologyEx(
        cv2.GaussianBlur(part, (0, 0), 1.0), cv2.MORPH_CLOSE, np.ones((rim, rim), np.uint8)
    )
    darker = cv2.subtract(paper, part)
    dark = darker > max(_MIN_DARKER, _DARKER * float(np.percentile(darker, 99)))
    solid = np.asarray(dark, np.uint8)
    # slanted and broken lines are closed across their direction first
    return (
        component_table(_opened(solid, (3, 1), (1, max(3, round(_LINE * place[2]))))),
        component_table(_opened(solid, (1, 3), (max(3, round(_SIDE * place[3])), 1))),
    )


def _opened(solid: np.ndarray, mend: tuple[int, int], length: tuple[int, int]) -> Mask:
    widened = cv2.dilate(solid, np.ones(mend, np.uint8))
    return np.asarray(cv2.morphologyEx(widened, cv2.MORPH_OPEN, np.ones(length, np.uint8)), np.uint8) > 0


def _best(rows: Table, sides: Table, place: Rect, smallest: float) -> Rect | None:
    """Return the box of best fit between two of the lines."""
    x, y, w, h = place
    middle, center = y + h / 2, x + w / 2
    rows = rows[(rows[:, 0] < center + 0.3 * w) & (rows[:, 0] + rows[:, 2] > center - 0.3 * w)]
    level = rows[:, 1] + rows[:, 3] / 2
    uppers, lowers = _longest(rows[level < middle], 2), _longest(rows[level > middle], 2)
    best, found = smallest, None
    for upper, lower in product(uppers.tolist(), lowers.tolist()):
        for box, misfit in _between(upper, lower, sides, place):
            fit = overlap_ratio(box, place) - _MISFIT * misfit
            if fit > best:
                best, found = fit, box
    return found


def _between(upper: list[int], lower: list[int], sides: Table, place: Rect) -> list[tuple[Rect, float]]:
    """List the boxes between two ruled lines, each with the misfit of its corners."""
    _, _, w, h = place
    top, bottom = upper[1] + upper[3] / 2, lower[1] + lower[3] / 2
    tall = bottom - top
    if not _HEIGHT[0] * h < tall < _HEIGHT[1] * h:
        return []
    starts, ends = (upper[0], lower[0]), (upper[0] + upper[2], lower[0] + lower[2])
    bent = _BENT * h
    spanning = sides[(sides[:, 1] <= top + bent) & (sides[:, 1] + sides[:, 3] >= bottom - bent)]
    edges = [
        (left + width / 2, 0.0)
        for left, _, width, _, _ in _longest(spanning, 3).tolist()
        if max(starts) - tall <= left <= min(ends) + tall
    ]
    edges += [
        (sum(both) / 2, _NO_SIDE) for both in (starts, ends) if abs(both[0] - both[1]) < _OFF_CORNER * tall
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
    return shared / max(1e-9, one[2] * one[3] + other[2] * other[3] - shared)
