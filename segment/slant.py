"""Skew of the writing line and slant of the characters, from the ink alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def estimate_slant(mask: NDArray[np.bool_], max_degrees: float, prior: float) -> float:
    """Estimate how far characters lean to the right.

    The shear under which columns of ink are tall and unbroken (Vinciarelli and Luettin 2001), held back towards
    none for little ink.

    Args:
        mask: (H, W) ink.
        max_degrees: largest lean.
        prior: how much better, relative to no shear, the largest shear must be to be believed.

    Returns:
        Pixels to the right for each pixel upwards.
    """
    ys, xs = np.nonzero(mask)
    if ys.size < 12:
        return 0.0
    height = int(np.ptp(ys)) + 1
    best, best_score = 0.0, -np.inf
    for degrees in np.arange(-max_degrees, max_degrees + 0.1, 3.0):
        shear = float(np.tan(np.deg2rad(degrees)))
        columns = np.floor(xs + shear * (ys - ys.min())).astype(np.int64)
        columns -= columns.min()
        count = np.bincount(columns)
        top = np.full(count.size, height)
        bottom = np.zeros(count.size, np.int64)
        np.minimum.at(top, columns, ys - ys.min())
        np.maximum.at(bottom, columns, ys - ys.min())
        unbroken = count >= 0.9 * (bottom - top + 1)
        score = float((count[unbroken].astype(float) ** 2).sum()) / ys.size / height
        score -= prior * abs(degrees) / max_degrees
        if score > best_score:
            best, best_score = shear, score
    return best
