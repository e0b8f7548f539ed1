"""Removal of a ruled line, with strokes that cross or touch it preserved."""

from __future__ import annotations

import math

import numpy as np

from segment.image.arrays import Floats, InkArray, Mask
from segment.image.components import ComponentIds
from segment.image.jit import compiled

FAINT_THRESHOLD = 0.25
"""Density above which a pixel may belong to a ruled line; lines are often lighter than pen strokes."""

_FIRM = 0.5
"""Density above which a stroke is connected to a dark line; the gap between two close ones is lighter."""

_DIP, _RISE = np.float32(0.2), np.float32(0.08)
"""Fall of the density into a valley, and rise after it, that separate a line from a stroke close to it."""


@compiled
def erase_line(density: InkArray, left: int, centerline: Floats, thickness: float) -> InkArray:
    """Return a copy of the ink without a line, except where a longer vertical run crosses it.

    Args:
        density: (H, W) ink density.
        left: First column of the line.
        centerline: (N,) center row of the line in each column.
        thickness: Thickness of the line, pixels.
    """
    height = density.shape[0]
    limit = math.ceil(thickness) + 1
    reach = limit + 4
    size = centerline.size
    erased = np.zeros((2, size, reach + 1), np.bool_)  # upward and downward from the center
    long = np.zeros(size, np.bool_)
    rows = np.empty(size, np.int64)
    part = np.empty(reach + 1, np.float32)
    for i in range(size):
        row = darkest_row(density, row_of(centerline[i], height), left + i)
        least = _FIRM if density[row, left + i] > _FIRM else FAINT_THRESHOLD
        through = -1
        for side in range(2):
            for k in range(reach + 1):
                y = row + (k if side else -k)
                part[k] = density[y, left + i] if 0 <= y < height else np.float32(0)
            through += trace_column(part, least, erased[side, i])
        rows[i], long[i] = row, through > limit
    kept = close_runs(long)
    out = density.copy()
    for i in range(size):
        if kept[i]:
            continue
        for side in range(2):
            for k in range(reach + 1):
                y = rows[i] + (k if side else -k)
                beyond = k > thickness / 2 + 1
                if 0 <= y < height and erased[side, i, k] and not (beyond and long[i]):
                    out[y, left + i] = 0
    return out


@compiled
def row_of(center: float, height: int) -> int:
    """Return the row of the image nearest to the center of a line."""
    return int(min(max(np.rint(center), 0.0), height - 1.0))


@compiled
def row_beside(center: float, step: int, height: int) -> int:
    """Return the row `step` rows below the center of a line, clipped to the image."""
    return min(max(row_of(center, height) + step, 0), height - 1)


@compiled
def darkest_row(density: InkArray, row: int, x: int) -> int:
    """Return the darkest of a row, the one above and the one below; the first of equals in this order."""
    best = row
    if row > 0 and density[row - 1, x] > density[best, x]:
        best = row - 1
    if row + 1 < density.shape[0] and density[row + 1, x] > density[best, x]:
        best = row + 1
    return best


@compiled
def trace_column(part: InkArray, least: float, erased: Mask) -> int:
    """Trace a line from its center outward to one side and mark the pixels to erase.

    Args:
        part: (N,) ink density from the center outward.
        least: Density above which pixels are connected.
        erased: (N,) set to true on the line and on up to two pixels of its flank, while these get lighter.

    Returns:
        Number of connected pixels.
    """
    last = part.size - 1
    most = part[0]
    solid = 0
    for k in range(part.size):
        most = max(most, part[k])
        # a lighter valley separates the line from a stroke close to it
        rise = max(part[min(k + 1, last)], part[min(k + 2, last)]) - part[k]
        if part[k] <= least or (part[k] <= most - _DIP and rise >= _RISE):
            break
        solid += 1
    erased[0] = True
    for k in range(1, part.size):
        if k >= solid + 2 or (k >= solid and part[k] >= part[k - 1]):
            break
        erased[k] = True
    return solid


@compiled
def close_runs(flags: Mask) -> Mask:
    """Open flags by two columns and close them by three: drops single columns and fills gaps between strokes.

    The opening by an even number shifts the flags to the right by one.
    """
    size = flags.size
    pairs = np.zeros(size + 4, np.bool_)  # opened; padded by two columns on each side
    for x in range(1, size):
        if flags[x - 1] and flags[x]:
            pairs[x + 2] = pairs[x + 3] = True
    out = np.zeros(size, np.bool_)
    for x in range(size):
        before, after = pairs[x + 1], pairs[x + 3]
        near = (pairs[x] or before) and (before or after) and (after or pairs[x + 4])
        out[x] = pairs[x + 2] or near
    return out


@compiled
def restore_crossings(
    out: InkArray,
    ids: ComponentIds,
    count: int,
    density: InkArray,
    left: int,
    centerline: Floats,
    thickness: float,
) -> None:
    """Erase remnants of a line and restore it where it closes the foot of a character, in place.

    Args:
        out: (H, W) ink density without the line.
        ids: (H, W) component id of each of its pixels, 0 on paper.
        count: Number of ids, including 0.
        density: (H, W) ink density with the line.
        left: First column of the line.
        centerline: (N,) center row of the line in each column.
        thickness: Thickness of the line, pixels.
    """
    height, width = out.shape
    reach = math.ceil(thickness / 2 + 1)
    area, inside = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for y in range(height):
        for x in range(width):
            area[ids[y, x]] += 1
    for i in range(centerline.size):
        for step in range(-reach, reach + 1):
            inside[ids[row_beside(centerline[i], step, height), left + i]] += 1
    remnant = np.zeros(count, np.bool_)
    for component in range(1, count):
        remnant[component] = inside[component] >= 0.9 * area[component]
    for y in range(height):
        for x in range(width):
            if remnant[ids[y, x]]:
                out[y, x] = 0
    previous, foot = 0, -1  # the last component that touched the line, and its column
    for i in range(centerline.size):
        component = 0
        for step in range(-reach, reach + 1):
            touching = ids[row_beside(centerline[i], step, height), left + i]
            if not remnant[touching]:
                component = max(component, touching)
        if not component:
            continue
        if component == previous and 1 < i - foot <= 0.3 * height:
            for x in range(foot + 1, i):
                for step in range(-reach, reach + 1):
                    y = row_beside(centerline[x], step, height)
                    out[y, left + x] = density[y, left + x]
        previous, foot = component, i
