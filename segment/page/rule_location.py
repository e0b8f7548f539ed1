"""Field location by rules: printed boxes and runs of writing, scored by layout priors set by hand.

The reader locates by a network. The rules give its training first boxes where none are known, and are compared with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segment.cleaning.background import INK_THRESHOLD
from segment.image.arrays import Mask
from segment.image.box import Box
from segment.image.components import component_table
from segment.page.field_location import LocatedField
from segment.page.overview import Overview

_MAX_COMPONENTS = 100
"""Components considered of each kind: ruled lines, sides of boxes, writing."""


_Rect = tuple[float, float, float, float]
"""x, y, w, h in pixels of the overview."""


@dataclass(frozen=True)
class _Layout:
    """Layout prior of a field: mean and standard deviation of center and size, in shares of the page."""

    x: tuple[float, float]
    y: tuple[float, float]
    w: tuple[float, float]
    h: tuple[float, float]

    def score(self, box: _Rect, width: int, height: int) -> float:
        x, y, w, h = box
        shares = (x + w / 2) / width, (y + h / 2) / height, w / width, h / height
        return -0.5 * sum(
            ((share - mean) / spread) ** 2
            for share, (mean, spread) in zip(shares, (self.x, self.y, self.w, self.h), strict=True)
        )


# Right of the payee line, between date and signature; and at the top, above the date, as in Chile.
_BOX = _Layout(x=(0.83, 0.06), y=(0.41, 0.08), w=(0.22, 0.06), h=(0.10, 0.04))
_TOP = _Layout(x=(0.83, 0.06), y=(0.11, 0.04), w=(0.24, 0.06), h=(0.11, 0.04))
_LINE = _Layout(x=(0.83, 0.06), y=(0.39, 0.07), w=(0.18, 0.07), h=(0.07, 0.03))
_BOX_BONUS = 4.0
"""Bonus of a printed box over writing without one, nats."""
_TOP_PENALTY = 5.0
"""Penalty of a box at the top, nats: dates have boxes there, too, so it is read only where there is none below."""


_CORNER_PENALTY = 3.0
"""Penalty for each line end that misses its corner by the height of the box, nats."""


def locate_by_rules(page: Overview, max_fields: int = 5) -> list[LocatedField]:
    """Locate candidate fields of the amount in figures on a check.

    Args:
        page: Overview of a whole check, upright.
        max_fields: Number of fields returned at most.

    Returns:
        Fields that overlap little, best first; none where no likely place has ink.
    """
    if page.ink is None:
        return []
    height, width = page.ink.shape
    horizontal, vertical = page.ruled_lines
    found = [
        (
            box,
            _with_margin(box, 0.3, 0.35),
            _box_score(box, width, height) + _BOX_BONUS - _CORNER_PENALTY * misfit,
        )
        for box, misfit in _boxes(horizontal, vertical)
    ]
    found += [
        (_with_margin(box, 0.15, 0.2), _with_margin(box, 0.5, 0.45), _LINE.score(box, width, height))
        for box in _writing((page.ink > INK_THRESHOLD) & ~horizontal & ~vertical)
    ]
    fields: list[LocatedField] = []
    chosen: list[_Rect] = []
    for inner, box, score in sorted(found, key=lambda item: -item[2]):
        if len(fields) == max_fields:
            break
        # part of a better field would be read as an amount of fewer digits
        if all(_overlap(box, other) < 0.5 for other in chosen):
            chosen.append(box)
            fields.append(LocatedField(_on_page(box, page), _on_page(inner, page), float(score)))
    return fields


def _box_score(box: _Rect, width: int, height: int) -> float:
    return max(_BOX.score(box, width, height), _TOP.score(box, width, height) - _TOP_PENALTY)


def _largest(components: list[NDArray[np.int64]]) -> list[NDArray[np.int64]]:
    """Select the components of most ink: a dirty page must not cost more time than a check."""
    return sorted(components, key=lambda component: -int(component[4]))[:_MAX_COMPONENTS]


def _boxes(horizontal: Mask, vertical: Mask) -> list[tuple[_Rect, float]]:
    """Detect form boxes in the part of the page where amounts are.

    Returns:
        Each box with its misfit: the distances of the four ends of the horizontal lines from the corners, in heights
        of the box and at most 1 each, plus 0.5 for each side that is not found.
    """
    height, width = horizontal.shape
    rows = _largest([component for component in component_table(horizontal) if component[2] > 0.08 * width])
    sides = _largest([component for component in component_table(vertical) if component[0] > 0.45 * width])
    boxes = []
    for upper in rows:
        for lower in rows:
            top, bottom = float(upper[1] + upper[3] / 2), float(lower[1] + lower[3] / 2)
            if not (
                0.05 * height < bottom - top < 0.2 * height
                and 0.05 * height < (top + bottom) / 2 < 0.65 * height
            ):
                continue
            starts = float(upper[0]), float(lower[0])
            ends = float(upper[0] + upper[2]), float(lower[0] + lower[2])
            edges = [
                (float(side[0] + side[2] / 2), 0.0)
                for side in sides
                if side[1] <= top + 0.015 * height
                and side[1] + side[3] >= bottom - 0.015 * height
                and max(starts) - 0.02 * width <= side[0] <= min(ends) + 0.02 * width
            ]
            # sides too pale to be detected are where both lines end
            edges += [
                (sum(both) / 2, 0.5)
                for both in (starts, ends)
                if abs(both[0] - both[1]) < 0.1 * (bottom - top)
            ]
            for (left, one), (right, other) in combinations(sorted(edges), 2):
                if 0.1 * width < right - left < 0.45 * width:
                    off = [*(abs(x - left) for x in starts), *(abs(x - right) for x in ends)]
                    misfit = sum(min(1.0, x / (bottom - top)) for x in off)
                    boxes.append(((left, top, right - left, bottom - top), misfit + one + other))
    return boxes


def _writing(mask: Mask) -> list[_Rect]:
    """Group components side by side into runs of writing, in the part of the page where amounts are."""
    height, width = mask.shape
    components = component_table(mask)
    x, y, w, h, _ = components.T
    usable = (x + w / 2 > 0.5 * width) & (y + h / 2 > 0.15 * height) & (y + h / 2 < 0.65 * height)
    usable &= (h > 0.025 * height) & (h < 0.2 * height) & (w < 0.25 * width)
    groups: list[Any] = []
    for component in sorted(component.tolist() for component in _largest(list(components[usable]))):
        left, top = component[:2]
        right, bottom = left + component[2], top + component[3]
        for group in groups:
            if _beside(group, component):
                group[1:] = [min(group[1], top), max(group[2], right), max(group[3], bottom), group[4] + 1]
                break
        else:
            groups.append([left, top, right, bottom, 1])
    return [
        (left, top, right - left, bottom - top) for left, top, right, bottom, count in groups if count >= 2
    ]


def _beside(group: list[int], component: list[int]) -> bool:
    """Return whether a component continues a group to the right."""
    left, top, right, bottom = group[:4]
    tall = max(bottom - top, component[3])
    shared = min(bottom, component[1] + component[3]) - max(top, component[1])
    return left <= component[0] <= right + 1.3 * tall and shared >= 0.4 * min(bottom - top, component[3])


def _with_margin(box: _Rect, across: float, down: float) -> _Rect:
    """Enlarge a box for strokes that run out of it, by shares of its height on each side.

    The margin may contain ruled lines, which cleaning removes with what lies beyond them.
    """
    x, y, w, h = box
    return x - across * h, y - down * h, w + 2 * across * h, (1 + 2 * down) * h


def _overlap(one: _Rect, two: _Rect) -> float:
    """Compute the shared area as a share of the smaller box."""
    across = min(one[0] + one[2], two[0] + two[2]) - max(one[0], two[0])
    down = min(one[1] + one[3], two[1] + two[3]) - max(one[1], two[1])
    return max(0.0, across) * max(0.0, down) / min(one[2] * one[3], two[2] * two[3])


def _on_page(box: _Rect, page: Overview) -> Box:
    """Convert a box to pixels of the page, within its borders."""
    height, width = page.page_shape
    left, top = max(0, int(np.floor(box[0] * page.scale))), max(0, int(np.floor(box[1] * page.scale)))
    right = min(width, int(np.ceil((box[0] + box[2]) * page.scale)))
    bottom = min(height, int(np.ceil((box[1] + box[3]) * page.scale)))
    return Box(left, top, max(1, right - left), max(1, bottom - top))
