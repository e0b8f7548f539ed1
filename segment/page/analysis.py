"""A page in small: its ink, pieces and printed lines, and what kind of page that makes it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.cleaning.background import INK_THRESHOLD, extract_ink
from segment.io.grayscale import GrayImage

WIDTH = 1000
"""Pages are looked at in this width, pixels: characters of a check are then 15 to 40 high."""

_FAINT = 0.3
"""Ink from here on may belong to the line of a box, which is often fine and pale."""

_LARGE = 150
"""A picture with both sides longer than this that is not wide holds more than the one line of an amount, pixels."""

Mask = NDArray[np.bool_]
Kind = Literal["amount", "check", "other"]


@dataclass(frozen=True, eq=False)
class Overview:
    """A page at a width of 1000 pixels.

    Attributes:
        ink: (H, W) float32, 0 paper .. 1 ink and more; None where nothing is on the page.
        scale: pixels of the page for each of its pixels.
        page_shape: (height, width) of the page.
        contrast: gray levels that ink is darker than paper, 0 where nothing is on the page.
    """

    ink: NDArray[np.float32] | None
    scale: float
    page_shape: tuple[int, int]
    contrast: float = 0.0

    @cached_property
    def pieces(self) -> NDArray[np.int64]:
        """(N, 5) connected pieces of ink: x, y, w, h, area."""
        return np.zeros((0, 5), np.int64) if self.ink is None else connected(self.ink > INK_THRESHOLD)

    @cached_property
    def lines(self) -> tuple[Mask, Mask]:
        """Ink that lies on long horizontal lines, and on long vertical ones."""
        assert self.ink is not None  # who asks has looked
        height, width = self.ink.shape
        solid = (self.ink > _FAINT).astype(np.uint8)
        lines = []
        for length, along in ((width // 20, True), (height // 16, False)):
            kernel = np.ones((1, length) if along else (length, 1), np.uint8)
            # a line that leans or is broken here and there is mended across its direction first
            mend = np.ones((3, 1) if along else (1, 3), np.uint8)
            found = cv2.morphologyEx(cv2.dilate(solid, mend), cv2.MORPH_OPEN, kernel)
            lines.append(np.asarray(found, np.uint8) > 0)
        return lines[0], lines[1]


def look(page: GrayImage) -> Overview:
    """Look at a page from afar.

    Args:
        page: (H, W) uint8.
    """
    height, width = page.shape
    # a strip of paper taller than any check must not become a giant
    scale = max(width / WIDTH, height / (2 * WIDTH))
    size = (max(1, round(width / scale)), max(1, round(height / scale)))
    how = cv2.INTER_AREA if scale > 1 else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(page, size, interpolation=how), np.uint8)
    found = extract_ink(small, 16.0)
    if found is None:
        return Overview(None, scale, (height, width))
    return Overview(found.density, scale, (height, width), found.level)


def connected(mask: Mask) -> NDArray[np.int64]:
    """(N, 5) connected pieces of ink: x, y, w, h, area."""
    stats = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)[2]
    return np.asarray(stats[1:], np.int64)


def is_page_sized(image: GrayImage) -> bool:
    """Whether a picture is large enough to be a page; a quick look that spares cut-out amounts the long one."""
    return bool(min(image.shape) >= 100)


def classify_page(overview: Overview) -> Kind:
    """Tell a whole check from an amount that was cut out of one, and both from other pages and photographs.

    A check is wide, and holds several lines of writing that is small beside it; a cut-out is one line that fills it.
    """
    height, width = overview.page_shape
    lines = _is_written_over(overview)
    if 1.6 <= width / height <= 3.0 and height >= 100 and lines:
        return "check"
    large = min(height, width) >= _LARGE
    return "other" if large and (lines or width < 1.25 * height) else "amount"


def _is_written_over(overview: Overview) -> bool:
    """Whether there are several lines of small writing, one below the other."""
    if overview.ink is None:
        return False
    boxes = overview.pieces
    rows, columns = overview.ink.shape
    characters = boxes[
        (boxes[:, 3] >= 0.015 * rows) & (boxes[:, 3] <= 0.5 * rows) & (boxes[:, 2] < 0.5 * columns)
    ]
    if len(characters) < 25:
        return False
    typical = float(np.median(np.repeat(characters[:, 3], characters[:, 3])))
    middles = characters[:, 1] + characters[:, 3] / 2
    low, high = (float(value) for value in np.percentile(middles, [10, 90]))
    return bool(typical < 0.15 * rows and high - low > 0.35 * rows)
