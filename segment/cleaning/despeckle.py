"""Which pieces of ink are writing: characters, dots and dashes stay, dirt and remains of print go."""

from __future__ import annotations

import cv2
import numpy as np

from segment.cleaning._kernels.component_filter import faint_dots, select_text_components
from segment.cleaning.background import INK_THRESHOLD
from segment.cleaning.ruled_lines import InkArray
from segment.image.components import connect

_FAINT_DOT = 0.3
"""Dots are smaller than the blur of a scan, so they come out lighter than the strokes of the same pen."""

_AROUND = np.ones((3, 3), np.uint8)


def remove_specks(gray: InkArray, pen: float, min_area: float) -> InkArray:
    """Keep the ink that is written.

    Args:
        gray: (H, W) ink without rules and frame.
        pen: width of the strokes, pixels.
        min_area: smallest piece that counts, in squares of the pen's width.

    Returns:
        (H, W) ink, 0 .. 1: what is written with its soft flanks, 0 elsewhere.
    """
    count, labels = connect(gray > INK_THRESHOLD)
    written, characters = select_text_components(gray, labels, count, pen, min_area)
    # Soft flanks belong to a stroke; what is left of the print between strokes does not.
    around = cv2.dilate(written, _AROUND)
    out = np.asarray(cv2.copyTo(np.minimum(gray, 1), around), np.float32)
    if len(characters):
        count, labels = connect((gray > _FAINT_DOT) & (around == 0))
        if count > 1:
            faint_dots(out, gray, labels, count, characters, pen, _FAINT_DOT, INK_THRESHOLD)
    return out
