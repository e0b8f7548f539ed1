"""Where the amount stands on a whole check: its printed box, or a line of ink at the place where amounts stand."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segment.cleaning.background import INK_THRESHOLD
from segment.page.analysis import Mask, Overview, connected

_MOST = 100
"""Lines, sides and pieces of writing that are looked at, each."""


@dataclass(frozen=True)
class Field:
    """A place where the amount may stand.

    Attributes:
        bbox: (x, y, w, h) in pixels of the page, with room for strokes that run out of the field.
        inner: the same without the room: what lies outside of it as a whole belongs to something else.
        score: log score, higher is better; comparable between the fields of one page only.
    """

    bbox: tuple[int, int, int, int]
    inner: tuple[int, int, int, int]
    score: float


Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class _Layout:
    """Where amounts stand on checks, as mean and spread of shares of the page: Gaussian log scores.

    Banks of one country differ little, because the field is standardized.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    w: tuple[float, float]
    h: tuple[float, float]

    def score(self, box: Box, width: int, height: int) -> float:
        x, y, w, h = box
        shares = (x + w / 2) / width, (y + h / 2) / height, w / width, h / height
        return -0.5 * sum(
            ((share - mean) / spread) ** 2
            for share, (mean, spread) in zip(shares, (self.x, self.y, self.w, self.h), strict=True)
        )


# Right of the payee's line, between date and signature; and at the top, above the date, as in Chile.
_BOX = _Layout(x=(0.83, 0.06), y=(0.41, 0.08), w=(0.22, 0.06), h=(0.10, 0.04))
_TOP = _Layout(x=(0.83, 0.06), y=(0.11, 0.04), w=(0.24, 0.06), h=(0.11, 0.04))
_LINE = _Layout(x=(0.83, 0.06), y=(0.39, 0.07), w=(0.18, 0.07), h=(0.07, 0.03))
_BOX_BONUS = 4.0
"""A printed box is worth this much more than ink without one, nats."""
_TOP_LOSS = 5.0
"""What a box at the top loses, nats: it is read where no box stands further down, for dates have boxes there, too."""


_CORNERS = 3.0
"""A box whose lines do not meet in its corners loses this for each line that is off by the box's height, nats."""


def locate_fields(page: Overview, most: int = 5) -> list[Field]:
    """Find the places on a check where the amount in figures may stand.

    Args:
        page: a whole check, upright.
        most: how many places to give back.

    Returns:
        Fields that overlap little, best first; none where there is no ink at any likely place.
    """
    if page.ink is None:
        return []
    height, width = page.ink.shape
    flat, upright = page.lines
    found = [
        (box, _roomy(box, 0.3, 0.35), _box_score(box, width, height) + _BOX_BONUS - _CORNERS * misfit)
        for box, misfit in _boxes(flat, upright)
    ]
    found += [
        (_roomy(box, 0.15, 0.2), _roomy(box, 0.5, 0.45), _LINE.score(box, width, height))
        for box in _writing((page.ink > INK_THRESHOLD) & ~flat & ~upright)
    ]
    fields: list[Field] = []
    chosen: list[Box] = []
    for inner, box, score in sorted(found, key=lambda item: -item[2]):
        if len(fields) == most:
            break
        # a part of a field that is better as a whole would be read as an amount of fewer digits
        if all(_overlap(box, other) < 0.5 for other in chosen):
            chosen.append(box)
            fields.append(Field(_on_page(box, page), _on_page(inner, page), float(score)))
    return fields


def _box_score(box: Box, width: int, height: int) -> float:
    return max(_BOX.score(box, width, height), _TOP.score(box, width, height) - _TOP_LOSS)


def _largest(pieces: list[NDArray[np.int64]]) -> list[NDArray[np.int64]]:
    """The pieces of most ink: a page of dirt must not cost more time than a check."""
    return sorted(pieces, key=lambda piece: -int(piece[4]))[:_MOST]


def _boxes(flat: Mask, upright: Mask) -> list[tuple[Box, float]]:
    """Rectangles of lines in the part of the page where amounts stand.

    Returns:
        Each with how far its lines are from meeting in the corners, summed over the four ends of the horizontal ones,
        in heights of the box and at most 1 each, and half of one for each side that is not seen: a written stroke from
        line to line is no side of a box.
    """
    height, width = flat.shape
    rows = _largest([piece for piece in connected(flat) if piece[2] > 0.08 * width])
    sides = _largest([piece for piece in connected(upright) if piece[0] > 0.45 * width])
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
            # sides too pale to be seen stand where both lines end
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


def _writing(mask: Mask) -> list[Box]:
    """Runs of pieces of ink side by side, in the part of the page where amounts stand."""
    height, width = mask.shape
    pieces = connected(mask)
    x, y, w, h, _ = pieces.T
    usable = (x + w / 2 > 0.5 * width) & (y + h / 2 > 0.15 * height) & (y + h / 2 < 0.65 * height)
    usable &= (h > 0.025 * height) & (h < 0.2 * height) & (w < 0.25 * width)
    groups: list[Any] = []
    for piece in sorted(piece.tolist() for piece in _largest(list(pieces[usable]))):
        for group in groups:
            if _beside(group, piece):
                right, bottom = max(group[2], piece[0] + piece[2]), max(group[3], piece[1] + piece[3])
                group[:] = [group[0], min(group[1], piece[1]), right, bottom, group[4] + 1]
                break
        else:
            groups.append([piece[0], piece[1], piece[0] + piece[2], piece[1] + piece[3], 1])
    boxes = []
    for left, top, right, bottom, count in groups:
        if count >= 2:
            boxes.append((left, top, right - left, bottom - top))
    return boxes


def _beside(group: list[int], piece: list[int]) -> bool:
    """Whether a piece continues a group to the right."""
    left, top, right, bottom = group[:4]
    tall = max(bottom - top, piece[3])
    shared = min(bottom, piece[1] + piece[3]) - max(top, piece[1])
    return left <= piece[0] <= right + 1.3 * tall and shared >= 0.4 * min(bottom - top, piece[3])


def _roomy(box: Box, across: float, down: float) -> Box:
    """A box with room around for strokes that run out of it, in shares of its height on each side.

    The room brings printed lines into the picture, which cleaning takes out with what lies beyond them.
    """
    x, y, w, h = box
    return x - across * h, y - down * h, w + 2 * across * h, (1 + 2 * down) * h


def _overlap(one: Box, two: Box) -> float:
    """The shared area as a share of the smaller box."""
    across = min(one[0] + one[2], two[0] + two[2]) - max(one[0], two[0])
    down = min(one[1] + one[3], two[1] + two[3]) - max(one[1], two[1])
    return max(0.0, across) * max(0.0, down) / min(one[2] * one[3], two[2] * two[3])


def _on_page(box: Box, page: Overview) -> tuple[int, int, int, int]:
    """A box in pixels of the page, within its borders."""
    height, width = page.page_shape
    left, top = max(0, int(np.floor(box[0] * page.scale))), max(0, int(np.floor(box[1] * page.scale)))
    right = min(width, int(np.ceil((box[0] + box[2]) * page.scale)))
    bottom = min(height, int(np.ceil((box[1] + box[3]) * page.scale)))
    return left, top, max(1, right - left), max(1, bottom - top)
