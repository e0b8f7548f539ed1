"""Two-channel images of candidate segments: the segment alone, and with its context."""

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.image.arrays import InkArray
from segment.oversegmentation.candidates import Candidates
from segment.oversegmentation.normalize import BOX, SIDE

MIN_SIZE = 0.7
"""Size below which candidates are not enlarged further, in text heights: a dot stays smaller than a digit."""


def images_with_context(density: InkArray, candidates: Candidates) -> NDArray[np.uint8]:
    """Scale each candidate, and all ink around it, to an image of 32 x 32 pixels.

    The context shows that a half of a zero is not a 1.

    Args:
        density: (H, W) density of the segmented ink, 0 paper .. 1 full ink.
        candidates: N candidates.

    Returns:
        (N, 2, 32, 32) 0 paper .. 255 ink. Channel 0 has the candidate alone, its box centered and its longer side at
        most 20 pixels. Channel 1 has all ink on the same scale.
    """
    out = np.zeros((len(candidates), 2, SIDE, SIDE), np.uint8)
    if len(candidates) == 0:
        return out
    least = MIN_SIZE * candidates.fragments.height
    spans = np.rint(np.maximum(candidates.boxes[:, 2:].max(axis=1), least) * SIDE / BOX).astype(int).clip(4)
    margin = int(spans.max())
    ink = np.pad(np.rint(density * 255).clip(0, 255).astype(np.uint8), margin)
    ids = np.pad(candidates.fragments.ids, margin, constant_values=-1)
    for n, span in enumerate(spans):
        x, y, w, h = candidates.boxes[n]
        left, top = int(x + (w - span) / 2) + margin, int(y + (h - span) / 2) + margin
        around = ink[top : top + span, left : left + span]
        own = ids[top : top + span, left : left + span]
        alone = around * ((own >= candidates.first[n]) & (own < candidates.last[n]))
        method = cv2.INTER_AREA if span > SIDE else cv2.INTER_LINEAR
        cv2.resize(alone, (SIDE, SIDE), dst=out[n, 0], interpolation=method)
        cv2.resize(around, (SIDE, SIDE), dst=out[n, 1], interpolation=method)
    return out
