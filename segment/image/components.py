"""Connected components: ids, boxes and areas."""

from __future__ import annotations

from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.image.arrays import Flags, Ints, Mask
from segment.image.jit import compiled

ComponentIds: TypeAlias = NDArray[np.int32]
"""(H, W) component id of each pixel, 0 on paper."""

Table: TypeAlias = NDArray[np.int64]
"""(N, 5) left, top, width, height (pixels) and area (pixels) of components."""

LEFT, TOP, WIDTH, HEIGHT, AREA = range(5)
"""Columns of a table of components."""


def find_components(mask: Mask) -> tuple[int, ComponentIds]:
    """Label the 8-connected components of an (H, W) mask.

    Returns:
        Number of ids, including 0 for paper, and the (H, W) id of each pixel.
    """
    count, ids = cv2.connectedComponents(mask.view(np.uint8), connectivity=8)
    return count, np.asarray(ids, np.int32)


def component_table(mask: Mask) -> Table:
    """Measure the 8-connected components of an (H, W) mask: (N, 5) left, top, width, height, area."""
    return np.asarray(cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)[2][1:], np.int64)


@compiled
def measure_components(ids: ComponentIds, count: int) -> Table:
    """Measure components, as `cv2.connectedComponentsWithStats` does.

    Args:
        ids: (H, W) component id of each pixel, 0 on paper.
        count: Number of ids, including 0.

    Returns:
        (count, 5) left, top, width, height, area; zeros for an id without pixels. Row 0 has only the area of the paper.
    """
    height, width = ids.shape
    table = np.zeros((count, 5), np.int64)
    for y in range(height):
        for x in range(width):
            component = ids[y, x]
            if component == 0:
                continue
            if table[component, AREA] == 0:
                table[component, LEFT], table[component, TOP], table[component, WIDTH] = x, y, x
            table[component, LEFT] = min(table[component, LEFT], x)
            table[component, WIDTH] = max(table[component, WIDTH], x)
            table[component, HEIGHT] = y
            table[component, AREA] += 1
    # the columns of width and height hold the last column and row up to here
    paper = height * width
    for component in range(1, count):
        if table[component, AREA]:
            table[component, WIDTH] += 1 - table[component, LEFT]
            table[component, HEIGHT] += 1 - table[component, TOP]
            paper -= table[component, AREA]
    table[0, AREA] = paper
    return table


@compiled
def select_components(selected: Mask, ids: ComponentIds) -> Flags:
    """Return the (H, W) mask of the selected components, 0 or 1.

    Args:
        selected: (count,) Selected ids.
        ids: (H, W) component id of each pixel.
    """
    height, width = ids.shape
    out = np.empty((height, width), np.uint8)
    for y in range(height):
        for x in range(width):
            out[y, x] = selected[ids[y, x]]
    return out


@compiled
def column_median(table: NDArray[Any], column: int) -> float:
    """Compute the median of one column of a table of small whole numbers >= 0, with one row or more."""
    size, most = len(table), 0
    for i in range(size):
        most = max(most, int(table[i, column]))
    counts = np.zeros(most + 1, np.int64)
    for i in range(size):
        counts[int(table[i, column])] += 1
    return (bin_of_rank(counts, (size - 1) // 2) + bin_of_rank(counts, size // 2)) / 2


@compiled
def bin_of_rank(counts: Ints, rank: int) -> int:
    """Return the bin of a histogram that holds the value of a rank, counted from 0 in ascending order."""
    index, passed = 0, counts[0]
    while passed <= rank:
        index += 1
        passed += counts[index]
    return index
