"""Connected pieces of ink: where they lie and how large they are, in one compiled pass."""

from __future__ import annotations

from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.image.jit import compiled

Mask: TypeAlias = NDArray[np.bool_]
Labels: TypeAlias = NDArray[np.int32]
Table: TypeAlias = NDArray[np.int64]

LEFT, TOP, WIDTH, HEIGHT, AREA = range(5)
"""Columns of a table of pieces."""


def connect(mask: Mask) -> tuple[int, Labels]:
    """Number the pieces of ink of an (H, W) mask, neighbors over corners in one.

    Returns:
        How many numbers there are, the paper's included, and (H, W) the number of each pixel's piece, 0 paper.
    """
    count, labels = cv2.connectedComponents(mask.view(np.uint8), connectivity=8)
    return count, np.asarray(labels, np.int32)


@compiled
def measure(labels: Labels, count: int) -> Table:
    """The columns of a table of connected pieces, as `cv2.connectedComponentsWithStats` has it.

    Args:
        labels: (H, W) number of each pixel's piece, 0 paper.
        count: pieces, the paper included; each has a pixel, but for the paper.

    Returns:
        (count, 5) left, top, width, height, area; the paper has an area alone.
    """
    height, width = labels.shape
    table = np.zeros((count, 5), np.int64)
    for y in range(height):
        for x in range(width):
            piece = labels[y, x]
            if piece == 0:
                continue
            if table[piece, AREA] == 0:
                table[piece, LEFT], table[piece, TOP], table[piece, WIDTH] = x, y, x
            table[piece, LEFT] = min(table[piece, LEFT], x)
            table[piece, WIDTH] = max(table[piece, WIDTH], x)
            table[piece, HEIGHT] = y
            table[piece, AREA] += 1
    # the last column and row so far
    paper = height * width
    for piece in range(1, count):
        table[piece, WIDTH] += 1 - table[piece, LEFT]
        table[piece, HEIGHT] += 1 - table[piece, TOP]
        paper -= table[piece, AREA]
    table[0, AREA] = paper
    return table


@compiled
def pixels_of(chosen: Mask, labels: Labels) -> NDArray[np.uint8]:
    """(H, W) 1 where some of the pieces are, 0 elsewhere.

    Args:
        chosen: (count,) which.
        labels: (H, W) number of each pixel's piece.
    """
    height, width = labels.shape
    out = np.empty((height, width), np.uint8)
    for y in range(height):
        for x in range(width):
            out[y, x] = chosen[labels[y, x]]
    return out


@compiled
def median(table: NDArray[Any], column: int) -> float:
    """The median of one column of a table, of whole numbers from 0 on, none of them large; of a row or more."""
    size, most = len(table), 0
    for i in range(size):
        most = max(most, int(table[i, column]))
    count = np.zeros(most + 1, np.int64)
    for i in range(size):
        count[int(table[i, column])] += 1
    halves = 0.0
    for rank in ((size - 1) // 2, size // 2):
        number, passed = 0, count[0]
        while passed <= rank:
            number += 1
            passed += count[number]
        halves += number
    return halves / 2
