"""Paper and security print taken away: how dark each pixel is, measured against the paper around it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.grey import Grey

Plane = NDArray[np.float32]
"""(H, W) float32."""

INK = 0.45
"""Grey from here on is ink: the middle between print and pen, a little to the side of thin strokes."""

_CELL = 4
"""Side of the squares whose mean is taken for paper: wider than the lines of security print lie apart, pixels."""

_PAPER = 7
"""Cells that ink may hide in one direction: strokes narrower than 28 pixels do not darken the paper."""


_NO_PAPER = 0.42
"""What is this much darker than the brightest paper is the lid of the scanner or a block of colour, no paper."""


_SQUARES = {margin: np.ones((2 * margin + 1, 2 * margin + 1), np.uint8) for margin in (1, 2)}
_PATCH = np.ones((_PAPER, _PAPER), np.uint8)


@dataclass(frozen=True, eq=False)
class Contrast:
    """An image as ink on nothing.

    Attributes:
        grey: (H, W) 0 paper and print, 1 the ink's usual darkness, up to 2 where it is darker.
        level: darkness of the ink, grey levels (of 255) below the paper.
        noise: spread of the paper's darkness, print included, grey levels.
    """

    grey: Plane
    level: float
    noise: float


def darkness(image: Grey) -> Plane:
    """How many grey levels each pixel of an (H, W) picture lies below the paper around it, at least 0."""
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


def find_ink(image: Grey, min_contrast: float) -> Contrast | None:
    """Tell ink from paper and security print.

    Args:
        image: (H, W) uint8; characters about 20 to 80 pixels high.
        min_contrast: ink must be this many grey levels darker than the paper.

    Returns:
        The ink, or None where nothing stands out from the paper's own texture.
    """
    dark = np.asarray(cv2.GaussianBlur(darkness(image), (3, 3), 0.7), np.float32)
    split, _ = cv2.threshold(dark.astype(np.uint8), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    ink = dark > split
    if not 0 < np.count_nonzero(ink) < ink.size:
        return None
    level, base, noise = _levels(dark, ink, 1)
    if level - base < max(min_contrast, 3 * noise):
        return None
    strokes = _strokes(dark, base + noise, level)
    if not strokes.any():
        return None
    level, base, noise = _levels(dark, strokes, 2)
    if level - base < max(min_contrast, 3 * noise):
        return None
    local = _local_paper(dark, strokes, base, noise)
    grey = (dark - local) / np.maximum(level - local, min_contrast / 2)
    np.minimum(np.maximum(grey, 0, out=grey), 2, out=grey)
    # Writing covers at most a quarter of a field; texture without writing covers more, and is fainter.
    crowd = max(0.0, np.count_nonzero(grey > INK) / grey.size - 0.25)
    return Contrast(grey, level, noise) if level - base >= min_contrast + 150 * crowd else None


def _levels(dark: Plane, ink: NDArray[np.bool_], margin: int) -> tuple[float, float, float]:
    """Darkness of the ink, darkness of the rest, and how much the rest varies (root mean square), grey levels."""
    rest = _grow(ink, margin) ^ 1
    if not cv2.countNonZero(rest):
        rest = ink.view(np.uint8) ^ 1
    base = _median(dark, rest.view(bool))
    mean, spread = cv2.meanStdDev(dark, mask=rest)
    return _median(dark, ink), base, math.hypot(spread[0, 0], mean[0, 0] - base)


def _median(dark: Plane, where: NDArray[np.bool_]) -> float:
    """The lower median of darkness values, to an eighth of a grey level."""
    values = dark[where]
    middle = (values.size - 1) // 2
    values.partition(middle)
    return (int(4 * values[middle]) + 0.5) / 4


def _strokes(dark: Plane, light: float, full: float) -> NDArray[np.bool_]:
    """Ink that holds together and is as dark as ink somewhere: not the texture of the paper."""
    solid = dark > (light + full) / 2
    count, found = cv2.connectedComponents(solid.view(np.uint8), connectivity=8)
    labels = np.asarray(found, np.int32)
    keep = np.zeros(count, bool)
    keep[labels[dark > light + 0.75 * (full - light)]] = True
    keep &= np.bincount(labels.ravel(), minlength=count) >= 8
    keep[0] = False
    written: NDArray[np.bool_] = keep.take(labels)
    return written


def _local_paper(dark: Plane, strokes: NDArray[np.bool_], base: float, noise: float) -> Plane:
    """Where paper and print end around each pixel: their mean plus 1.25 times their spread, grey levels."""
    side = max(9, int(0.7 * dark.shape[0]) | 1)
    rest = (_grow(strokes, 2) ^ 1).astype(np.float32)
    # Where all is ink, the picture as a whole decides.
    trust = 0.1
    weight = cv2.blur(rest, (side, side)) + trust
    paper = dark * rest
    mean = (cv2.blur(paper, (side, side)) + trust * base) / weight
    square = (cv2.blur(dark * paper, (side, side)) + trust * (noise * noise + base * base)) / weight
    return np.asarray(mean + 1.25 * np.sqrt(np.maximum(square - mean * mean, 0)), np.float32)


def _grow(mask: NDArray[np.bool_], margin: int) -> NDArray[np.uint8]:
    """1 where a mask has something within so many pixels, 0 elsewhere."""
    return np.asarray(cv2.dilate(mask.view(np.uint8), _SQUARES[margin]), np.uint8)
