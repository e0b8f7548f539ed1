"""Despeckling: keeps characters, dots and dashes, and removes specks and remnants of print."""

from __future__ import annotations

import cv2
import numpy as np

from segment.cleaning._kernels.component_filter import recover_faint_dots, select_text_components
from segment.cleaning.background import INK_THRESHOLD
from segment.image.arrays import InkArray
from segment.image.components import find_components

_FAINT_DOT = 0.3
"""Lowest density of a dot: dots are smaller than the blur of a scan, and fainter than strokes of the same pen."""

_SQUARE = np.ones((3, 3), np.uint8)


def remove_specks(density: InkArray, stroke_width: float, min_area: float) -> InkArray:
    """Remove all ink that is not text.

    Args:
        density: (H, W) ink density without ruled lines and form box.
        stroke_width: Width of the pen strokes, pixels.
        min_area: Smallest area of a text component, in squared stroke widths.

    Returns:
        (H, W) density of the text with its soft edges, 0 .. 1; 0 elsewhere.
    """
    count, ids = find_components(density > INK_THRESHOLD)
    text, characters = select_text_components(density, ids, count, stroke_width, min_area)
    # soft edges belong to their stroke; the remaining print between strokes does not
    around = cv2.dilate(text, _SQUARE)
    out = np.asarray(cv2.copyTo(np.minimum(density, 1), around), np.float32)
    if len(characters):
        count, ids = find_components((density > _FAINT_DOT) & (around == 0))
        if count > 1:
            recover_faint_dots(out, density, ids, count, characters, stroke_width, _FAINT_DOT, INK_THRESHOLD)
    return out
