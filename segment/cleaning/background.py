"""Ink extraction by background subtraction and local contrast normalization."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from segment.cleaning._kernels.contrast import median_darkness, normalize_contrast, select_strokes
from segment.cleaning.lighting import CLOSING, DARK, estimate_paper
from segment.image.arrays import Flags, GrayImage, InkArray
from segment.image.components import find_components

INK_THRESHOLD = 0.45
"""Density above which a pixel is ink: the middle between print and pen, lowered a little for thin strokes."""

_SQUARES = {margin: np.ones((2 * margin + 1, 2 * margin + 1), np.uint8) for margin in (1, 2)}


@dataclass(frozen=True, eq=False)
class InkMap:
    """Ink density of an image.

    Attributes:
        density: (H, W) float32, 0 paper and print, 1 usual darkness of the ink, 2 at most.
        level: Median darkness of the ink, gray levels (of 255) below the paper.
        noise: Spread of the darkness of paper and print, gray levels.
    """

    density: InkArray
    level: float
    noise: float


def extract_ink(
    image: GrayImage,
    min_contrast: float,
    cells: GrayImage | None = None,
    *,
    min_spreads: float = 3.0,
    max_layers: int = 2,
) -> InkMap | None:
    """Separate ink from paper and security print.

    Args:
        image: (H, W) uint8; characters about 20 to 80 pixels high.
        min_contrast: Lowest difference between ink and paper, gray levels.
        cells: Paper of the image by `estimate_paper`, None to estimate it.
        min_spreads: Lowest difference between ink and paper, in spreads of the paper.
        max_layers: Most thresholds to try. Where what is darker than the first one is no ink, such as a tint or the
            paper around a bright watermark, ink is darker than most of it.

    Returns:
        The ink map, None if no ink exceeds the texture of the paper.
    """
    darkness = np.asarray(cv2.GaussianBlur(subtract_background(image, cells), (3, 3), 0.7), np.float32)
    levels = darkness.astype(np.uint8)
    for _ in range(max_layers):
        split, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
        found = _separate(darkness, split, min_contrast, min_spreads)
        if found is not None:
            return found
        levels = levels[levels > split]
        if not levels.size:
            break
    return None


def _separate(darkness: InkArray, split: float, min_contrast: float, min_spreads: float) -> InkMap | None:
    """Separate ink from paper at a first threshold, None if the darker part is no ink."""
    ink = (darkness > split).view(np.uint8)
    if not 0 < cv2.countNonZero(ink) < ink.size:
        return None
    level, base, noise = _levels(darkness, ink, _grow(ink, 1))
    if level - base < max(min_contrast, min_spreads * noise):
        return None
    light = base + noise
    count, ids = find_components(darkness > (light + level) / 2)
    strokes, found = select_strokes(darkness, ids, count, light + 0.75 * (level - light))
    if not found:
        return None
    near = _grow(strokes, 2)
    level, base, noise = _levels(darkness, strokes, near)
    if level - base < max(min_contrast, min_spreads * noise):
        return None
    density, covered = normalize_contrast(darkness, near, level, base, noise, min_contrast, INK_THRESHOLD)
    # Writing covers at most a quarter of a field; texture without writing covers more, and is fainter.
    excess = max(0.0, covered / density.size - 0.25)
    return InkMap(density, level, noise) if level - base >= min_contrast + 150 * excess else None


def subtract_background(image: GrayImage, cells: GrayImage | None = None) -> InkArray:
    """Subtract an image from its background, estimated by a closing: gray levels below the paper, >= 0."""
    height, width = image.shape
    cells = estimate_paper(image) if cells is None else cells
    inside = slice(CLOSING, -CLOSING)
    smooth = cv2.blur(cells.astype(np.float32), (3, 3))[inside, inside]
    paper = cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR)
    darkness = np.asarray(cv2.subtract(paper, image, dtype=cv2.CV_32F), np.float32)
    np.maximum(darkness, 0, out=darkness)
    darkest, brightest, _, _ = cv2.minMaxLoc(cells)
    if darkest < DARK * brightest:
        # the edge of a dark block would be taken for a stroke
        blocks = cv2.dilate((cells < DARK * brightest).astype(np.uint8), _SQUARES[2])[inside, inside]
        darkness[cv2.resize(blocks, (width, height), interpolation=cv2.INTER_NEAREST) > 0] = 0
    return darkness


def _levels(darkness: InkArray, ink: Flags, near: Flags) -> tuple[float, float, float]:
    """Estimate the median darkness of ink and paper, and the root-mean-square spread of the paper, gray levels.

    Paper is all that is not near ink, or, if nothing is left, all that is not ink.
    """
    paper = _not(near)
    if not cv2.countNonZero(paper):
        paper = _not(ink)
    level, base = median_darkness(darkness, ink, paper)
    mean, spread = cv2.meanStdDev(darkness, mask=paper)
    return level, base, math.hypot(spread[0, 0], mean[0, 0] - base)


def _not(mask: Flags) -> Flags:
    """Invert a mask of 0 and 1."""
    return mask ^ np.uint8(1)


def _grow(mask: Flags, margin: int) -> Flags:
    """Dilate a mask by a square of `margin` pixels to each side."""
    return np.asarray(cv2.dilate(mask, _SQUARES[margin]), np.uint8)
