"""Field location: a locator's places of the amount, with the exact geometry of the print and writing at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segment.image.arrays import GrayImage
from segment.image.box import Box
from segment.page.locator import Proposal
from segment.page.overview import Overview
from segment.page.printed_box import Rect, find_printed_box

MAX_FIELDS = 5
"""Most fields of a check."""

_SNAP = 0.3
"""Smallest intersection over union of a place and the printed box that is taken instead."""

_CHARACTER, _WIDE = (0.2, 1.2), 1.2
"""Smallest and largest height of a character, and its largest width, in heights of the place."""

_RUN_OUT = 0.4
"""Largest part of a character outside of the place, in heights of the place."""

_SHARED = 0.5
"""Smallest shared area of two fields of which only the better one is kept, as a share of the smaller one: part of a
field would be read as an amount of fewer digits."""

_BOX_MARGIN, _MARGIN, _ROOM = (0.3, 0.35), (0.1, 0.1), (0.5, 0.45)
"""Room around a printed box for strokes that run out of it; margin of a place without a box, and room around it: across
and down, in heights of the field."""


@dataclass(frozen=True)
class LocatedField:
    """A place where the amount may be.

    Attributes:
        box: Box in pixels of the page, with room for strokes that run out of the field.
        field_box: The same without the room: components that lie outside of it belong to something else.
        score: Log probability that the amount is there.
    """

    box: Box
    field_box: Box
    score: float


def locate_fields(
    image: GrayImage, page: Overview, places: Sequence[Proposal], max_fields: int = MAX_FIELDS
) -> list[LocatedField]:
    """Locate fields of the amount in figures on a check.

    The locator gives places and scores. A printed box that fits a place replaces it, else the place is enlarged by the
    characters that its border cuts.

    Args:
        image: (H, W) uint8, a whole check, upright.
        page: Its overview.
        places: The locator's places on the same page, best first.
        max_fields: Number of fields returned at most.

    Returns:
        Fields that overlap little, best first; scores are log probabilities.
    """
    fields: list[LocatedField] = []
    chosen: list[Rect] = []
    for place, score in places:
        if len(fields) == max_fields:
            break
        if any(_shared(place, other) > _SHARED for other in chosen):
            continue
        rect = find_printed_box(image, place, _SNAP)
        if rect is None:
            rect = _enlarged(place, page)
            inner, outer = with_margin(rect, *_MARGIN), with_margin(rect, *_ROOM)
        else:
            inner, outer = rect, with_margin(rect, *_BOX_MARGIN)
        if all(_shared(rect, other) <= _SHARED for other in chosen):
            chosen.append(rect)
            fields.append(LocatedField(_whole_pixels(outer, image), _whole_pixels(inner, image), score))
    return fields


def _enlarged(place: Rect, page: Overview) -> Rect:
    """Enlarge a place by the characters that its left or right border cuts."""
    if page.ink is None:
        return place
    x, y, w, h = (value / page.scale for value in place)
    left, top, width, height, _ = page.characters.T
    center, level = left + width / 2, top + height / 2
    kept = (center > x) & (center < x + w) & (level > y) & (level < y + h) & (width < _WIDE * h)
    kept &= (height > _CHARACTER[0] * h) & (height < _CHARACTER[1] * h)
    if not kept.any():
        return place
    start = max(x - _RUN_OUT * h, min(x, float(left[kept].min())))
    end = min(x + w + _RUN_OUT * h, max(x + w, float((left + width)[kept].max())))
    return start * page.scale, place[1], (end - start) * page.scale, place[3]


def with_margin(box: Rect, across: float, down: float) -> Rect:
    """Enlarge a box by shares of its height on each side."""
    x, y, w, h = box
    return x - across * h, y - down * h, w + 2 * across * h, (1 + 2 * down) * h


def _shared(one: Rect, two: Rect) -> float:
    """Compute the shared area as a share of the smaller box."""
    across = min(one[0] + one[2], two[0] + two[2]) - max(one[0], two[0])
    down = min(one[1] + one[3], two[1] + two[3]) - max(one[1], two[1])
    return max(0.0, across) * max(0.0, down) / max(1e-9, min(one[2] * one[3], two[2] * two[3]))


def _whole_pixels(box: Rect, image: GrayImage) -> Box:
    """Convert a box to whole pixels of the page, within its borders."""
    height, width = image.shape
    left, top = (
        min(max(0, int(np.floor(value))), size - 1) for value, size in zip(box, (width, height), strict=False)
    )
    right, bottom = min(width, int(np.ceil(box[0] + box[2]))), min(height, int(np.ceil(box[1] + box[3])))
    return Box(left, top, max(1, right - left), max(1, bottom - top))
