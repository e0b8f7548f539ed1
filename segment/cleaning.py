"""A grey picture of an amount to clean ink: no paper, no security print, no rules, upright characters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.background import find_ink
from segment.grey import Grey
from segment.slant import estimate_slant


@dataclass(frozen=True)
class CleaningConfig:
    """How an amount is cleaned.

    Attributes:
        min_contrast: grey levels (of 255) that ink must stand out from the paper by.
        max_slant: largest lean of characters that is undone, degrees.
        slant_prior: evidence asked for before characters are sheared.
    """

    min_contrast: float = 12.0
    max_slant: float = 45.0
    slant_prior: float = 0.05


@dataclass(frozen=True, eq=False)
class Ink:
    """What is written, upright, on no paper.

    Attributes:
        grey: (h, w) float32, 0 paper .. 1 full ink.
        mask: (h, w) bool, the pixels that are ink.
        to_page: (2, 3) float64, takes (x, y, 1) in pixels of this ink to pixels (x, y) of the page.
    """

    grey: NDArray[np.float32]
    mask: NDArray[np.bool_]
    to_page: NDArray[np.float64]

    @cached_property
    def empty(self) -> bool:
        """Whether nothing is written."""
        return not bool(self.mask.any())


def clean(image: Grey, config: CleaningConfig | None = None) -> Ink:
    """Find the ink of an amount.

    Args:
        image: (H, W) uint8, the amount cut out of the page, 0 black, 255 white.
        config: None for the default one.

    Returns:
        The ink, never None; `Ink.empty` where nothing is written.
    """
    config = config or CleaningConfig()
    height, width = image.shape
    found = find_ink(image, config.min_contrast)
    shear = estimate_slant(found.mask, config.max_slant, config.slant_prior)
    left = min(0.0, shear * (height - 1))
    # ink pixel (x, y) lies at page pixel (x + left - shear * y, y)
    to_page = np.array([[1.0, -shear, left], [0.0, 1.0, 0.0]])
    new_width = width + int(np.ceil(abs(shear) * (height - 1)))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    grey = cv2.warpAffine(found.grey, to_page, (new_width, height), flags=flags)
    mask = cv2.warpAffine(found.mask.astype(np.float32), to_page, (new_width, height), flags=flags) > 0.5
    return Ink(grey, mask, to_page)
