"""Paper and security print taken away: how dark each pixel is, measured against the paper around it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.grey import Grey

Plane = NDArray[np.float32]
"""(H, W) float32."""


@dataclass(frozen=True, eq=False)
class Contrast:
    """An image as ink on nothing.

    Attributes:
        grey: (H, W) 0 paper .. 1 ink, print and paper taken to 0.
        mask: (H, W) pixels that are ink.
        level: darkness of the ink in grey levels (0..255) below the paper.
        noise: spread of the paper, print included, in grey levels.
    """

    grey: Plane
    mask: NDArray[np.bool_]
    level: float
    noise: float


def darkness(image: Grey) -> Plane:
    """How many grey levels each pixel lies below the paper around it, (H, W), at least 0."""
    height, width = image.shape
    # The paper: the brighter part of a neighbourhood wider than any stroke, smooth over several of those.
    small = cv2.resize(image, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    small = cv2.dilate(small, np.ones((3, 3), np.uint8))
    small = cv2.erode(cv2.dilate(small, np.ones((5, 5), np.uint8)), np.ones((5, 5), np.uint8))
    small = cv2.blur(small.astype(np.float32), (5, 5))
    paper = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.maximum(paper - image, 0)


def find_ink(image: Grey, min_contrast: float) -> Contrast:
    """Tell ink from paper and security print.

    Args:
        image: (H, W) uint8.
        min_contrast: ink must be this many grey levels darker than the paper.

    Returns:
        The contrast; its mask is empty where nothing stands out.
    """
    dark = cv2.GaussianBlur(darkness(image), (3, 3), 0.7)
    scaled = np.minimum(dark, 255).astype(np.uint8)
    split, _ = cv2.threshold(scaled, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    ink = dark > split
    empty = Contrast(np.zeros_like(dark), np.zeros(dark.shape, bool), 0.0, 0.0)
    if not ink.any() or ink.all():
        return empty
    level = float(np.median(dark[ink]))
    rest = dark[~ink]
    base = float(np.median(rest))
    noise = float(np.sqrt(np.mean((rest - base) ** 2)))
    if level - base < max(min_contrast, 3 * noise):
        return empty
    low = base + noise
    grey = np.clip((dark - low) / (level - low), 0, 1).astype(np.float32)
    return Contrast(grey, grey > 0.45, level, noise)
