"""Median filter against salt-and-pepper noise."""

from __future__ import annotations

import cv2
import numpy as np

from segment.image.arrays import GrayImage

_HEIGHT = 50
"""Lowest impulse, gray levels from the median of the pixels around it."""

_MIN_SHARE = 0.005
"""Smallest share of the pixels that are bright impulses, and that are dark ones, in salt-and-pepper noise."""

_RING = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], np.uint8)


def remove_impulses(image: GrayImage) -> GrayImage:
    """Replace the impulses of salt-and-pepper noise by the median of the pixels around them.

    Args:
        image: (H, W) uint8.

    Returns:
        The filtered image; the image itself if it has no such noise.
    """
    height = image.shape[0]
    # a third of the rows is enough to rule it out
    if not _has_impulses(image[height // 3 : max(height // 3 + 3, 2 * height // 3)]):
        return image
    median = np.asarray(cv2.medianBlur(image, 3), np.uint8)
    return np.where(cv2.absdiff(image, median) > _HEIGHT, median, image).astype(np.uint8)


def _has_impulses(image: GrayImage) -> bool:
    """Test for single bright pixels, and for dark ones."""
    if min(image.shape) < 3:
        return False
    image = np.ascontiguousarray(image)
    median = cv2.medianBlur(image, 3)
    least = _MIN_SHARE * image.size
    if cv2.countNonZero(cv2.threshold(cv2.subtract(image, median), _HEIGHT, 1, cv2.THRESH_BINARY)[1]) < least:
        return False
    # small print has bright gaps, too, but they are no single pixels
    if np.count_nonzero(cv2.subtract(image, cv2.dilate(image, _RING)) > _HEIGHT) < least:
        return False
    return bool(np.count_nonzero(cv2.subtract(median, image) > _HEIGHT) >= least)
