"""Checks on a sheet: the rectangles of tinted paper, or of print surrounded by paper, on a white page."""

from __future__ import annotations

import cv2
import numpy as np

from segment.image.arrays import GrayImage, Mask
from segment.image.box import Box

_LONG_SIDE = 1000
"""Longer side at which checks are searched for, pixels: the gap between two of them may be a hundredth of it."""

_WHITE = 170
"""Smallest gray level of a white page."""

_TINT, _INK = 6, 32
"""Smallest difference of a check's paper, and of print, from the page, gray levels."""

_GAP = 0.05
"""Largest gap within the print of one check, in shares of the longer side."""

_SHAPE = 1.6, 3.2
"""Smallest and largest aspect ratio of a check, on either side."""

_FILLED = 0.9
"""Smallest share of its rectangle that tinted paper fills."""

_WIDTH, _AREA = 0.3, 0.8
"""Smallest long side of a check in shares of the page's shorter side, and largest share of the page: more is the
page itself."""

_RIM = 0.01
"""Paper of the page kept around a check, in shares of its width."""

_MAX_CHECKS = 12
"""Rectangles returned, the largest: a dirty page must not cost more time."""


def find_parts(page: GrayImage) -> list[Box]:
    """Detect rectangles that may be checks on a white page, in reading order; none on a page that is not white.

    Args:
        page: (H, W) uint8.
    """
    height, width = page.shape
    scale = max(1.0, max(height, width) / _LONG_SIDE)
    size = max(1, round(width / scale)), max(1, round(height / scale))
    small = np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), np.uint8)
    white = int(np.percentile(small, 98))
    if white < _WHITE:
        return []
    parts = _tinted(cv2.medianBlur(small, 3) < white - _TINT) + _printed(small < white - _INK)
    found: list[Box] = []
    for part in sorted(parts, key=lambda box: -box.w * box.h):
        if all(not _overlap(part, other) for other in found):
            found.append(part)
    whole = Box(0, 0, width, height)
    factors = width / size[0], height / size[1]
    return [
        _on_page(box, *factors).intersect(whole)
        for box in sorted(found[:_MAX_CHECKS], key=lambda box: (box.y, box.x))
    ]


def _tinted(mask: Mask) -> list[Box]:
    """Find rectangles of paper darker than the page."""
    opened = cv2.morphologyEx(mask.view(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    outlines, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    boxes = []
    for outline in outlines:
        box = Box(*cv2.boundingRect(outline))
        _, sides, _ = cv2.minAreaRect(outline)
        if _is_check_shaped(box, mask) and cv2.contourArea(outline) >= _FILLED * sides[0] * sides[1]:
            boxes.append(box)
    return boxes


def _printed(mask: Mask) -> list[Box]:
    """Find print with a band of paper around it."""
    half = round(_GAP * max(mask.shape) / 2)
    padded = np.pad(mask.view(np.uint8), half)
    joined = cv2.dilate(padded, np.ones((2 * half + 1, 2 * half + 1), np.uint8))
    outlines, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    rects = [cv2.boundingRect(outline) for outline in outlines]
    boxes = [Box(x, y, w - 2 * half, h - 2 * half) for x, y, w, h in rects]
    return [box for box in boxes if _is_check_shaped(box, mask)]


def _is_check_shaped(box: Box, page: Mask) -> bool:
    long, short = max(box.w, box.h), min(box.w, box.h)
    return (
        _SHAPE[0] * short <= long <= _SHAPE[1] * short
        and long >= _WIDTH * min(page.shape)
        and box.w * box.h <= _AREA * page.size
    )


def _overlap(one: Box, other: Box) -> bool:
    """Return whether two rectangles share more than a fifth of the smaller one."""
    _, _, across, down = one.intersect(other)
    return across * down > 0.2 * min(one.w * one.h, other.w * other.h)


def _on_page(box: Box, across: float, down: float) -> Box:
    """Convert a box to pixels of the page, with a rim."""
    rim = _RIM * box.w
    x, y = int((box.x - rim) * across), int((box.y - rim) * down)
    return Box(x, y, int((box.x + box.w + rim) * across) - x, int((box.y + box.h + rim) * down) - y)
