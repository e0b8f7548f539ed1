"""Augmentation of images before over-segmentation: the positions of touching strokes decide the cuts."""

import cv2
import numpy as np
from numpy.typing import NDArray

GRID = 24
"""Pixels between the knots of smooth displacements."""


def augment_field(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Vary handwriting, pen and scanner of an image.

    Args:
        image: (H, W) gray, 0 black .. 255 white.
        rng: Random generator.

    Returns:
        (H', W') gray, of about the same size.
    """
    return _scan(_stroke_width(_warp(image, rng), rng), rng)


def _warp(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Vary size, proportions, slant and rotation; add smooth displacements of a few pixels."""
    height, width = image.shape
    across, down = np.exp(rng.normal(0, 0.17)), np.exp(rng.normal(0, 0.13))
    rows, columns = max(8, round(height * down)), max(8, round(width * across))
    shear, rotation = rng.normal(0, 0.2), rng.normal(0, 0.02)
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    x, y = x - (columns - 1) / 2, y - (rows - 1) / 2
    knots = (max(3, rows // GRID + 2), max(3, columns // GRID + 2), 2)
    strength = rng.uniform(0, 0.05) * height
    smooth = cv2.resize(
        rng.normal(0, 1, knots).astype(np.float32), (columns, rows), interpolation=cv2.INTER_CUBIC
    )
    from_x = x / across + shear * y + (width - 1) / 2 + strength * smooth[..., 0]
    from_y = y / down + rotation * x + (height - 1) / 2 + strength * smooth[..., 1]
    return cv2.remap(
        image,
        from_x.astype(np.float32),
        from_y.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.uint8)


def _stroke_width(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Dilate or erode the strokes by up to a pixel."""
    change = rng.uniform(-0.9, 0.9)
    kernel = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    other = cv2.erode(image, kernel) if change > 0 else cv2.dilate(image, kernel)
    return cv2.addWeighted(image, 1 - abs(change), other, abs(change), 0).astype(np.uint8)


def _scan(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Vary blur, contrast, brightness and noise."""
    gray = image.astype(np.float64)
    if rng.random() < 0.3:
        gray = np.asarray(cv2.GaussianBlur(gray, (0, 0), rng.uniform(0.4, 1.0)), np.float64)
    middle = float(np.median(gray))
    gray = middle + (gray - middle) * rng.uniform(0.65, 1.15) + rng.normal(0, 8)
    gray = gray + rng.normal(0, 1, gray.shape) * rng.uniform(0, 6)
    return np.rint(gray).clip(0, 255).astype(np.uint8)
