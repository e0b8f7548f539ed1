"""Perspective rectification: find a sheet photographed on a darker ground by its four edges, and flatten it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.image.arrays import GrayImage
from segment.image.transform import Transform

_WIDTH = 500
"""Width at which the sheet is searched for, pixels."""

_SHARE = 0.2, 0.95
"""Smallest and largest share of the image that a sheet covers."""

_DARKER = 45.0
"""Smallest difference between paper and ground, gray levels."""

_STRAIGHT = 0.94
"""Smallest intersection over union of the sheet and its quadrilateral."""

_SHAPE = 1.5, 3.2
"""Smallest and largest aspect ratio (width by height) of a check."""

_NEAR = 3.0
"""Largest distance of outline points from the side that they lie on, pixels of the downscaled image."""


def rectify(page: GrayImage) -> tuple[GrayImage, Transform] | None:
    """Detect a check on a darker ground and undo the perspective.

    Args:
        page: (H, W) uint8.

    Returns:
        The check alone, as seen from above, and the map from its pixels to those of `page`; None where no sheet is
        found: a scan shows paper to its borders.
    """
    height, width = page.shape
    scale = max(1.0, width / _WIDTH)
    size = max(1, round(width / scale)), max(1, round(height / scale))
    if min(size) < 40:
        return None
    small = np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), np.uint8)
    corners = _corners(small)
    if corners is None:
        return None
    # pixels are counted at their centers
    corners = (corners + 0.5) * (width / size[0], height / size[1]) - 0.5
    top, right, bottom, left = (
        float(np.linalg.norm(two - one))
        for one, two in zip(corners, np.roll(corners, -1, axis=0), strict=True)
    )
    columns, rows = round((top + bottom) / 2), round((left + right) / 2)
    if not _SHAPE[0] * rows <= columns <= _SHAPE[1] * rows:
        return None
    flat = np.array([[0, 0], [columns - 1, 0], [columns - 1, rows - 1], [0, rows - 1]], np.float32)
    to_source = cv2.getPerspectiveTransform(flat, corners.astype(np.float32))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    image = cv2.warpPerspective(
        page, to_source, (columns, rows), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(image, np.uint8), Transform(np.asarray(to_source, np.float64))


def _corners(small: GrayImage) -> NDArray[np.float64] | None:
    """Detect a bright sheet: (4, 2) x, y of upper left, upper right, lower right and lower left corner."""
    # a closing removes the writing: the sheet is one bright component
    closed = cv2.morphologyEx(cv2.medianBlur(small, 5), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    split, bright = cv2.threshold(closed, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    if not 0 < split < 255:
        return None
    outlines, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(outlines, key=cv2.contourArea)
    hull = np.asarray(cv2.convexHull(outline), np.int32)
    if not _SHARE[0] <= cv2.contourArea(hull) / small.size <= _SHARE[1]:
        return None
    rough = _four(hull)
    if rough is None:
        return None
    corners = _refined(rough, outline[:, 0].astype(np.float64))
    if corners is None:
        return None
    sheet, drawn = np.zeros_like(small), np.zeros_like(small)
    cv2.drawContours(sheet, [outline], -1, 1, cv2.FILLED)
    cv2.fillConvexPoly(drawn, np.rint(corners).astype(np.int32), 1)
    if (sheet & drawn).sum() < _STRAIGHT * (sheet | drawn).sum():
        return None
    around = cv2.dilate(drawn, np.ones((25, 25), np.uint8)) - cv2.dilate(drawn, np.ones((7, 7), np.uint8))
    if np.count_nonzero(around) < 0.02 * small.size:
        return None
    inside = float(np.median(closed[drawn > 0]))
    return corners if inside - float(np.percentile(closed[around > 0], 80)) >= _DARKER else None


def _four(hull: NDArray[np.int32]) -> NDArray[np.float64] | None:
    """Approximate a convex outline by a quadrilateral: its corners clockwise, None where none is close."""
    around = cv2.arcLength(hull, closed=True)
    for share in (0.02, 0.03, 0.04, 0.06):
        found = cv2.approxPolyDP(hull, share * around, closed=True)[:, 0].astype(np.float64)
        if len(found) == 4:
            # clockwise from the corner nearest to the upper left
            turned = np.arctan2(*(found - found.mean(axis=0)).T[::-1])
            found = found[np.argsort(turned)]
            return np.roll(found, -int(found.sum(axis=1).argmin()), axis=0)
    return None


def _refined(rough: NDArray[np.float64], outline: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Refine corners as intersections of lines fitted along the sides: the corners of paper are often bent."""
    lines = []
    for one, two in zip(rough, np.roll(rough, -1, axis=0), strict=True):
        along = (two - one) / max(float(np.linalg.norm(two - one)), 1e-9)
        place = (outline - one) @ along / max(float(np.linalg.norm(two - one)), 1e-9)
        off = np.abs((outline - one) @ np.array([-along[1], along[0]]))
        on = outline[(place > 0.08) & (place < 0.92) & (off < _NEAR)]
        if len(on) < 8:
            return None
        vx, vy, x, y = cv2.fitLine(on.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        lines.append(np.cross([x, y, 1.0], [x + vx, y + vy, 1.0]))
    corners = []
    for before, after in zip([lines[-1], *lines[:-1]], lines, strict=True):
        x, y, w = np.cross(before, after)
        if abs(w) < 1e-9:
            return None
        corners.append((x / w, y / w))
    return np.array(corners)
