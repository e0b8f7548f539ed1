"""Deskewing: turn a page by quarters, estimate its skew and rotate it upright."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.image.arrays import GrayImage
from segment.image.transform import Transform
from segment.page.overview import Overview

MAX_SKEW = 8.0
"""Largest skew that is searched for, degrees."""

MIN_SKEW = 0.7
"""Smallest skew that is corrected, degrees: field location and cleaning tolerate less."""

_WIDTH = 500
"""Width at which the angle is measured, pixels."""


def estimate_page_skew(overview: Overview) -> float:
    """Estimate the skew of a page from its projection profile, degrees clockwise.

    At the right angle text lines and ruled lines fall into the fewest rows. A blank page has skew 0.
    """
    if overview.ink is None:
        return 0.0
    height, width = overview.ink.shape
    size = _WIDTH, max(1, round(height * _WIDTH / width))
    small = np.asarray(
        cv2.resize(np.minimum(overview.ink, 1), size, interpolation=cv2.INTER_AREA), np.float32
    )
    coarse = np.arange(-MAX_SKEW, MAX_SKEW + 0.1, 1.0)
    best = float(coarse[int(np.argmax([_projection_energy(small, angle) for angle in coarse]))])
    fine = best + np.arange(-0.8, 0.81, 0.2)
    return float(fine[int(np.argmax([_projection_energy(small, angle) for angle in fine]))])


def _projection_energy(ink: NDArray[np.float32], angle: float) -> float:
    """Sum of the squared row sums after rotation by an angle, approximated by a vertical shear of the columns."""
    height, width = ink.shape
    shear = np.array(
        [[1.0, 0.0, 0.0], [-np.tan(np.deg2rad(angle)), 1.0, np.tan(np.deg2rad(angle)) * width / 2]]
    )
    moved = cv2.warpAffine(ink, shear, (width, height), flags=cv2.INTER_LINEAR)
    return float(np.square(moved.sum(axis=1)).sum())


def rotate(page: GrayImage, angle: float) -> tuple[GrayImage, Transform]:
    """Rotate a page about its center to undo a skew; the border is replicated into the corners.

    Args:
        page: (H, W) uint8.
        angle: Skew of the page, degrees clockwise.

    Returns:
        The upright page of the same shape, and the map from its pixels to those of `page`.
    """
    height, width = page.shape
    to_image = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1.0)
    image = cv2.warpAffine(
        page, to_image, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    to_source = Transform.affine(np.asarray(cv2.invertAffineTransform(to_image), np.float64))
    return np.asarray(image, np.uint8), to_source


def turn_page(page: GrayImage, turns: int) -> tuple[GrayImage, Transform]:
    """Turn a page by quarters of a circle counterclockwise.

    Args:
        page: (H, W) uint8.
        turns: Number of quarters, 0 to 3.

    Returns:
        The turned page, `page` itself for 0, and the map from its pixels to those of `page`.
    """
    if not turns:
        return page, Transform.identity()
    height, width = page.shape
    back = {
        1: [[0.0, -1.0, width - 1.0], [1.0, 0.0, 0.0]],
        2: [[-1.0, 0.0, width - 1.0], [0.0, -1.0, height - 1.0]],
        3: [[0.0, 1.0, 0.0], [-1.0, 0.0, height - 1.0]],
    }[turns]
    return np.ascontiguousarray(np.rot90(page, turns)), Transform.affine(np.array(back))
