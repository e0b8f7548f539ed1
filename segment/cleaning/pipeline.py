"""A gray picture of an amount to clean ink: no paper, no security print, no rules, upright characters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.cleaning._kernels.shear import bounds
from segment.cleaning.background import INK_THRESHOLD, extract_ink
from segment.cleaning.deslant import estimate_skew, estimate_slant
from segment.cleaning.despeckle import remove_specks
from segment.cleaning.form_boxes import remove_form_box
from segment.cleaning.ruled_lines import remove_ruled_lines
from segment.image.arrays import GrayImage
from segment.image.config import check_settings

_AROUND = np.ones((3, 3), np.uint8)

_MARGIN = 2
"""Paper left around the ink, pixels."""


@dataclass(frozen=True)
class CleaningConfig:
    """How an amount is cleaned.

    Attributes:
        max_height: taller pictures are shrunk to this height first, pixels.
        min_height: lower ones are enlarged to this height.
        min_contrast: gray levels (of 255) that ink must stand out from the paper by.
        rules: whether printed rules are looked for and taken out.
        max_slant: largest lean of characters that is undone, degrees.
        slant_prior: gain asked for before characters are sheared, see `segment.cleaning.deslant.estimate_slant`.
        max_skew: steepest line of writing that is leveled, and steepest rule that is found, degrees.
        min_speck: ink of less area than this many squares of the pen's width is dirt.
    """

    max_height: int = 96
    min_height: int = 32
    min_contrast: float = 16.0
    rules: bool = True
    max_slant: float = 45.0
    slant_prior: float = 0.04
    max_skew: float = 6.0
    min_speck: float = 0.6

    def __post_init__(self) -> None:
        bounds = {
            "max_height": (8, 4096),
            "min_contrast": (0, 255),
            "max_slant": (0, 80),
            "slant_prior": (0, 1e6),
        }
        check_settings(self, bounds | {"max_skew": (0, 45), "min_speck": (0, 1e6)})
        check_settings(self, {"min_height": (1, self.max_height)})


_DEFAULT = CleaningConfig()


@dataclass(frozen=True, eq=False)
class Ink:
    """What is written, upright, on no paper, cropped to itself.

    Attributes:
        gray: (h, w) float32, 0 paper .. 1 full ink.
        mask: (h, w) bool, the pixels that are ink.
        to_page: (2, 3) float64, takes (x, y, 1) in pixels of this ink to pixels (x, y) of the picture it was
            cleaned from; pixels are counted at their centers.
    """

    gray: NDArray[np.float32]
    mask: NDArray[np.bool_]
    to_page: NDArray[np.float64]

    @cached_property
    def empty(self) -> bool:
        """Whether nothing is written."""
        return not bool(self.mask.any())


def clean(
    image: GrayImage, config: CleaningConfig | None = None, inner: tuple[int, int, int, int] | None = None
) -> Ink:
    """Find the ink of an amount.

    Args:
        image: (H, W) uint8, the amount cut out of the page, 0 black, 255 white.
        config: None for the default one.
        inner: (x, y, w, h) of the field itself, where the picture shows more than it: strokes that run out of it are
            kept whole, what mostly lies outside is dropped.

    Returns:
        The ink; `Ink.empty` where nothing is written.
    """
    config = config or _DEFAULT
    work, scale = _to_working_size(image, config)
    gray = _written(work, config)
    if gray is not None and inner is not None:
        gray = _belonging(gray, inner, scale)
    if gray is None:
        height, width = work.shape
        return Ink(np.zeros((height, width), np.float32), np.zeros((height, width), bool), scale)
    return _upright(gray, scale, config)


def _to_working_size(image: GrayImage, config: CleaningConfig) -> tuple[GrayImage, NDArray[np.float64]]:
    """Scale a picture to a height within the limits; its (2, 3) affine map back to the picture."""
    height, width = image.shape
    # enlarged at most fourfold: a strip one pixel high holds no writing that would come out
    target = min(max(height, min(config.min_height, 4 * height)), config.max_height)
    size = max(1, round(width * target / height)), target
    if size != (width, height):
        shrinks = target < height
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR).astype(
            np.uint8
        )
    across, down = width / size[0], height / size[1]
    return image, np.array([[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2]])


def _written(work: GrayImage, config: CleaningConfig) -> NDArray[np.float32] | None:
    """Gray of the strokes alone, None where there are none."""
    found = extract_ink(work, config.min_contrast)
    if found is None:
        return None
    gray = found.gray
    pen = _pen_width(gray > INK_THRESHOLD)
    if config.rules:
        gray, rules = remove_ruled_lines(gray, pen, math.tan(math.radians(config.max_skew)))
        if rules:
            gray = remove_form_box(gray, rules, pen)
            pen = _pen_width(gray > INK_THRESHOLD)
    written = remove_specks(gray, pen, config.min_speck)
    return written if (written > INK_THRESHOLD).any() else None


def _belonging(
    gray: NDArray[np.float32], inner: tuple[int, int, int, int], scale: NDArray[np.float64]
) -> NDArray[np.float32] | None:
    """The pieces of ink of which at least half lies in the field, None where there are none."""
    (left, top), (across, down) = inner[:2], (scale[0, 0], scale[1, 1])
    within = np.zeros(gray.shape, bool)
    rows = slice(round(top / down), round((top + inner[3]) / down))
    within[rows, round(left / across) : round((left + inner[2]) / across)] = True
    count, labels = cv2.connectedComponents((gray > INK_THRESHOLD).astype(np.uint8), connectivity=8)
    inside = np.bincount(labels[within], minlength=count)
    keep = inside >= 0.5 * np.bincount(labels.ravel(), minlength=count)
    keep[0] = False
    if not keep.any():
        return None
    # soft flanks go with their stroke
    near = cv2.dilate(keep[labels].astype(np.uint8), _AROUND) > 0
    return np.where(near, gray, np.float32(0)).astype(np.float32)


def _pen_width(mask: NDArray[np.bool_]) -> float:
    """Width of the strokes, pixels: twice the area by the length of the outline."""
    solid = mask.view(np.uint8)
    inner = cv2.erode(solid, _AROUND, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    area = cv2.countNonZero(solid)
    outline = area - cv2.countNonZero(inner)
    return 2.0 * area / outline if outline else 1.0


def _upright(gray: NDArray[np.float32], scale: NDArray[np.float64], config: CleaningConfig) -> Ink:
    """Undo slant and skew in one resampling, and crop to the ink."""
    mask = gray > INK_THRESHOLD
    slant = estimate_slant(mask, config.max_slant, config.slant_prior)
    slope = estimate_skew(mask, slant, math.tan(math.radians(config.max_skew)))
    # working (x, y) -> upright (x + slant * y, y - slope * (x + slant * y)), and moved to start at the margin
    left, top, right, bottom = bounds(mask, slant, slope)
    x, y = _MARGIN - math.floor(left), _MARGIN - math.floor(top)
    size = math.ceil(right) + x + 1 + _MARGIN, math.ceil(bottom) + y + 1 + _MARGIN
    # the inverse in closed form: the determinant is 1
    kept = 1.0 - slope * slant
    to_work = np.array([[kept, -slant, slant * y - kept * x], [slope, 1.0, -slope * x - y]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    upright = np.asarray(cv2.warpAffine(gray, to_work, size, flags=flags), np.float32)
    to_page = scale.diagonal()[:, None] * to_work
    to_page[:, 2] += scale[:, 2]
    return Ink(upright, upright > INK_THRESHOLD, to_page)
