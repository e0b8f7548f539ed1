"""Cuts through touching characters: projection minima and least-ink paths from contour extrema.

A cut is a path from the top of a connected component to its bottom. More cuts are proposed than needed, so that they
include the correct ones (heuristic over-segmentation, GBL98 sec. V); the segmentation graph selects among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segment.image.arrays import Ints, Mask


class CutKind(StrEnum):
    """Origin of a cut."""

    PROJECTION = "projection"
    """A vertical cut at a minimum of the vertical projection."""
    VALLEY = "valley"
    """A path from a local minimum of the upper contour to the bottom."""
    PEAK = "peak"
    """A path from a local maximum of the lower contour to the top."""


@dataclass(frozen=True)
class CutConfig:
    """Settings of the cuts. Lengths are in units of the text height unless noted otherwise."""

    min_width: float = 0.45
    """Narrowest component that is cut."""
    max_ink: float = 0.8
    """Most ink that a cut may cross."""
    min_prominence: float = 0.03
    """Smallest prominence of an extremum of the contour or the projection."""
    margin: float = 0.12
    """Smallest distance of a cut from the left and right end of the component."""
    spacing: float = 0.14
    """Smallest mean distance between two cuts; of closer ones the cut through less ink is kept."""
    reach: float = 0.4
    """Largest horizontal deflection of a path from its start."""
    sideways: float = 0.12
    """Cost of a diagonal step, in pixels of ink crossed."""


@dataclass(frozen=True, eq=False)
class Cut:
    """A path from top to bottom: pixel (y, x) lies left of it when ``x < path[y]``."""

    kind: CutKind
    path: Ints
    """(H,) column in each row of the mask of the component, pixels."""
    ink: int
    """Ink pixels on the path."""


def find_cuts(mask: Mask, height: float, config: CutConfig | None = None) -> list[Cut]:
    """Propose cuts through one connected component, left to right.

    Args:
        mask: (H, W) ink of the component alone, cropped to its box.
        height: Text height, pixels.
        config: Settings, None for the defaults.

    Returns:
        Cuts in order of their mean columns; none for a component too narrow for two characters.
    """
    config = config or CutConfig()
    width = mask.shape[1]
    if width < config.min_width * height or width < 3:
        return []
    prominence = config.min_prominence * height
    found = _vertical_cuts(mask, _projection_minima(mask, prominence))
    for kind, upright in ((CutKind.VALLEY, mask), (CutKind.PEAK, mask[::-1])):
        dips = _peaks(_upper_contour(upright), max(1.0, prominence))
        found += _least_ink_cuts(upright, dips, kind, height, config)
    margin = config.margin * height
    usable = [
        cut
        for cut in found
        if cut.ink <= config.max_ink * height and margin <= cut.path.mean() <= width - margin
    ]
    return _suppress_close_cuts(usable, max(1.0, config.spacing * height))


def _upper_contour(mask: Mask) -> Ints:
    """Return the row of the first ink pixel of each column, H if there is none."""
    return np.asarray(np.where(mask.any(axis=0), mask.argmax(axis=0), mask.shape[0]), np.int64)


def _projection_minima(mask: Mask, prominence: float) -> Ints:
    """Find the columns at which the vertical projection is locally minimal."""
    ink = mask.sum(axis=0)
    smooth = np.convolve(np.pad(ink, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    return _peaks(-smooth, max(0.5, prominence / 2))


def _peaks(values: NDArray[Any], prominence: float) -> Ints:
    """Find the columns of local maxima with a prominence."""
    from scipy.signal import find_peaks  # here, because importing it is slow

    return np.asarray(find_peaks(values, prominence=prominence)[0], np.int64)


def _vertical_cuts(mask: Mask, columns: Ints) -> list[Cut]:
    """Return the vertical cuts to the left of the given columns."""
    ink = mask.sum(axis=0)
    return [Cut(CutKind.PROJECTION, np.full(mask.shape[0], x), int(ink[x])) for x in columns]


def _least_ink_cuts(mask: Mask, starts: Ints, kind: CutKind, height: float, config: CutConfig) -> list[Cut]:
    """Find least-ink paths from the top of each start column to the bottom row by dynamic programming.

    Drop-fall (Congedo et al. 1995) and hit-and-deflect (Shridhar and Badreldin 1987) follow the contour and cut through
    ink at dead ends. Dynamic programming over the same moves (down, down-left, down-right) finds the optimal path that
    they approximate, for all starts at once.
    """
    if starts.size == 0:
        return []
    rows, width = mask.shape
    reach = max(1, round(config.reach * height))
    offsets = np.arange(-reach, reach + 1)
    columns = starts[:, None] + offsets  # (N, R) columns of the window of each start
    inside = (columns >= 0) & (columns < width)
    ink = mask[:, np.clip(columns, 0, width - 1)]  # (H, N, R)
    ink_cost = np.where(inside, ink, np.inf)

    # cost[y, n, r]: cost of the best path from start n to row y, column r - 1 of its window
    cost = np.full((rows, starts.size, offsets.size + 2), np.inf)
    cost[0, :, reach + 1] = ink_cost[0, :, reach]
    for y in range(1, rows):
        above, here = cost[y - 1], cost[y, :, 1:-1]
        np.minimum(above[:, :-2], above[:, 2:], out=here)
        here += config.sideways
        np.minimum(here, above[:, 1:-1], out=here)
        here += ink_cost[y]

    # backtracking moves of all cells at once; ties go straight down
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


def _suppress_close_cuts(cuts: Sequence[Cut], spacing: float) -> list[Cut]:
    """Suppress cuts close to one through less ink; order the rest from left to right."""
    kept: list[Cut] = []
    for cut in sorted(cuts, key=lambda cut: cut.ink):
        if all(np.abs(cut.path - other.path).mean() >= spacing for other in kept):
            kept.append(cut)
    return sorted(kept, key=lambda cut: float(cut.path.mean()))
