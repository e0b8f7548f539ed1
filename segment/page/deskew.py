"""Checks that lie askew on the scanner turned straight, and boxes brought back to the page as it was."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.io.grayscale import GrayImage
from segment.page.analysis import Overview

MOST = 8.0
"""Degrees that are looked for."""

LEAST = 0.7
"""Degrees that location and cleaning put up with."""

_WIDTH = 500
"""Pixels in which the angle is measured."""


@dataclass(frozen=True, eq=False)
class Upright:
    """A page turned straight, or laid flat.

    Attributes:
        image: (H, W) uint8.
        to_page: (3, 3) float64, takes (x, y, 1) in its pixels to pixels of the page, times a third number.
    """

    image: GrayImage
    to_page: NDArray[np.float64]

    def box_on_page(self, box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
        """The smallest box of the page that holds a box of the image."""
        x, y, w, h = box
        corners = np.array([[x, x + w, x, x + w], [y, y, y + h, y + h], [1.5] * 4]) - 0.5
        found = self.to_page @ corners
        found = found[:2] / found[2] + 0.5
        low = np.floor(found.min(axis=1) + 1e-6)
        size = np.ceil(found.max(axis=1) - 1e-6) - low
        return int(low[0]), int(low[1]), int(size[0]), int(size[1])


def page_skew(overview: Overview) -> float:
    """How far a page is turned, degrees clockwise: where its lines of writing and rules fall into the fewest rows.

    0 where nothing is on it.
    """
    if overview.ink is None:
        return 0.0
    height, width = overview.ink.shape
    size = _WIDTH, max(1, round(height * _WIDTH / width))
    small = np.asarray(
        cv2.resize(np.minimum(overview.ink, 1), size, interpolation=cv2.INTER_AREA), np.float32
    )
    coarse = np.arange(-MOST, MOST + 0.1, 1.0)
    best = float(coarse[int(np.argmax([_gathered(small, angle) for angle in coarse]))])
    fine = best + np.arange(-0.8, 0.81, 0.2)
    return float(fine[int(np.argmax([_gathered(small, angle) for angle in fine]))])


def _gathered(ink: NDArray[np.float32], angle: float) -> float:
    """How unevenly ink falls into rows when the page is turned back by an angle; each column is moved as a whole."""
    height, width = ink.shape
    shear = np.array(
        [[1.0, 0.0, 0.0], [-np.tan(np.deg2rad(angle)), 1.0, np.tan(np.deg2rad(angle)) * width / 2]]
    )
    moved = cv2.warpAffine(ink, shear, (width, height), flags=cv2.INTER_LINEAR)
    return float(np.square(moved.sum(axis=1)).sum())


def after(first: Upright | None, second: Upright) -> Upright:
    """Two changes of a page as one, the second made to the image of the first."""
    return second if first is None else Upright(second.image, first.to_page @ second.to_page)


def turn(page: GrayImage, angle: float) -> Upright:
    """Turn a page back by an angle around its middle; what comes in at the corners repeats the border.

    Args:
        page: (H, W) uint8.
        angle: degrees clockwise that it is turned by.
    """
    height, width = page.shape
    to_image = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1.0)
    image = cv2.warpAffine(
        page, to_image, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    back = np.vstack([cv2.invertAffineTransform(to_image), [0.0, 0.0, 1.0]])
    return Upright(np.asarray(image, np.uint8), np.asarray(back, np.float64))
