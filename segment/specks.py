"""Which pieces of ink are writing: characters, dots and dashes stay, dirt and remains of print go."""

from __future__ import annotations

import cv2
import numpy as np

from segment.background import INK
from segment.piece_table import connect
from segment.rules import Plane
from segment.written_pieces import faint_dots, find_written

_FAINT_DOT = 0.3
"""Dots are smaller than the blur of a scan, so they come out lighter than the strokes of the same pen."""

_AROUND = np.ones((3, 3), np.uint8)


def keep_writing(grey: Plane, pen: float, min_area: float) -> Plane:
    """Keep the ink that is written.

    Args:
        grey: (H, W) ink without rules and frame.
        pen: width of the strokes, pixels.
        min_area: smallest piece that counts, in squares of the pen's width.

    Returns:
        (H, W) ink, 0 .. 1: what is written with its soft flanks, 0 elsewhere.
    """
    count, labels = connect(grey > INK)
    written, characters = find_written(grey, labels, count, pen, min_area)
    # Soft flanks belong to a stroke; what is left of the print between strokes does not.
    around = cv2.dilate(written, _AROUND)
    out = np.asarray(cv2.copyTo(np.minimum(grey, 1), around), np.float32)
    if len(characters):
        count, labels = connect((grey > _FAINT_DOT) & (around == 0))
        if count > 1:
            faint_dots(out, grey, labels, count, characters, pen, _FAINT_DOT, INK)
    return out
