"""Augmentation of pages: quarter turns, scale, aspect ratio, rotation, ground; light, contrast, blur, noise."""

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from docreader.training.locator.pages import LocatorPage, Rows
from segment.image.arrays import GrayImage

Matrix = NDArray[np.float64]
"""(2, 3) affine map of pixels."""


@dataclass(frozen=True)
class Placement:
    """How a page is laid on the input.

    Attributes:
        turns: Quarter turns counterclockwise, before all else.
        scale: Size of the page on the input, 1 fills it.
        angle: Rotation, degrees.
        shift: Shift of the center, shares of the input's width and height.
        stretch: Further factors of width and height.
    """

    turns: int = 0
    scale: float = 1.0
    angle: float = 0.0
    shift: tuple[float, float] = (0.0, 0.0)
    stretch: tuple[float, float] = (1.0, 1.0)


def draw_placement(rng: np.random.Generator, turns: int, reduced: float) -> Placement:
    """Draw how a page is laid on the input.

    Args:
        rng: Random generator.
        turns: Quarter turns counterclockwise.
        reduced: Probability of a page on a larger ground.
    """
    if rng.random() < reduced:
        scale = float(rng.uniform(0.4, 0.92))
        room = 0.5 * (1 - scale)
        angle = float(rng.normal(0, 3) if rng.random() < 0.7 else rng.uniform(-20, 20))
        shift = float(rng.uniform(-room, room)), float(rng.uniform(-room, room))
    else:
        scale, angle = float(rng.normal(1.0, 0.025)), float(rng.normal(0, 0.8))
        shift = float(rng.normal(0, 0.01)), float(rng.normal(0, 0.015))
    stretch = float(np.exp(rng.normal(0, 0.02))), float(np.exp(rng.normal(0, 0.04)))
    return Placement(turns, scale, angle, shift, stretch)


def quarter_turned(page: LocatorPage, turns: int) -> LocatorPage:
    """Turn a page counterclockwise by quarters."""
    image, fields, regions = page.image, page.fields, page.regions
    for _ in range(turns % 4):
        width = image.shape[1]
        image = np.rot90(image)
        fields, regions = (
            np.stack([r[:, 1], width - r[:, 2], r[:, 3], width - r[:, 0], r[:, 4]], 1)
            for r in (fields, regions)
        )
    turned = page.turned if page.turned < 0 else (page.turned - turns) % 4
    return replace(page, image=np.ascontiguousarray(image), fields=fields, regions=regions, turned=turned)


def place(page: LocatorPage, size: tuple[int, int], placement: Placement, ground: float) -> LocatorPage:
    """Lay a page on the input.

    Args:
        page: Page.
        size: Height and width of the input, pixels.
        placement: How.
        ground: Gray level around the page, 0 .. 255; below 0 the edge of the page is continued.
    """
    page = quarter_turned(page, placement.turns)
    (height, width), (rows, columns) = page.image.shape, size
    across = placement.scale * placement.stretch[0] * columns / width
    down = placement.scale * placement.stretch[1] * rows / height
    image = page.image
    if min(across, down) < 0.7:  # linear interpolation alone would alias
        half = max(1, round(width * across)), max(1, round(height * down))
        image = np.asarray(cv2.resize(image, half, interpolation=cv2.INTER_AREA), np.uint8)
    angle = np.deg2rad(placement.angle)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    linear = turn @ np.diag([across, down])
    center = np.array([columns * (0.5 + placement.shift[0]), rows * (0.5 + placement.shift[1])])
    matrix = np.column_stack([linear, center - linear @ [width / 2, height / 2]])
    scaled = matrix @ np.diag([width / image.shape[1], height / image.shape[0], 1.0])
    border = cv2.BORDER_REPLICATE if ground < 0 else cv2.BORDER_CONSTANT
    laid = cv2.warpAffine(
        image,
        _of_centers(scaled),
        (columns, rows),
        flags=cv2.INTER_LINEAR,
        borderMode=border,
        borderValue=ground,
    )
    return replace(
        page,
        image=np.asarray(laid, np.uint8),
        fields=_map_rows(page.fields, matrix),
        regions=_map_rows(page.regions, matrix),
    )


def _of_centers(matrix: Matrix) -> Matrix:
    """Convert a map of points to OpenCV's, whose points are the centers of pixels."""
    moved = matrix.copy()
    moved[:, 2] += matrix[:, :2] @ [0.5, 0.5] - 0.5
    return moved


def _map_rows(rows: Rows, matrix: Matrix) -> Rows:
    """Map the boxes of rows; the box of a rotated box keeps its area, about its center."""
    if not len(rows):
        return rows
    corners = rows[:, [[0, 1], [2, 1], [2, 3], [0, 3]]] @ matrix[:, :2].T + matrix[:, 2]
    low, high = corners.min(1), corners.max(1)
    return np.concatenate([low, high, rows[:, 4:]], 1).astype(np.float32)


def expose(rng: np.random.Generator, image: GrayImage) -> GrayImage:
    """Change light, contrast, sharpness and noise of an image."""
    gray: NDArray[Any] = image.astype(np.float32)
    rows, columns = gray.shape
    if rng.random() < 0.3:
        gray = cv2.GaussianBlur(gray, (0, 0), float(rng.uniform(0.3, 1.1)))
    if rng.random() < 0.2:  # as reduced from two tones
        dark = float(np.quantile(gray, rng.uniform(0.02, 0.1)))
        middle = float(rng.uniform(0.35, 0.75)) * (float(np.median(gray)) - dark) + dark
        gray = 127.5 + (gray - middle) * float(rng.uniform(1.5, 5))
    if rng.random() < 0.3:
        slope = rng.normal(0, 0.25, 2)
        x = np.linspace(-0.5, 0.5, columns, dtype=np.float32)
        y = np.linspace(-0.5, 0.5, rows, dtype=np.float32)[:, None]
        gray = gray * np.clip(1 + slope[0] * x + slope[1] * y, 0.4, 1.4).astype(np.float32)
    gray = np.clip(gray / 255, 0, 1) ** float(np.exp(rng.normal(0, 0.2)))
    gray = float(rng.uniform(0, 0.3)) + float(rng.uniform(0.5, 1.0)) * gray
    if rng.random() < 0.4:
        gray = gray + rng.standard_normal(gray.shape, np.float32) * np.float32(rng.uniform(0.0, 0.04))
    if rng.random() < 0.01:
        gray = 1 - gray
    return np.asarray(np.clip(255 * gray, 0, 255), np.uint8)


def draw_ground(rng: np.random.Generator) -> float:
    """Draw the gray level around a page, see `place`."""
    return float(rng.choice([-1.0, -1.0, 255.0, 250.0, 235.0, 200.0, 120.0, 60.0, 25.0, 0.0]))
