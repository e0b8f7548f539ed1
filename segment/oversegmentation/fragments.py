"""Pieces of ink: connected components, split along the cuts, ordered from left to right."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.oversegmentation.cuts import Cut, CutConfig, find_cuts


@dataclass(frozen=True)
class PieceConfig:
    """How ink becomes pieces. Lengths are in units of the text height."""

    cuts: CutConfig = field(default_factory=CutConfig)
    min_area: float = 0.004
    """Ink of the smallest piece, in units of the squared text height; less joins its neighbor or is dropped."""
    nested: float = 0.75
    """A piece joins another of the same stack when this share of its width lies over or under it."""


@dataclass(frozen=True, eq=False)
class Pieces:
    """All pieces of one image, left to right."""

    labels: NDArray[np.int32]
    """(H, W) number of the piece that a pixel belongs to, -1 for paper."""
    boxes: NDArray[np.int64]
    """(P, 4) x, y, width, height of each piece."""
    area: NDArray[np.int64]
    """(P,) ink pixels of each piece."""
    height: float
    """Estimated height of the text, pixels."""
    cuts: list[tuple[int, int, Cut]]
    """x and y of the component and the cut through it, for pictures."""

    def __len__(self) -> int:
        return len(self.boxes)


def text_height(boxes: NDArray[np.int64], areas: NDArray[np.int64]) -> float:
    """Height of the text: the median height of the components, each counted by its ink.

    Args:
        boxes: (N, 4) x, y, width, height in pixels.
        areas: (N,) ink pixels.
    """
    if len(boxes) == 0:
        return 1.0
    order = np.argsort(boxes[:, 3])
    cumulated = np.cumsum(areas[order])
    return float(boxes[order[np.searchsorted(cumulated, cumulated[-1] / 2)], 3])


def find_pieces(mask: NDArray[np.bool_], config: PieceConfig | None = None) -> Pieces:
    """Split ink into pieces, none of which should hold ink of two characters.

    Args:
        mask: (H, W) ink.
        config: lengths and shares.

    Returns:
        Pieces ordered by the center of their boxes.
    """
    config = config or PieceConfig()
    count, components, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    boxes, areas = stats[1:, :4].astype(np.int64), stats[1:, cv2.CC_STAT_AREA].astype(np.int64)
    height = text_height(boxes, areas)
    smallest = max(2.0, config.min_area * height**2)

    labels = np.full(mask.shape, -1, np.int32)
    cuts: list[tuple[int, int, Cut]] = []
    total = 0
    for number in range(1, count):
        x, y, w, h = boxes[number - 1]
        if areas[number - 1] < smallest:
            continue
        window = (slice(y, y + h), slice(x, x + w))
        component = components[window] == number
        found = find_cuts(component, height, config.cuts)
        side = np.zeros(component.shape, np.int32)
        for cut in found:
            side += np.arange(w) >= cut.path[:, None]
        side = _absorb_crumbs(side, component, len(found) + 1, smallest)
        cuts += [(int(x), int(y), cut) for cut in found]
        used = np.unique(side[component])
        labels[window][component] = total + np.searchsorted(used, side[component])
        total += len(used)
    return _ordered(labels, total, height, cuts, config)


def _absorb_crumbs(
    side: NDArray[np.int32], component: NDArray[np.bool_], sides: int, smallest: float
) -> NDArray[np.int32]:
    """Give parts that are too small to be a piece to the neighboring part on the left, or else the right."""
    area = np.bincount(side[component], minlength=sides)
    target = np.arange(sides)
    big = np.flatnonzero(area >= smallest)
    if len(big) == 0:
        return np.zeros_like(side)
    for crumb in np.flatnonzero(area < smallest):
        target[crumb] = big[np.abs(big - crumb).argmin()]
    return target[side].astype(np.int32)


def _ordered(
    labels: NDArray[np.int32],
    total: int,
    height: float,
    cuts: list[tuple[int, int, Cut]],
    config: PieceConfig,
) -> Pieces:
    """Join stacked pieces and number all from left to right."""
    boxes, area = measure(labels, total)
    if total == 0:
        return Pieces(labels, boxes, area, height, cuts)
    group = _stacks(boxes, area, config.nested)
    labels = np.where(labels >= 0, group[labels], -1).astype(np.int32)
    boxes, area = measure(labels, total)
    present = np.flatnonzero(area > 0)
    order = present[np.argsort(boxes[present, 0] * 2 + boxes[present, 2], kind="stable")]
    rank = np.full(total + 1, -1, np.int32)
    rank[order] = np.arange(len(order))
    return Pieces(rank[labels], boxes[order], area[order], height, cuts)


def measure(labels: NDArray[np.int32], total: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Boxes (N, 4) as x, y, width, height and ink (N,) of the labels 0 .. total - 1; absent labels have zeros."""
    ys, xs = np.nonzero(labels >= 0)
    which = labels[ys, xs]
    low = np.full((total, 2), np.iinfo(np.int64).max)
    high = np.full((total, 2), -1)
    points = np.stack([xs, ys], axis=1)
    np.minimum.at(low, which, points)
    np.maximum.at(high, which, points)
    area = np.bincount(which, minlength=total).astype(np.int64)
    low[area == 0] = 0
    return np.concatenate([low, high - low + 1], axis=1), area


def _stacks(boxes: NDArray[np.int64], area: NDArray[np.int64], nested: float) -> NDArray[np.int64]:
    """For each piece the piece that it joins: the largest that it lies over or under, else itself.

    The bar of a 5, a stroke broken by a removed rule: they stand in the same columns as the body.
    """
    left, right = boxes[:, 0], boxes[:, 0] + boxes[:, 2]
    overlap = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)  # (P, P)
    over = (overlap >= nested * boxes[:, 2, None]) & (area > area[:, None])
    host = np.where(over, area, -1).argmax(axis=1)
    group = np.arange(len(boxes))
    # Large ones first, so that a chain of stacked pieces ends in its largest.
    for piece in np.argsort(-area):
        if over[piece].any():
            group[piece] = group[host[piece]]
    return group
