"""Removal of the text of other lines, of which the crop of an amount shows a clipped part."""

from __future__ import annotations

import cv2
import numpy as np

from segment.cleaning.background import INK_THRESHOLD
from segment.image.arrays import InkArray

_EDGE = 2
"""Rows of the image at the top, and at the bottom, in which clipped text has ink."""

_MIN_SHARE = 0.5
"""Least share of the ink in components that are not clipped; where it is lower the amount itself may be clipped."""

_CHARACTER = 0.4
"""Height of the lowest characters, in shares of the tallest."""

_GAP = 0.1
"""Least distance of other text from the characters near it, in shares of their height."""

_NEAR = 2.0
"""Reach of a component to either side in which characters are near it, in heights of a character."""

_SQUARE = np.ones((3, 3), np.uint8)


def remove_clipped_text(density: InkArray) -> InkArray:
    """Remove components at the upper and lower edge of an image that end above or begin below its characters.

    Args:
        density: (H, W) ink density, 0 paper .. 1 ink.

    Returns:
        The density without them; `density` itself if there are none or the characters themselves are clipped.
    """
    mask = (density > INK_THRESHOLD).view(np.uint8)
    if not (mask[:_EDGE].any() or mask[-_EDGE:].any()):
        return density
    height = density.shape[0]
    _, ids, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    top = stats[:, cv2.CC_STAT_TOP]
    tall = stats[:, cv2.CC_STAT_HEIGHT]
    end, area = top + tall, stats[:, cv2.CC_STAT_AREA]
    upper, lower = top < _EDGE, end > height - _EDGE
    free = ~(upper | lower)
    free[0] = upper[0] = lower[0] = False
    if area[free].sum() < _MIN_SHARE * area[1:].sum():
        return density
    characters = free & (tall >= _CHARACTER * tall[free].max())
    left, right = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_LEFT] + stats[:, cv2.CC_STAT_WIDTH]
    size = np.median(tall[characters])
    for component in np.flatnonzero(upper | lower):
        apart = np.maximum(left - right[component], left[component] - right)
        near = characters & (apart <= _NEAR * size)
        near = near if near.any() else characters
        upper[component] &= end[component] <= top[near].min() - _GAP * size
        lower[component] &= top[component] >= end[near].max() + _GAP * size
    # detached parts of the same text
    drop = (end <= end[upper].max(initial=0)) | (top >= top[lower].min(initial=height))
    drop[0] = False
    if not drop.any():
        return density
    # soft edges belong to their stroke
    soft = cv2.dilate(drop[ids].astype(np.uint8), _SQUARE) > mask
    return np.where(soft | drop[ids], np.float32(0), density).astype(np.float32)
