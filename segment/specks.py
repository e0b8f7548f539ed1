"""Which pieces of ink are writing: characters, dots and dashes stay, dirt and remains of print go."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.background import INK
from segment.rules import Plane, median

_FAINT_DOT = 0.3
"""Dots are smaller than the blur of a scan, so they come out lighter than the strokes of the same pen."""


_AROUND = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Connected pieces of ink; piece 0 is the paper."""

    labels: NDArray[np.int32]
    left: NDArray[np.int32]
    top: NDArray[np.int32]
    width: NDArray[np.int32]
    height: NDArray[np.int32]
    area: NDArray[np.int32]

    @staticmethod
    def of(mask: NDArray[np.bool_]) -> _Pieces:
        _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
        return _Pieces(np.asarray(labels, np.int32), *np.asarray(stats, np.int32).T)

    @property
    def middle(self) -> NDArray[np.float64]:
        return self.left + self.width / 2

    def characters(self, keep: NDArray[np.bool_], pen: float) -> NDArray[np.int64]:
        """Those of the pieces to keep that are as tall as characters."""
        if not keep.any():
            return np.empty(0, np.int64)
        return np.nonzero(keep & (self.height >= 0.4 * self.height[keep].max()) & (self.height > 2 * pen))[0]


def keep_writing(grey: Plane, pen: float, min_area: float) -> Plane:
    """Keep the ink that is written.

    Args:
        grey: (H, W) ink without rules and frame.
        pen: width of the strokes, pixels.
        min_area: smallest piece that counts, in squares of the pen's width.

    Returns:
        (H, W) ink, 0 .. 1: what is written with its soft flanks, 0 elsewhere.
    """
    pieces = _Pieces.of(grey > INK)
    keep = np.zeros(pieces.area.size, bool)
    keep[pieces.labels[grey > 0.75]] = True
    keep &= pieces.area >= max(3.0, min_area * pen * pen)
    keep[0] = False
    characters = pieces.characters(keep, pen)
    if characters.size:
        keep &= ~_beside_the_line(pieces, keep, characters, pen)
    written = keep.take(pieces.labels)
    # Soft flanks belong to a stroke; what is left of the print between strokes does not.
    around = cv2.dilate(written.view(np.uint8), _AROUND)
    near = around.view(bool)
    out = np.asarray(cv2.copyTo(np.minimum(grey, 1), around), np.float32)
    if characters.size:
        _strengthen_dots(out, grey, near, pieces, characters, pen)
    return out


def _beside_the_line(
    pieces: _Pieces, keep: NDArray[np.bool_], characters: NDArray[np.int64], pen: float
) -> NDArray[np.bool_]:
    """Small pieces wholly below the characters next to them, and flat ones above: remains of rules, captions."""
    out = np.zeros(keep.size, bool)
    size = median(pieces.height[characters])
    small = np.flatnonzero(keep & (pieces.height <= 0.35 * size))
    if not small.size:
        return out
    top, width, height = pieces.top[small], pieces.width[small], pieces.height[small]
    near = _nearest(pieces, characters, pieces.middle[small])
    above = top + height / 2 < pieces.top[near].min(axis=1) - 0.08 * size
    below = top > (pieces.top[near] + pieces.height[near]).max(axis=1) + 0.08 * size
    flat = (width >= 0.8 * size) & (height <= np.maximum(1.5 * pen + 1, 0.2 * width))
    # A mark may hang high, as in 1200'; what counts below the line starts on it.
    out[small] = below | (above & flat)
    return out


def _nearest(pieces: _Pieces, characters: NDArray[np.int64], x: NDArray[np.float64]) -> NDArray[np.int64]:
    """(N, 1 or 2) the characters closest to each of N places."""
    return characters[np.argsort(np.abs(pieces.middle[characters] - x[:, None]), axis=1)[:, :2]]


def _strengthen_dots(
    out: Plane,
    grey: Plane,
    near: NDArray[np.bool_],
    pieces: _Pieces,
    characters: NDArray[np.int64],
    pen: float,
) -> None:
    """Add to `out` the faint dots that stand on the line between characters, as dark as ink."""
    left_over = (grey > _FAINT_DOT) & ~near
    if not left_over.any():
        return
    faint = _Pieces.of(left_over)
    long, short = np.maximum(faint.width, faint.height), np.minimum(faint.width, faint.height)
    square = pen * pen
    dot = (
        (faint.area >= 0.7 * square)
        & (faint.area <= 5 * square)
        & (long <= 2.5 * pen)
        & (long <= 2.2 * short)
    )
    dot[0] = False
    dots = np.flatnonzero(dot)
    if not dots.size:
        return
    size = median(pieces.height[characters])
    inner_left = pieces.left[characters] + 0.2 * pieces.width[characters]
    inner_right = pieces.left[characters] + 0.8 * pieces.width[characters]
    x, y = faint.middle[dots], faint.top[dots] + faint.height[dots] / 2
    bottoms = (pieces.top + pieces.height)[_nearest(pieces, characters, x)]
    on_line = (bottoms.min(axis=1) - 0.35 * size <= y) & (y <= bottoms.max(axis=1) + 0.12 * size)
    inside = ((inner_left < x[:, None]) & (x[:, None] < inner_right)).any(axis=1)
    for piece in dots[on_line & ~inside]:
        pixels = faint.labels == piece
        values = grey[pixels]
        peak = float(values.max())
        if peak >= 0.5:
            share = np.minimum(1, (values - _FAINT_DOT) / (peak - _FAINT_DOT))
            out[pixels] = 0.01 + INK + (0.99 - INK) * share
