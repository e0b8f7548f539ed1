"""Where the amount stands on a whole check: its printed box, or a line of ink at the place where amounts stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.background import INK, find_ink
from segment.grey import Grey

_WIDTH = 1000
"""Checks are looked at in this width, pixels: characters are then 15 to 40 high."""

_FAINT = 0.3
"""Ink from here on may belong to the line of a box, which is often fine and pale."""

_MOST = 100
"""Lines, sides and pieces of writing that are looked at, each."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Field:
    """A place where the amount may stand.

    Attributes:
        bbox: (x, y, w, h) in pixels of the page.
        score: log score, higher is better; comparable between the fields of one page only.
    """

    bbox: tuple[int, int, int, int]
    score: float


@dataclass(frozen=True)
class _Layout:
    """Where amounts stand on checks, as mean and spread of shares of the page: Gaussian log scores.

    Banks differ little, because the field is standardised: right of the payee's line, between date and signature.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    w: tuple[float, float]
    h: tuple[float, float]

    def score(self, box: tuple[float, float, float, float], width: int, height: int) -> float:
        x, y, w, h = box
        shares = (x + w / 2) / width, (y + h / 2) / height, w / width, h / height
        return -0.5 * sum(
            ((share - mean) / spread) ** 2
            for share, (mean, spread) in zip(shares, (self.x, self.y, self.w, self.h), strict=True)
        )


_BOX = _Layout(x=(0.83, 0.06), y=(0.41, 0.08), w=(0.22, 0.06), h=(0.10, 0.04))
_LINE = _Layout(x=(0.83, 0.06), y=(0.39, 0.07), w=(0.18, 0.07), h=(0.07, 0.03))
_BOX_BONUS = 4.0
"""A printed box is worth this much more than ink without one, nats."""


def is_whole_check(image: Grey) -> bool:
    """Tell a whole check from an amount that was cut out of one.

    A check is wide, and holds several lines of writing that is small beside it; a cut-out is one line that fills it.

    Args:
        image: (H, W) uint8.
    """
    height, width = image.shape
    if not 1.6 <= width / height <= 3.0 or height < 100:
        return False
    ink = _ink(_shrink(image)[0])
    if ink is None:
        return False
    boxes = _pieces(ink > INK)
    rows = ink.shape[0]
    characters = boxes[
        (boxes[:, 3] >= 0.015 * rows) & (boxes[:, 3] <= 0.5 * rows) & (boxes[:, 2] < 0.5 * _WIDTH)
    ]
    if len(characters) < 25:
        return False
    typical = float(np.median(np.repeat(characters[:, 3], characters[:, 3])))
    middles = characters[:, 1] + characters[:, 3] / 2
    low, high = (float(value) for value in np.percentile(middles, [10, 90]))
    return bool(typical < 0.15 * rows and high - low > 0.35 * rows)


def locate_fields(page: Grey, most: int = 5) -> list[Field]:
    """Find the places on a check where the amount in figures may stand.

    Args:
        page: (H, W) uint8, a whole check, upright.
        most: how many places to give back.

    Returns:
        Fields that overlap little, best first; none where there is no ink at any likely place.
    """
    small, scale = _shrink(page)
    ink = _ink(small)
    if ink is None:
        return []
    height, width = ink.shape
    flat, upright = _lines(ink > _FAINT)
    found = [
        (_roomy(box, 0.3, 0.35), _BOX.score(box, width, height) + _BOX_BONUS) for box in _boxes(flat, upright)
    ]
    found += [
        (_roomy(box, 0.5, 0.45), _LINE.score(box, width, height))
        for box in _writing((ink > INK) & ~flat & ~upright)
    ]
    fields: list[Field] = []
    chosen: list[tuple[float, float, float, float]] = []
    for box, score in sorted(found, key=lambda item: -item[1]):
        if len(fields) == most:
            break
        if all(_overlap(box, other) < 0.5 for other in chosen):
            chosen.append(box)
            fields.append(Field(_on_page(box, scale, page.shape), score))
    return fields


def _shrink(image: Grey) -> tuple[Grey, float]:
    """Bring a picture to the working width; give the factor back to the page."""
    height, width = image.shape
    # a strip of paper taller than any check must not become a giant
    scale = max(width / _WIDTH, height / (2 * _WIDTH))
    size = (max(1, round(width / scale)), max(1, round(height / scale)))
    how = cv2.INTER_AREA if scale > 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, size, interpolation=how), np.uint8), scale


def _ink(small: Grey) -> NDArray[np.float32] | None:
    found = find_ink(small, 16.0)
    return None if found is None else found.grey


def _pieces(mask: Mask) -> NDArray[np.int64]:
    """(N, 5) connected pieces of ink: x, y, w, h, area."""
    stats = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)[2]
    return np.asarray(stats[1:], np.int64)


def _largest(pieces: list[NDArray[np.int64]]) -> list[NDArray[np.int64]]:
    """The pieces of most ink: a page of dirt must not cost more time than a check."""
    return sorted(pieces, key=lambda piece: -int(piece[4]))[:_MOST]


def _lines(mask: Mask) -> tuple[Mask, Mask]:
    """Ink that lies on long horizontal lines, and on long vertical ones."""
    height, width = mask.shape
    solid = mask.astype(np.uint8)
    lines = []
    for length, along in ((width // 20, True), (height // 16, False)):
        kernel = np.ones((1, length) if along else (length, 1), np.uint8)
        # a line that leans or is broken here and there is mended across its direction first
        mend = np.ones((3, 1) if along else (1, 3), np.uint8)
        found = cv2.morphologyEx(cv2.dilate(solid, mend), cv2.MORPH_OPEN, kernel)
        lines.append(np.asarray(found, np.uint8) > 0)
    return lines[0], lines[1]


def _boxes(flat: Mask, upright: Mask) -> list[tuple[float, float, float, float]]:
    """Rectangles of lines in the part of the page where amounts stand."""
    height, width = flat.shape
    rows = _largest([piece for piece in _pieces(flat) if piece[2] > 0.08 * width])
    sides = _largest([piece for piece in _pieces(upright) if piece[0] > 0.45 * width])
    boxes = []
    for upper in rows:
        for lower in rows:
            top, bottom = upper[1] + upper[3] / 2, lower[1] + lower[3] / 2
            if not (
                0.05 * height < bottom - top < 0.2 * height
                and 0.15 * height < (top + bottom) / 2 < 0.65 * height
            ):
                continue
            start = max(upper[0], lower[0])
            end = min(upper[0] + upper[2], lower[0] + lower[2])
            edges = sorted(
                float(side[0] + side[2] / 2)
                for side in sides
                if side[1] <= top + 0.015 * height
                and side[1] + side[3] >= bottom - 0.015 * height
                and start - 0.02 * width <= side[0] <= end + 0.02 * width
            )
            boxes += [
                (left, top, right - left, bottom - top)
                for at, left in enumerate(edges)
                for right in edges[at + 1 :]
                if 0.1 * width < right - left < 0.45 * width
            ]
    return boxes


def _writing(mask: Mask) -> list[tuple[float, float, float, float]]:
    """Runs of pieces of ink side by side, in the part of the page where amounts stand."""
    height, width = mask.shape
    pieces = _pieces(mask)
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


def _roomy(
    box: tuple[float, float, float, float], across: float, down: float
) -> tuple[float, float, float, float]:
    """A box with room around for strokes that run out of it, in shares of its height on each side.

    The room brings printed lines into the picture, which cleaning takes out with what lies beyond them.
    """
    x, y, w, h = box
    return x - across * h, y - down * h, w + 2 * across * h, (1 + 2 * down) * h


def _overlap(one: tuple[float, float, float, float], two: tuple[float, float, float, float]) -> float:
    """Intersection over union."""
    across = min(one[0] + one[2], two[0] + two[2]) - max(one[0], two[0])
    down = min(one[1] + one[3], two[1] + two[3]) - max(one[1], two[1])
    shared = max(0.0, across) * max(0.0, down)
    return shared / (one[2] * one[3] + two[2] * two[3] - shared)


def _on_page(
    box: tuple[float, float, float, float], scale: float, shape: tuple[int, ...]
) -> tuple[int, int, int, int]:
    """A box in pixels of the page, within its borders."""
    height, width = shape[:2]
    left, top = max(0, int(np.floor(box[0] * scale))), max(0, int(np.floor(box[1] * scale)))
    right = min(width, int(np.ceil((box[0] + box[2]) * scale)))
    bottom = min(height, int(np.ceil((box[1] + box[3]) * scale)))
    return left, top, max(1, right - left), max(1, bottom - top)
