"""Low-resolution overview of a page: ink, connected components, ruled lines, and the page kind that follows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.cleaning.background import INK_THRESHOLD, extract_ink
from segment.cleaning.lighting import even_light
from segment.image.arrays import GrayImage, InkArray, Mask
from segment.image.components import component_table

WIDTH = 1000
"""Width of an overview, pixels: characters of a check are then 15 to 40 high."""

_FAINT = 0.3
"""Ink from here on may belong to the line of a box, which is often fine and pale."""

_LARGE = 150
"""An image with both sides longer than this that is not wide holds more than one line of an amount, pixels."""

PageKind = Literal["amount", "check", "other"]


@dataclass(frozen=True, eq=False)
class Overview:
    """A page at a width of 1000 pixels.

    Attributes:
        ink: (H, W) float32, 0 paper .. 1 ink and more; None on a blank page.
        scale: Pixels of the page per pixel of the overview.
        page_shape: (height, width) of the page, pixels.
        contrast: Gray levels between ink and paper, 0 on a blank page.
    """

    ink: InkArray | None
    scale: float
    page_shape: tuple[int, int]
    contrast: float = 0.0

    @cached_property
    def components(self) -> NDArray[np.int64]:
        """(N, 5) connected components of the ink: x, y, w, h, area."""
        return np.zeros((0, 5), np.int64) if self.ink is None else component_table(self.ink > INK_THRESHOLD)

    @cached_property
    def characters(self) -> NDArray[np.int64]:
        """(N, 5) connected components of the ink without horizontal lines: x, y, w, h, area."""
        if self.ink is None:
            return self.components
        # a stem of a large digit is as long as a vertical line
        return component_table((self.ink > INK_THRESHOLD) & ~self.ruled_lines[0])

    @cached_property
    def ruled_lines(self) -> tuple[Mask, Mask]:
        """Masks of ink on long horizontal lines, and on long vertical ones."""
        assert self.ink is not None  # callers check for a blank page first
        height, width = self.ink.shape
        solid = (self.ink > _FAINT).astype(np.uint8)
        lines = []
        for length, along in ((width // 20, True), (height // 16, False)):
            kernel = np.ones((1, length) if along else (length, 1), np.uint8)
            # broken or slanted lines are closed across their direction first
            mend = np.ones((3, 1) if along else (1, 3), np.uint8)
            found = cv2.morphologyEx(cv2.dilate(solid, mend), cv2.MORPH_OPEN, kernel)
            lines.append(np.asarray(found, np.uint8) > 0)
        return lines[0], lines[1]


def make_overview(page: GrayImage) -> Overview:
    """Downscale a page and extract its ink.

    Args:
        page: (H, W) uint8.
    """
    height, width = page.shape
    # a strip of paper taller than any check must not become huge
    scale = max(width / WIDTH, height / (2 * WIDTH))
    size = (max(1, round(width / scale)), max(1, round(height / scale)))
    interpolation = cv2.INTER_AREA if scale > 1 else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(page, size, interpolation=interpolation), np.uint8)
    found = extract_ink(even_light(small), 16.0)
    if found is None:
        return Overview(None, scale, (height, width))
    return Overview(found.density, scale, (height, width), found.level)


def is_page_sized(image: GrayImage) -> bool:
    """Return whether an image is large enough for a page; spares cut-out amounts the page analysis."""
    return bool(min(image.shape) >= 100)


def resembles_amount(overview: Overview) -> bool:
    """Return whether a page that is no check may be a cut-out amount: small, or one line that fills the image."""
    height, width = overview.page_shape
    return min(height, width) < _LARGE or (width >= 1.25 * height and not _has_text_lines(overview))


def _has_text_lines(overview: Overview) -> bool:
    """Return whether there are several lines of small writing, one below the other."""
    if overview.ink is None:
        return False
    boxes = overview.components
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
