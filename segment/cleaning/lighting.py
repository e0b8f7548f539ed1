"""Illumination correction: ink is a ratio to the paper around it, and shade is no ink."""

from __future__ import annotations

import cv2
import numpy as np

from segment.image.arrays import Flags, Floats, GrayImage, Mask
from segment.image.components import find_components

CELL = 4
"""Side of the cells averaged for the background, pixels; larger than the line spacing of security print."""

CLOSING = 7
"""Side of the closing of the background, cells: strokes narrower than 28 pixels do not darken it."""

DARK = 0.42
"""Cells darker than this share of the brightest one are deep shade, or no paper: scanner lid, colored blocks."""

EVEN = 0.62
"""Darkest paper of even light, in shares of the brightest; differences of brightness serve as well as ratios there."""

_BLACK = 0.1
"""Darkest paper that can be lightened, in shares of the brightest: there is only noise below."""

_MIN_PAPER = 80
"""Darkest paper in the light, gray levels."""

_SOFT_EDGE = 0.6
"""Brightness around a dark region whose edge is soft, in shares of the brightest paper: light that falls off."""

_STROKE = 0.3
"""Darkness of strokes in shade, in shares of their paper."""

_PATCH = np.ones((CLOSING, CLOSING), np.uint8)
_REACH = CELL * CLOSING // 2
_FINE_PATCH = np.ones((2 * _REACH + 1, 2 * _REACH + 1), np.uint8)
_MARGIN = np.ones((5, 5), np.uint8)
_SQUARE = np.ones((3, 3), np.uint8)


def estimate_paper(image: GrayImage) -> GrayImage:
    """Estimate the brightness of the paper by a closing, in cells of 4 x 4 pixels with a border of 7 cells."""
    height, width = image.shape
    size = max(1, width // CELL), max(1, height // CELL)
    cells = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    cells = cv2.copyMakeBorder(cells, CLOSING, CLOSING, CLOSING, CLOSING, cv2.BORDER_REFLECT)
    return np.asarray(cv2.morphologyEx(cells, cv2.MORPH_CLOSE, _PATCH), np.uint8)


def is_even(cells: GrayImage, least: float) -> bool:
    """Return whether the darkest of the `estimate_paper` cells has a share `least` of the brightest."""
    darkest, brightest, _, _ = cv2.minMaxLoc(cells)
    return bool(darkest >= least * brightest)


def even_light(image: GrayImage, cells: GrayImage | None = None, least: float = EVEN) -> GrayImage:
    """Lighten shade to the brightest paper; dark blocks that are no paper stay as they are.

    Args:
        image: (H, W) uint8; characters about 20 to 80 pixels high.
        cells: Its paper by `estimate_paper`, None to estimate it.
        least: Darkest paper of even light, in shares of the brightest.

    Returns:
        The image with even light; the image itself if its light is even.
    """
    cells = estimate_paper(image) if cells is None else cells
    darkest, brightest, _, _ = cv2.minMaxLoc(cells)
    if darkest >= least * brightest or brightest < _MIN_PAPER:
        return image
    cells = cells[CLOSING:-CLOSING, CLOSING:-CLOSING]
    smooth = np.asarray(cv2.GaussianBlur(image, (3, 3), 0.7), np.uint8)
    closed = _close(smooth).astype(np.float32)
    # paper blurred across the edge of a shadow would leave a stroke on its dark side
    paper = np.minimum(np.minimum(closed, cv2.blur(closed, (5, 5))), _close(image))
    paper = np.maximum(paper, 1)
    blocks = _dark_blocks(np.asarray(smooth / paper, np.float64), cells, brightest)
    if not (cells[blocks == 0] < least * brightest).any():
        return image
    gain = np.maximum(brightest / paper, 1)
    gain[cv2.resize(blocks, image.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0] = 1
    return np.asarray(np.minimum(image * gain, 255), np.uint8)


def _close(image: GrayImage) -> GrayImage:
    """Close an image by a square of 29 pixels; the paper at a border is that of the border, not of the inside."""
    closed = cv2.morphologyEx(
        cv2.copyMakeBorder(image, _REACH, _REACH, _REACH, _REACH, cv2.BORDER_REPLICATE),
        cv2.MORPH_CLOSE,
        _FINE_PATCH,
    )
    return np.asarray(closed[_REACH:-_REACH, _REACH:-_REACH], np.uint8)


def _dark_blocks(ratio: Floats, cells: GrayImage, brightest: float) -> Flags:
    """Detect dark regions that are no paper in shade: their edge is hard, and nothing is written in them.

    Args:
        ratio: (H, W) brightness of each pixel, in shares of the paper around it.
        cells: (h, w) brightness of the paper in cells.
        brightest: Brightness of the brightest paper.

    Returns:
        (h, w) 1 on dark blocks and two cells around them, 0 elsewhere.
    """
    height, width = ratio.shape
    blocks = np.zeros(cells.shape, np.uint8)
    count, ids = find_components(cells < DARK * brightest)
    for component in range(1, count):
        region = (ids == component).astype(np.uint8)
        grown = np.asarray(cv2.dilate(region, _MARGIN), np.uint8)
        level = float(np.median(cells[region > 0]))
        around = cells[grown > region]
        if level >= _BLACK * brightest:
            soft = around.size > 0 and float(np.mean(around)) < _SOFT_EDGE * brightest
            inside = cv2.erode(region, _SQUARE)
            pixels = np.asarray(cv2.resize(inside, (width, height), interpolation=cv2.INTER_NEAREST)) > 0
            if soft or _has_strokes(ratio, pixels):
                continue
        blocks |= grown
    return blocks


def _has_strokes(ratio: Floats, inside: Mask) -> bool:
    """Test for writing in a region: connected pixels much darker than their paper, more than the noise leaves.

    Args:
        ratio: (H, W) brightness of each pixel, in shares of the paper around it.
        inside: (H, W) true in the region.
    """
    within = ratio[inside]
    if not within.size:
        return False
    paper = within[within > 1 - _STROKE]
    if paper.size < 0.5 * within.size:
        return False
    limit = min(1 - _STROKE, float(paper.mean() - 4 * paper.std()))
    count, ids = find_components(np.asarray((ratio < limit) & inside, bool))
    tallest = max((np.ptp(np.nonzero(ids == n)[0]) for n in range(1, min(count, 200))), default=0)
    return bool(tallest >= 0.1 * ratio.shape[0] and tallest >= 4)
