"""Cuts through touching characters: projection minima and least-ink paths from contour extrema.

A cut is a path from the top of a connected component to its bottom. Many more are proposed than are needed, so
that the right ones are among them (heuristic over-segmentation, GBL98 sec. V); the graph decides later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray


class CutKind(StrEnum):
    """Where a cut was proposed."""

    PROJECTION = "projection"
    """A minimum of the vertical projection, cut straight down."""
    VALLEY = "valley"
    """A dip of the upper contour, from which a drop falls to the bottom."""
    PEAK = "peak"
    """A rise of the lower contour, from which a bubble climbs to the top."""


@dataclass(frozen=True)
class CutConfig:
    """What counts as a cut. Lengths are in units of the text height unless said otherwise."""

    min_width: float = 0.45
    """Narrower components are not cut."""
    max_ink: float = 0.8
    """Ink that a cut may cross."""
    min_prominence: float = 0.03
    """Depth of a contour's dip, or of a projection minimum, that counts."""
    margin: float = 0.12
    """Distance of a cut from the component's left and right end."""
    spacing: float = 0.14
    """Of cuts closer than this (mean distance), the one that crosses less ink stays."""
    reach: float = 0.4
    """How far a falling path may deflect to one side."""
    sideways: float = 0.12
    """Price of one pixel sideways, in pixels of ink crossed."""


@dataclass(frozen=True, eq=False)
class Cut:
    """A path from top to bottom: pixel (y, x) lies left of it when ``x < path[y]``."""

    kind: CutKind
    path: NDArray[np.int64]
    """(H,) column, in pixels of the component's mask."""
    ink: int
    """Ink pixels that the path crosses."""


def find_cuts(mask: NDArray[np.bool_], height: float, config: CutConfig | None = None) -> list[Cut]:
    """Propose cuts through one connected component, left to right.

    Args:
        mask: (H, W) ink of the component alone, tightly cropped.
        height: height of the text in pixels, the unit of the configuration's lengths.
        config: what counts as a cut.

    Returns:
        Cuts whose mean columns increase; empty for a component too narrow to hold two characters.
    """
    config = config or CutConfig()
    width = mask.shape[1]
    if width < config.min_width * height or width < 3:
        return []
    found = [
        *_straight(mask, _projection_minima(mask, config.min_prominence * height)),
        *_falling(
            mask, _contour_dips(_top(mask), config.min_prominence * height), CutKind.VALLEY, height, config
        ),
        *_falling(
            mask[::-1],
            _contour_dips(_top(mask[::-1]), config.min_prominence * height),
            CutKind.PEAK,
            height,
            config,
        ),
    ]
    margin = config.margin * height
    usable = [
        cut
        for cut in found
        if cut.ink <= config.max_ink * height and margin <= cut.path.mean() <= width - margin
    ]
    return _thin_out(usable, max(1.0, config.spacing * height))


def _top(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Row of the first ink pixel of each column, H where there is none."""
    return np.asarray(np.where(mask.any(axis=0), mask.argmax(axis=0), mask.shape[0]), np.int64)


def _contour_dips(top: NDArray[np.int64], prominence: float) -> NDArray[np.int64]:
    """Columns at which the contour, seen from above, is locally deepest."""
    return _peaks(top, max(1.0, prominence))


def _projection_minima(mask: NDArray[np.bool_], prominence: float) -> NDArray[np.int64]:
    """Columns at which the amount of ink is locally least."""
    ink = mask.sum(axis=0)
    smooth = np.convolve(np.pad(ink, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    return _peaks(-smooth, max(0.5, prominence / 2))


def _peaks(values: NDArray[Any], prominence: float) -> NDArray[np.int64]:
    """Columns of local maxima that stand out by so much."""
    from scipy.signal import find_peaks  # here, because it takes longer to import than all else

    return np.asarray(find_peaks(values, prominence=prominence)[0], np.int64)


def _straight(mask: NDArray[np.bool_], columns: NDArray[np.int64]) -> list[Cut]:
    """Vertical cuts in front of the given columns."""
    ink = mask.sum(axis=0)
    return [Cut(CutKind.PROJECTION, np.full(mask.shape[0], x), int(ink[x])) for x in columns]


def _falling(
    mask: NDArray[np.bool_], starts: NDArray[np.int64], kind: CutKind, height: float, config: CutConfig
) -> list[Cut]:
    """Least-ink paths from the top of each start column to the bottom row.

    Drop-fall (Congedo et al. 1995) and hit-and-deflect (Shridhar and Badreldin 1987) follow the contour and break
    through when they are stuck; dynamic programming over the same moves (down, down-left, down-right) finds the path
    that they approximate, for all starts at once.
    """
    if starts.size == 0:
        return []
    rows, width = mask.shape
    reach = max(1, round(config.reach * height))
    offsets = np.arange(-reach, reach + 1)
    columns = starts[:, None] + offsets  # (N, R) columns of each start's window
    inside = (columns >= 0) & (columns < width)
    ink = mask[:, np.clip(columns, 0, width - 1)]  # (H, N, R)
    price = np.where(inside, ink, np.inf)

    # cost[y, n, r] is that of the best path from start n to row y, column r - 1 of its window.
    cost = np.full((rows, starts.size, offsets.size + 2), np.inf)
    cost[0, :, reach + 1] = price[0, :, reach]
    for y in range(1, rows):
        above, here = cost[y - 1], cost[y, :, 1:-1]
        np.minimum(above[:, :-2], above[:, 2:], out=here)
        here += config.sideways
        np.minimum(here, above[:, 1:-1], out=here)
        here += price[y]

    # The way back, for every place at once: straight where that is no dearer.
    straight = cost[:-1, :, 1:-1]
    left, right = cost[:-1, :, :-2] + config.sideways, cost[:-1, :, 2:] + config.sideways
    moves = np.where(left < straight, -1, 0)
    moves[right < np.minimum(left, straight)] = 1

    every = np.arange(starts.size)
    paths = np.empty((rows, starts.size), np.int64)
    paths[-1] = cost[-1, :, 1:-1].argmin(axis=1)
    for y in range(rows - 1, 0, -1):
        paths[y - 1] = paths[y] + moves[y - 1, every, paths[y]]
    crossed = np.take_along_axis(ink, paths[:, :, None], axis=2)[:, :, 0].sum(axis=0)
    paths = np.take_along_axis(np.broadcast_to(columns, ink.shape), paths[:, :, None], axis=2)[:, :, 0]
    if kind is CutKind.PEAK:
        paths = paths[::-1]
    return [
        Cut(kind, np.clip(path, 0, width), int(count)) for path, count in zip(paths.T, crossed, strict=True)
    ]


def _thin_out(cuts: Sequence[Cut], spacing: float) -> list[Cut]:
    """Drop cuts that run close to one that crosses less ink; order the rest from left to right."""
    kept: list[Cut] = []
    for cut in sorted(cuts, key=lambda cut: cut.ink):
        if all(np.abs(cut.path - other.path).mean() >= spacing for other in kept):
            kept.append(cut)
    return sorted(kept, key=lambda cut: float(cut.path.mean()))
