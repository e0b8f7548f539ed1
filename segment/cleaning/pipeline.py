"""Cleaning pipeline of a field image: ink extraction, line removal, despeckling, deslanting and deskewing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import cv2
import numpy as np

from segment.cleaning._kernels.shear import sheared_extent
from segment.cleaning.background import INK_THRESHOLD, InkMap, extract_ink
from segment.cleaning.clipped_text import remove_clipped_text
from segment.cleaning.combs import remove_comb
from segment.cleaning.deslant import estimate_skew, estimate_slant
from segment.cleaning.despeckle import remove_specks
from segment.cleaning.faint import LEGIBLE, VISIBLE, extract_faint_ink
from segment.cleaning.form_boxes import remove_form_box
from segment.cleaning.impulses import remove_impulses
from segment.cleaning.lighting import estimate_paper, even_light
from segment.cleaning.polarity import to_dark_on_bright
from segment.cleaning.ruled_lines import remove_ruled_lines
from segment.image.arrays import Flags, Floats, GrayImage, InkArray, Mask
from segment.image.box import Box
from segment.image.components import find_components
from segment.image.config import check_settings
from segment.image.transform import Transform

_SQUARE = np.ones((3, 3), np.uint8)

_MIN_SCALE = 0.5
"""Smallest pixel of the working size, in pixels of the image, at which noise differs from strokes."""

_MARGIN = 2
"""Paper around the cropped ink, pixels."""


@dataclass(frozen=True)
class CleaningConfig:
    """Settings of the cleaning pipeline.

    Attributes:
        max_height: Working height to which taller images are reduced, pixels.
        min_height: Working height to which lower images are enlarged, pixels.
        min_contrast: Lowest difference between ink and paper, gray levels (of 255).
        ruled_lines: Remove printed ruled lines and form boxes.
        max_slant: Largest slant of characters that is corrected, degrees.
        slant_prior: Penalty of slants, see `segment.cleaning.deslant.estimate_slant`.
        max_skew: Largest skew of the text that is corrected, and largest skew of ruled lines, degrees.
        min_speck: Smallest area of a text component, in squared stroke widths.
    """

    max_height: int = 96
    min_height: int = 32
    min_contrast: float = 16.0
    ruled_lines: bool = True
    max_slant: float = 45.0
    slant_prior: float = 0.04
    max_skew: float = 6.0
    min_speck: float = 0.6

    def __post_init__(self) -> None:
        limits = {
            "max_height": (8, 4096),
            "min_contrast": (0, 255),
            "max_slant": (0, 80),
            "slant_prior": (0, 1e6),
        }
        check_settings(self, limits | {"max_skew": (0, 45), "min_speck": (0, 1e6)})
        check_settings(self, {"min_height": (1, self.max_height)})


_DEFAULT = CleaningConfig()


@dataclass(frozen=True, eq=False)
class Ink:
    """Cleaned ink, deslanted, deskewed and cropped.

    Attributes:
        density: (h, w) float32, 0 paper .. 1 full ink.
        mask: (h, w) bool, true on ink.
        to_source: Map to pixels of the image before cleaning.
        corrected: The image before cleaning in even light, dark on bright and without impulse noise; None if it was so.
    """

    density: InkArray
    mask: Mask
    to_source: Transform
    corrected: GrayImage | None = None

    @cached_property
    def empty(self) -> bool:
        """True if there is no ink."""
        return not bool(self.mask.any())


def clean(
    image: GrayImage,
    config: CleaningConfig | None = None,
    field_box: Box | None = None,
) -> Ink:
    """Extract the ink of an amount.

    Args:
        image: (H, W) uint8 crop of the amount, 0 black .. 255 white.
        config: Settings, None for the defaults.
        field_box: Box of the field in an image with a margin around it, pixels. Strokes that leave the field are kept
            whole; components mostly outside it are dropped.

    Returns:
        The ink; `Ink.empty` if nothing is written.
    """
    config = config or _DEFAULT
    capture = _correct_capture(image, config)
    density = _extract_from(capture, config, faint=field_box is None)
    if density is not None and field_box is not None:
        density = _keep_inside_field(density, field_box, capture.scale)
    if density is None:
        height, width = capture.work.shape
        blank = np.zeros((height, width), np.float32), np.zeros((height, width), bool)
        return Ink(*blank, Transform.affine(capture.scale), capture.corrected)
    upright, to_source = _deslant_and_deskew(density, capture.scale, config)
    return Ink(upright, upright > INK_THRESHOLD, to_source, capture.corrected)


def has_faint_ink(image: GrayImage, config: CleaningConfig | None = None) -> bool:
    """Return whether something too faint to be read stands out from the paper of an image without strokes.

    Args:
        image: (H, W) uint8.
        config: Settings, None for the defaults.
    """
    config = config or _DEFAULT
    capture = _correct_capture(image, config)
    if extract_ink(capture.work, config.min_contrast, capture.cells) is not None:
        return False
    return _extract_faint(capture, VISIBLE * config.min_contrast) is not None


class _Capture(NamedTuple):
    """An image in working size, dark on bright in even light.

    Attributes:
        work: (h, w) uint8.
        cells: Paper of `work`, see `estimate_paper`.
        scale: (2, 3) affine map to the original.
        corrected: `work` in the size of the original; None if there was nothing to correct.
    """

    work: GrayImage
    cells: GrayImage
    scale: Floats
    corrected: GrayImage | None


def _correct_capture(image: GrayImage, config: CleaningConfig) -> _Capture:
    """Correct impulse noise, polarity and light of an image, and scale it to working size."""
    denoised = remove_impulses(image)
    raw, scale = _to_working_size(denoised, config)
    upright = to_dark_on_bright(raw)
    cells = estimate_paper(upright)
    # the noise of a strip of few pixels, enlarged, is as smooth as strokes, and lightened as dark
    even = upright if scale[1, 1] < _MIN_SCALE else even_light(upright, cells)
    if even is raw:
        return _Capture(raw, cells, scale, None if denoised is image else denoised)
    corrected = np.asarray(cv2.resize(even, image.shape[::-1]), np.uint8)
    return _Capture(even, cells if even is upright else estimate_paper(even), scale, corrected)


def _extract_from(capture: _Capture, config: CleaningConfig, *, faint: bool) -> InkArray | None:
    """Extract the density of the pen strokes, None if there are none.

    Args:
        capture: The image in working size.
        config: Settings.
        faint: Extract strokes of low contrast on even paper where there are no others. Of the fields of a page, one
            with faint print must not compete with one that is written.
    """
    found = extract_ink(capture.work, config.min_contrast, capture.cells)
    strokes = None if found is None else _select_text(found.density, config)
    if strokes is not None or not faint:
        return strokes
    found = _extract_faint(capture, LEGIBLE * config.min_contrast)
    return None if found is None else _select_text(found.density, config)


def _extract_faint(capture: _Capture, min_contrast: float) -> InkMap | None:
    """Extract faint ink; none from a strip of few pixels, enlarged."""
    if capture.scale[1, 1] < _MIN_SCALE:
        return None
    return extract_faint_ink(capture.work, capture.cells, min_contrast)


def _to_working_size(image: GrayImage, config: CleaningConfig) -> tuple[GrayImage, Floats]:
    """Scale an image to the range of working heights; returns it and the (2, 3) affine map to the original."""
    height, width = image.shape
    # at most fourfold: strips of a few pixels hold no legible writing
    target = min(max(height, min(config.min_height, 4 * height)), config.max_height)
    size = max(1, round(width * target / height)), target
    if size != (width, height):
        shrinks = target < height
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR).astype(
            np.uint8
        )
    across, down = width / size[0], height / size[1]
    return image, np.array([[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2]])


def extract_strokes(work: GrayImage, config: CleaningConfig) -> InkArray | None:
    """Extract the density of the pen strokes alone from an image of working size, None if there are none."""
    found = extract_ink(work, config.min_contrast)
    return None if found is None else _select_text(found.density, config)


def _select_text(ink: InkArray, config: CleaningConfig) -> InkArray | None:
    """Remove ruled lines, form box and specks from the density of ink, None if nothing is left."""
    density, stroke_width = ink, _estimate_stroke_width((ink > INK_THRESHOLD).view(np.uint8))
    if config.ruled_lines:
        max_slope = math.tan(math.radians(config.max_skew))
        density = remove_comb(density, stroke_width)
        density, lines = remove_ruled_lines(density, stroke_width, max_slope)
        if lines:
            density = remove_form_box(density, lines, stroke_width)
            stroke_width = _estimate_stroke_width((density > INK_THRESHOLD).view(np.uint8))
    strokes = remove_clipped_text(remove_specks(density, stroke_width, config.min_speck))
    return strokes if (strokes > INK_THRESHOLD).any() else None


def _keep_inside_field(density: InkArray, field_box: Box, scale: Floats) -> InkArray | None:
    """Keep the components with at least half of their ink in the field, None if there are none."""
    left, top, width, height = field_box
    across, down = scale[0, 0], scale[1, 1]
    within = np.zeros(density.shape, bool)
    rows = slice(round(top / down), round((top + height) / down))
    within[rows, round(left / across) : round((left + width) / across)] = True
    count, ids = find_components(density > INK_THRESHOLD)
    inside = np.bincount(ids[within], minlength=count)
    keep = inside >= 0.5 * np.bincount(ids.ravel(), minlength=count)
    keep[0] = False
    if not keep.any():
        return None
    # soft edges belong to their stroke
    near = cv2.dilate(keep[ids].astype(np.uint8), _SQUARE) > 0
    return np.where(near, density, np.float32(0)).astype(np.float32)


def _estimate_stroke_width(solid: Flags) -> float:
    """Estimate the width of the pen strokes as twice the area by the length of the outline, pixels."""
    eroded = cv2.erode(solid, _SQUARE, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    area = cv2.countNonZero(solid)
    outline = area - cv2.countNonZero(eroded)
    return 2.0 * area / outline if outline else 1.0


def _deslant_and_deskew(
    density: InkArray, scale: Floats, config: CleaningConfig
) -> tuple[InkArray, Transform]:
    """Correct slant and skew in one resampling, and crop to the ink."""
    mask = density > INK_THRESHOLD
    slant = estimate_slant(mask, config.max_slant, config.slant_prior)
    slope = estimate_skew(mask, slant, math.tan(math.radians(config.max_skew)))
    # working (x, y) -> upright (x + slant * y, y - slope * (x + slant * y)), translated to start at the margin
    left, top, right, bottom = sheared_extent(mask, slant, slope)
    x, y = _MARGIN - math.floor(left), _MARGIN - math.floor(top)
    size = math.ceil(right) + x + 1 + _MARGIN, math.ceil(bottom) + y + 1 + _MARGIN
    # inverse in closed form: the determinant is 1
    kept = 1.0 - slope * slant
    to_work = np.array([[kept, -slant, slant * y - kept * x], [slope, 1.0, -slope * x - y]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    upright = np.asarray(cv2.warpAffine(density, to_work, size, flags=flags), np.float32)
    to_source = scale.diagonal()[:, None] * to_work
    to_source[:, 2] += scale[:, 2]
    return upright, Transform.affine(to_source)
