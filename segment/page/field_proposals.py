"""Proposal of amount fields: the locator's places, with the exact geometry of the print and writing at them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from segment.cleaning.background import INK_THRESHOLD
from segment.image.box import Box
from segment.image.components import Table, component_table
from segment.page.field_location import LocatedField
from segment.page.locator import Proposal
from segment.page.overview import Overview
from segment.page.printed_box import PrintedBoxes, Rect

MAX_FIELDS = 5
"""Most fields of a check."""

_SNAP = 0.45
"""Smallest intersection over union of a place and the printed box that is taken instead."""

_CHARACTER = 0.2, 1.2
"""Smallest and largest height of a character, in heights of the place."""

_RUN_OUT = 0.4
"""Largest part of a character outside of the place, in heights of the place."""

_SHARED = 0.5
"""Smallest shared area of two fields of which only the better one is kept, as a share of the smaller one: part of a
field would be read as an amount of fewer digits."""

_BOX_MARGIN, _MARGIN, _ROOM = (0.3, 0.35), (0.1, 0.1), (0.5, 0.45)
"""Room around a printed box for strokes that run out of it; margin of a place without a box, and room around it: across
and down, in heights of the field."""


def propose_fields(
    page: Overview, places: Sequence[Proposal], max_fields: int = MAX_FIELDS
) -> list[LocatedField]:
    """Propose fields of the amount in figures on a check.

    The locator gives places and scores. A printed box that fits a place replaces it, else the place is enlarged by the
    characters that its border cuts.

    Args:
        page: Overview of a whole check, upright.
        places: The locator's places on the same page, best first.
        max_fields: Number of fields returned at most.

    Returns:
        Fields that overlap little, best first; scores are log probabilities.
    """
    boxes, characters = None, None
    fields: list[LocatedField] = []
    chosen: list[Rect] = []
    for place, score in places:
        if len(fields) == max_fields:
            break
        x, y, w, h = (value / page.scale for value in place)
        rect: Rect = x, y, w, h
        if any(_shared(rect, other) > _SHARED for other in chosen):
            continue
        inner, outer = with_margin(rect, *_MARGIN), with_margin(rect, *_ROOM)
        if page.ink is not None:
            if boxes is None or characters is None:
                horizontal, vertical = page.ruled_lines
                boxes = PrintedBoxes(horizontal, vertical)
                characters = component_table((page.ink > INK_THRESHOLD) & ~horizontal & ~vertical)
            box = boxes.around(rect, _SNAP)
            if box is not None:
                rect, inner, outer = box, box, with_margin(box, *_BOX_MARGIN)
            else:
                rect = _enlarged(rect, characters)
                inner, outer = with_margin(rect, *_MARGIN), with_margin(rect, *_ROOM)
        if all(_shared(rect, other) <= _SHARED for other in chosen):
            chosen.append(rect)
            fields.append(LocatedField(on_page(outer, page), on_page(inner, page), score))
    return fields


def _enlarged(place: Rect, table: Table) -> Rect:
    """Enlarge a place by the characters that its left or right border cuts."""
    x, y, w, h = place
    left, top, width, height, _ = table.T
    level = top + height / 2
    inside = (left + width / 2 > x) & (left + width / 2 < x + w) & (level > y) & (level < y + h)
    sized = (height > _CHARACTER[0] * h) & (height < _CHARACTER[1] * h) & (width < 0.6 * w)
    kept = table[inside & sized]
    if not len(kept):
        return place
    start = max(x - _RUN_OUT * h, min(x, float(kept[:, 0].min())))
    end = min(x + w + _RUN_OUT * h, max(x + w, float((kept[:, 0] + kept[:, 2]).max())))
    return start, y, end - start, h


def with_margin(box: Rect, across: float, down: float) -> Rect:
    """Enlarge a box by shares of its height on each side."""
    x, y, w, h = box
    return x - across * h, y - down * h, w + 2 * across * h, (1 + 2 * down) * h


def _shared(one: Rect, two: Rect) -> float:
    """Compute the shared area as a share of the smaller box."""
    across = min(one[0] + one[2], two[0] + two[2]) - max(one[0], two[0])
    down = min(one[1] + one[3], two[1] + two[3]) - max(one[1], two[1])
    return max(0.0, across) * max(0.0, down) / max(1e-9, min(one[2] * one[3], two[2] * two[3]))


def on_page(box: Rect, page: Overview) -> Box:
    """Convert a box to pixels of the page, within its borders."""
    height, width = page.page_shape
    left, top = max(0, int(np.floor(box[0] * page.scale))), max(0, int(np.floor(box[1] * page.scale)))
    right = min(width, int(np.ceil((box[0] + box[2]) * page.scale)))
    bottom = min(height, int(np.ceil((box[1] + box[3]) * page.scale)))
    left, top = min(left, width - 1), min(top, height - 1)
    return Box(left, top, max(1, right - left), max(1, bottom - top))
