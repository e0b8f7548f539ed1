"""Image quality assessment of a check: three-valued conditions as in record 54 of X9.100-187."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.image.arrays import GrayImage
from segment.page.overview import WIDTH, Overview

Flag = Literal[0, 1, 2]
"""0 not tested, 1 condition present, 2 condition absent."""

NOT_TESTED: Flag = 0
PRESENT: Flag = 1
ABSENT: Flag = 2

TOO_DARK, TOO_LIGHT = 95.0, 22.0
"""Gray level of paper below which a page is too dark; contrast of ink below which it is too light."""

MAX_SKEW = 3.0
"""Degrees."""

MIN_WIDTH, MIN_HEIGHT = 500, 200
"""Pixels: a check of 6 inches at 83 dots to the inch. 200 to the inch are the clearing standard."""

BLURRED = 0.36
"""Smallest share of the ink's contrast in the steepest step between neighboring pixels; less is out of focus. Sharp
scans have 0.5 and more; a blur of two pixels at a width of 1600 leaves 0.3 to 0.45, of three 0.25 to 0.35."""

STREAK = 0.9
"""Smallest share of the page's width or height that a scanner streak runs along."""


_CHARACTER = 9, 200
"""Smallest and largest component that may be a character or part of a word, pixels of the overview."""


@dataclass(frozen=True)
class Quality:
    """Conditions of an image; each is 0 not tested, 1 present, 2 absent.

    Attributes:
        too_light: Low contrast between ink and paper.
        too_dark: Paper nearly as dark as ink.
        skew: Rotation by more than 3 degrees.
        too_small: Too few pixels to read a check.
        out_of_focus: Soft edges of strokes.
        streaks: A line along the whole page, as from dirt on the scanner's glass.
        cut_off: Writing or print that runs over the border of the image.
    """

    too_light: Flag = NOT_TESTED
    too_dark: Flag = NOT_TESTED
    skew: Flag = NOT_TESTED
    too_small: Flag = NOT_TESTED
    out_of_focus: Flag = NOT_TESTED
    streaks: Flag = NOT_TESTED
    cut_off: Flag = NOT_TESTED

    def to_dict(self) -> dict[str, int]:
        """Return the conditions by name."""
        return asdict(self)


def assess(page: GrayImage, overview: Overview, skew: float = 0.0) -> Quality:
    """Assess the image of a whole check.

    Args:
        page: (H, W) uint8.
        overview: Overview of this page.
        skew: Skew of the page before deskewing, degrees.
    """
    height, width = page.shape
    paper = float(np.percentile(page[:: max(1, height // 200), :: max(1, width // 400)], 75))
    small = _flag(width < MIN_WIDTH or height < MIN_HEIGHT)
    dark = _flag(paper < TOO_DARK)
    if overview.ink is None:
        return Quality(too_light=PRESENT, too_dark=dark, too_small=small)
    return Quality(
        too_light=_flag(overview.contrast < TOO_LIGHT),
        too_dark=dark,
        skew=_flag(abs(skew) > MAX_SKEW),
        too_small=small,
        out_of_focus=_flag(_sharpness(page, overview) < BLURRED),
        streaks=_flag(_has_streak(page)),
        cut_off=_flag(_runs_out(overview)),
    )


def _flag(present: bool) -> Flag:
    return PRESENT if present else ABSENT


def _sharpness(page: GrayImage, overview: Overview) -> float:
    """Measure the steepest steps between neighboring pixels as a share of the ink's contrast.

    Measured at no more than twice the width of the overview, so that fine scans are not taken for soft ones.
    """
    width = page.shape[1]
    if width > 2 * WIDTH:
        size = 2 * WIDTH, max(1, round(page.shape[0] * 2 * WIDTH / width))
        page = np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), np.uint8)
    steps = np.abs(np.diff(page[:, ::1].astype(np.int16), axis=1))
    steepest = np.percentile(steps[steps > 4], 97) if (steps > 4).any() else 0.0
    return float(steepest) / max(overview.contrast, 1.0)


def _has_streak(page: GrayImage) -> bool:
    """Return whether a thin line runs from border to border, straight along rows or columns."""
    return _streak_along(page) or _streak_along(np.ascontiguousarray(page.T))


def _streak_along(page: GrayImage) -> bool:
    """Return whether a row differs from its neighborhood by the same amount along nearly the whole width."""
    if page.shape[0] < 20:
        return False
    thin = cv2.resize(page, (min(page.shape[1], 400), page.shape[0]), interpolation=cv2.INTER_AREA).astype(
        np.int16
    )
    inner = thin[4:-4]
    around = [thin[4 + step : thin.shape[0] - 4 + step] for step in (-4, 4)]
    darker = np.minimum(around[0] - inner, around[1] - inner)
    lighter = np.minimum(inner - around[0], inner - around[1])
    steady: NDArray[np.float64] = np.maximum((darker > 6).mean(axis=1), (lighter > 6).mean(axis=1))
    edge = max(2, round(0.06 * len(steady)))  # the border of a form is not a streak
    return bool((steady[edge:-edge] >= STREAK).any())


def _runs_out(overview: Overview) -> bool:
    """Return whether characters touch the border of the image; print as fine as a form's edge does not count."""
    assert overview.ink is not None  # callers check for a blank page first
    rows, columns = overview.ink.shape
    x, y, w, h, _ = overview.components.T
    touching = (x == 0) | (y == 0) | (x + w == columns) | (y + h == rows)
    sized = (np.minimum(w, h) >= _CHARACTER[0]) & (np.maximum(w, h) <= _CHARACTER[1])
    return int(np.count_nonzero(touching & sized)) >= 2
