"""Runs of ink along rows: where each begins and ends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def row_runs(mask: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
    """Horizontal runs of ink, from top to bottom and from left to right.

    Args:
        mask: (H, W) ink.

    Returns:
        (N,) row, first column, column behind the last of each.
    """
    height, width = mask.shape
    padded = np.zeros((height, width + 2), bool)
    padded[:, 1:-1] = mask
    flat = padded.ravel()
    # Rows begin and end on paper: changes are a beginning and an end by turns.
    changes = np.flatnonzero(flat[1:] != flat[:-1])
    rows = changes[::2] // (width + 2)
    before = rows * (width + 2)
    return rows, changes[::2] - before, changes[1::2] - before
