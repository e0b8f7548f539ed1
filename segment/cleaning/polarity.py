"""Polarity correction: bright writing on a dark ground becomes dark writing on paper."""

from __future__ import annotations

import cv2
import numpy as np

from segment.image.arrays import GrayImage

_MAX_GROUND = 130
"""Brightest ground of bright writing, gray levels."""

_MAX_MEAN = 140
"""Mean of the brightest image that can be inverted, gray levels: spares the ordinary ones the histogram."""

_MIN_CONTRAST = 60
"""Lowest difference between bright writing and its ground, gray levels."""

_MAX_INK = 0.4
"""Largest share of the image that writing covers."""

_PATCH = np.ones((21, 21), np.uint8)


def to_dark_on_bright(image: GrayImage) -> GrayImage:
    """Invert an image of bright strokes on a dark ground.

    Wherever there is paper, it is brighter than half of the image, or a bright region wider than any stroke. Neither
    occurs on an inverted image.

    Args:
        image: (H, W) uint8; characters about 20 to 80 pixels high.

    Returns:
        The inverted image, or the image itself.
    """
    if cv2.mean(image)[0] > _MAX_MEAN:
        return image
    counts = cv2.calcHist([image], [0], None, [256], [0, 256]).ravel().cumsum()
    darkest, ground, bright = (
        int(np.searchsorted(counts, share * image.size)) for share in (0.01, 0.5, 0.99)
    )
    contrast = bright - ground
    if (
        ground > _MAX_GROUND
        or contrast < max(_MIN_CONTRAST, ground // 2)
        or contrast < 2 * (ground - darkest)
    ):
        return image
    middle = (ground + bright) // 2
    strokes = (image > middle).astype(np.uint8)
    if not 0.01 <= strokes.mean() <= _MAX_INK:
        return image
    wide = cv2.morphologyEx(strokes, cv2.MORPH_OPEN, _PATCH, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    edge = np.concatenate([strokes[0], strokes[-1], strokes[:, 0], strokes[:, -1]])
    if cv2.countNonZero(wide) or edge.mean() > 0.2:
        return image
    return np.asarray(255 - image, np.uint8)
