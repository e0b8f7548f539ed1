"""A candidate segment together with what stands around it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.oversegmentation.candidates import Candidates
from segment.oversegmentation.normalize import BOX, SIDE

LEAST = 0.7
"""Candidates smaller than this many text heights are not enlarged further: a dot stays smaller than a digit."""


def images_in_line(gray: NDArray[np.float32], candidates: Candidates) -> NDArray[np.uint8]:
    """Pictures of candidates, each beside a picture of all the ink around it on the same scale.

    Half a zero is a good 1 or a 2 when it stands alone; next to its other half it is half a zero.

    Args:
        gray: (H, W) the ink that the candidates were cut from, 0 paper .. 1 full ink.
        candidates: N candidates.

    Returns:
        (N, 2, 32, 32) 0 paper .. 255 ink. First the candidate alone, the middle of its box in the middle of the
        picture, its longer side at most 20 pixels; then everything.
    """
    out = np.zeros((len(candidates), 2, SIDE, SIDE), np.uint8)
    if len(candidates) == 0:
        return out
    least = LEAST * candidates.pieces.height
    spans = np.rint(np.maximum(candidates.boxes[:, 2:].max(axis=1), least) * SIDE / BOX).astype(int).clip(4)
    margin = int(spans.max())
    ink = np.pad(np.rint(gray * 255).clip(0, 255).astype(np.uint8), margin)
    pieces = np.pad(candidates.pieces.labels, margin, constant_values=-1)
    for n, span in enumerate(spans):
        x, y, w, h = candidates.boxes[n]
        left, top = int(x + (w - span) / 2) + margin, int(y + (h - span) / 2) + margin
        around = ink[top : top + span, left : left + span]
        own = pieces[top : top + span, left : left + span]
        alone = around * ((own >= candidates.first[n]) & (own < candidates.last[n]))
        method = cv2.INTER_AREA if span > SIDE else cv2.INTER_LINEAR
        cv2.resize(alone, (SIDE, SIDE), dst=out[n, 0], interpolation=method)
        cv2.resize(around, (SIDE, SIDE), dst=out[n, 1], interpolation=method)
    return out
