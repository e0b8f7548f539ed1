"""Normalization of a candidate segment for LeNet-5: size, and center of mass."""

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.image.arrays import InkArray

SIDE = 32
"""Side of a normalized character, pixels."""

BOX = 20
"""Side of the box that the ink is scaled into, pixels (MNIST; GBL98 sec. III-A)."""


def normalize_segment(density: InkArray) -> NDArray[np.float32]:
    """Scale ink to a 20x20 box with its aspect ratio, and center it by mass in 32x32.

    The procedure is that of MNIST (GBL98 sec. III-A: 20x20 box, 28x28 field, two more pixels on each side). The network
    applies the gray range of the paper (-0.1 for background, 1.175 for ink).

    Args:
        density: (H, W) ink density, 0 paper .. 1 full ink.

    Returns:
        (32, 32) ink density, 0 .. 1; zeros if there is no ink.
    """
    out = np.zeros((SIDE, SIDE), np.float32)
    # bounding box of visible ink: faint blur around it must not shrink the character
    ys, xs = np.nonzero(density > 0.2)
    if ys.size == 0:
        return out
    crop = np.ascontiguousarray(density[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1])
    height, width = crop.shape
    scale = BOX / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    box = cv2.resize(crop, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    columns, rows = box.sum(axis=0), box.sum(axis=1)
    total = columns.sum()
    x_mass = float(columns @ np.arange(size[0], dtype=np.float32) / total)
    y_mass = float(rows @ np.arange(size[1], dtype=np.float32) / total)
    # move the center of mass to the center, without moving the box out of the image
    left = min(max(round((SIDE - 1) / 2 - x_mass), 0), SIDE - size[0])
    top = min(max(round((SIDE - 1) / 2 - y_mass), 0), SIDE - size[1])
    out[top : top + size[1], left : left + size[0]] = np.minimum(box, 1)  # area averages exceed 1 by rounding
    return out
