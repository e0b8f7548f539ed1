"""Paper and security print taken away: how dark each pixel is, measured against the paper around it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.cleaning._kernels.contrast import against_paper, medians, strokes
from segment.image.arrays import GrayImage
from segment.image.components import connect

InkArray = NDArray[np.float32]
"""(H, W) float32."""

INK_THRESHOLD = 0.45
"""Gray from here on is ink: the middle between print and pen, a little to the side of thin strokes."""

_CELL = 4
"""Side of the squares whose mean is taken for paper: wider than the lines of security print lie apart, pixels."""

_PAPER = 7
"""Cells that ink may hide in one direction: strokes narrower than 28 pixels do not darken the paper."""


_NO_PAPER = 0.42
"""What is this much darker than the brightest paper is the lid of the scanner or a block of color, no paper."""


_SQUARES = {margin: np.ones((2 * margin + 1, 2 * margin + 1), np.uint8) for margin in (1, 2)}
_PATCH = np.ones((_PAPER, _PAPER), np.uint8)


@dataclass(frozen=True, eq=False)
class InkMap:
    """An image as ink on nothing.

    Attributes:
        gray: (H, W) 0 paper and print, 1 the ink's usual darkness, up to 2 where it is darker.
        level: darkness of the ink, gray levels (of 255) below the paper.
        noise: spread of the paper's darkness, print included, gray levels.
    """

    gray: InkArray
    level: float
    noise: float


def darkness(image: GrayImage) -> InkArray:
    """How many gray levels each pixel of an (H, W) picture lies below the paper around it, at least 0."""
    height, width = image.shape
    size = max(1, width // _CELL), max(1, height // _CELL)
    cells = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    cells = cv2.copyMakeBorder(cells, _PAPER, _PAPER, _PAPER, _PAPER, cv2.BORDER_REFLECT)
    cells = cv2.morphologyEx(cells, cv2.MORPH_CLOSE, _PATCH)
    inner = slice(_PAPER, -_PAPER)
    smooth = cv2.blur(cells.astype(np.float32), (3, 3))[inner, inner]
    paper = cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR)
    dark = np.asarray(cv2.subtract(paper, image, dtype=cv2.CV_32F), np.float32)
    np.maximum(dark, 0, out=dark)
    darkest, brightest, _, _ = cv2.minMaxLoc(cells)
    if darkest < _NO_PAPER * brightest:
        # the edge of what is no paper would look like a stroke
        grown = cv2.dilate((cells < _NO_PAPER * brightest).astype(np.uint8), _SQUARES[2])[inner, inner]
        dark[cv2.resize(grown, (width, height), interpolation=cv2.INTER_NEAREST) > 0] = 0
    return dark


def extract_ink(image: GrayImage, min_contrast: float) -> InkMap | None:
    """Tell ink from paper and security print.

    Args:
        image: (H, W) uint8; characters about 20 to 80 pixels high.
        min_contrast: ink must be this many gray levels darker than the paper.

    Returns:
        The ink, or None where nothing stands out from the paper's own texture.
    """
    dark = np.asarray(cv2.GaussianBlur(darkness(image), (3, 3), 0.7), np.float32)
    split, _ = cv2.threshold(dark.astype(np.uint8), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    ink = (dark > split).view(np.uint8)
    if not 0 < cv2.countNonZero(ink) < ink.size:
        return None
    level, base, noise = _levels(dark, ink, _grow(ink, 1))
    if level - base < max(min_contrast, 3 * noise):
        return None
    light = base + noise
    count, labels = connect(dark > (light + level) / 2)
    written, some = strokes(dark, labels, count, light + 0.75 * (level - light))
    if not some:
        return None
    near = _grow(written, 2)
    level, base, noise = _levels(dark, written, near)
    if level - base < max(min_contrast, 3 * noise):
        return None
    gray, covered = against_paper(dark, near, level, base, noise, min_contrast, INK_THRESHOLD)
    # Writing covers at most a quarter of a field; texture without writing covers more, and is fainter.
    crowd = max(0.0, covered / gray.size - 0.25)
    return InkMap(gray, level, noise) if level - base >= min_contrast + 150 * crowd else None


def _levels(dark: InkArray, ink: NDArray[np.uint8], near: NDArray[np.uint8]) -> tuple[float, float, float]:
    """Darkness of the ink, darkness of the rest, and how much the rest varies (root mean square), gray levels.

    The rest is what is not near to ink, or, where all is, what is not ink.
    """
    rest = _not(near)
    if not cv2.countNonZero(rest):
        rest = _not(ink)
    level, base = medians(dark, ink, rest)
    mean, spread = cv2.meanStdDev(dark, mask=rest)
    return level, base, math.hypot(spread[0, 0], mean[0, 0] - base)


def _not(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """1 where a mask is 0."""
    return mask ^ np.uint8(1)


def _grow(mask: NDArray[np.uint8], margin: int) -> NDArray[np.uint8]:
    """1 where a mask has something within so many pixels, 0 elsewhere."""
    return np.asarray(cv2.dilate(mask, _SQUARES[margin]), np.uint8)
