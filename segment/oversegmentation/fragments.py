"""Fragments: connected components split along cuts, in order from left to right."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from segment.image.arrays import Ints, Mask
from segment.image.components import AREA, find_components, measure_components
from segment.oversegmentation.cuts import Cut, CutConfig, find_cuts


@dataclass(frozen=True)
class FragmentConfig:
    """Settings of the fragments. Lengths are in units of the text height."""

    cuts: CutConfig = field(default_factory=CutConfig)
    """Settings of the cuts."""
    min_area: float = 0.004
    """Smallest area of a fragment, in squared text heights; smaller ones join their neighbor or are dropped."""
    nested: float = 0.75
    """Share of the width of a fragment above or below a larger one from which on the two are joined."""


@dataclass(frozen=True, eq=False)
class Fragments:
    """All fragments of an image, from left to right."""

    ids: NDArray[np.int32]
    """(H, W) fragment id of each pixel, -1 on paper."""
    boxes: Ints
    """(P, 4) x, y, width, height of each fragment, pixels."""
    area: Ints
    """(P,) ink pixels of each fragment."""
    height: float
    """Estimated text height, pixels."""
    cuts: list[tuple[int, int, Cut]]
    """x and y of a component, pixels, and a cut through it; for visualization."""

    def __len__(self) -> int:
        return len(self.boxes)


def text_height(boxes: Ints, areas: Ints) -> float:
    """Estimate the text height as the median height of the components, weighted by their ink.

    Args:
        boxes: (N, 4) x, y, width, height, pixels.
        areas: (N,) ink pixels.
    """
    if len(boxes) == 0:
        return 1.0
    order = np.argsort(boxes[:, 3])
    cumulated = np.cumsum(areas[order])
    return float(boxes[order[np.searchsorted(cumulated, cumulated[-1] / 2)], 3])


def find_fragments(mask: Mask, config: FragmentConfig | None = None) -> Fragments:
    """Split ink into fragments, each of which should belong to one character only.

    Args:
        mask: (H, W) ink.
        config: Settings, None for the defaults.

    Returns:
        Fragments in the order of the centers of their boxes.
    """
    config = config or FragmentConfig()
    count, components = find_components(mask)
    boxes, areas = _boxes_and_areas(components, count)
    height = text_height(boxes, areas)
    smallest = max(2.0, config.min_area * height**2)

    ids = np.full(mask.shape, -1, np.int32)
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
        side = _merge_small_parts(side, component, len(found) + 1, smallest)
        cuts += [(int(x), int(y), cut) for cut in found]
        used = np.unique(side[component])
        ids[window][component] = total + np.searchsorted(used, side[component])
        total += len(used)
    return _ordered(ids, total, height, cuts, config)


def _merge_small_parts(
    side: NDArray[np.int32], component: Mask, sides: int, smallest: float
) -> NDArray[np.int32]:
    """Merge parts below the smallest area of a fragment with the nearest larger part, preferably on the left."""
    area = np.bincount(side[component], minlength=sides)
    target = np.arange(sides)
    large = np.flatnonzero(area >= smallest)
    if len(large) == 0:
        return np.zeros_like(side)
    for small in np.flatnonzero(area < smallest):
        target[small] = large[np.abs(large - small).argmin()]
    return target[side].astype(np.int32)


def _ordered(
    ids: NDArray[np.int32],
    total: int,
    height: float,
    cuts: list[tuple[int, int, Cut]],
    config: FragmentConfig,
) -> Fragments:
    """Join stacked fragments and number all from left to right."""
    boxes, area = _boxes_and_areas(ids + 1, total + 1)
    if total == 0:
        return Fragments(ids, boxes, area, height, cuts)
    group = _stacks(boxes, area, config.nested)
    ids = np.where(ids >= 0, group[ids], -1).astype(np.int32)
    boxes, area = _boxes_and_areas(ids + 1, total + 1)
    present = np.flatnonzero(area > 0)
    order = present[np.argsort(boxes[present, 0] * 2 + boxes[present, 2], kind="stable")]
    rank = np.full(total + 1, -1, np.int32)
    rank[order] = np.arange(len(order))
    return Fragments(rank[ids], boxes[order], area[order], height, cuts)


def _boxes_and_areas(ids: NDArray[np.int32], count: int) -> tuple[Ints, Ints]:
    """Measure the (N, 4) boxes and (N,) areas of ids 1 .. count - 1; zeros for an id without pixels."""
    table = measure_components(ids, count)[1:]
    return table[:, :AREA], table[:, AREA]


def _stacks(boxes: Ints, area: Ints, nested: float) -> Ints:
    """Return for each fragment the largest fragment above or below it that it is joined to, else itself.

    Examples are the bar of a 5 and a stroke broken by a removed line, which share the columns of their body.
    """
    left, right = boxes[:, 0], boxes[:, 0] + boxes[:, 2]
    overlap = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)  # (P, P)
    over = (overlap >= nested * boxes[:, 2, None]) & (area > area[:, None])
    host = np.where(over, area, -1).argmax(axis=1)
    group = np.arange(len(boxes))
    # large ones first, so that a chain of stacked fragments ends in its largest
    for fragment in np.argsort(-area):
        if over[fragment].any():
            group[fragment] = group[host[fragment]]
    return group
