"""Candidate segments: runs of neighboring pieces that may be one character, and the segmentation graph over them."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from segment.oversegmentation.fragments import PieceConfig, Pieces, find_pieces


@dataclass(frozen=True)
class CandidateConfig:
    """Which runs of pieces are candidates. Lengths are in units of the text height."""

    pieces: PieceConfig = field(default_factory=PieceConfig)
    max_pieces: int = 6
    """Pieces in one candidate, at most (K)."""
    max_width: float = 1.6
    """Width of a candidate of several pieces, at most."""
    max_gap: float = 0.22
    """Empty columns between two neighboring pieces of one candidate, at most."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """Candidate segments of one image; the arcs of its segmentation graph.

    Node k stands left of piece k; node P, after the last piece, is final. Candidate n leads from ``first[n]`` to
    ``last[n]`` and holds the pieces first[n] .. last[n] - 1, so a path uses each piece of ink once (GBL98 sec. V-A).
    """

    pieces: Pieces
    first: NDArray[np.int64]
    """(N,) node that the candidate leaves."""
    last: NDArray[np.int64]
    """(N,) node that it enters."""
    boxes: NDArray[np.int64]
    """(N, 4) x, y, width, height in pixels of the cleaned ink."""
    area: NDArray[np.int64]
    """(N,) ink pixels."""
    gap: NDArray[np.float64]
    """(N,) widest gap between two of its pieces, in text heights; 0 for a single piece."""

    def __len__(self) -> int:
        return len(self.first)

    def mask(self, n: int) -> NDArray[np.bool_]:
        """(h, w) ink of candidate n within its box."""
        x, y, w, h = self.boxes[n]
        labels = self.pieces.labels[y : y + h, x : x + w]
        inside: NDArray[np.bool_] = (labels >= self.first[n]) & (labels < self.last[n])
        return inside


def find_candidates(mask: NDArray[np.bool_], config: CandidateConfig | None = None) -> Candidates:
    """Over-segment cleaned ink and list the candidate segments.

    Every single piece is a candidate, so that there is always a path from the first node to the last.

    Args:
        mask: (H, W) ink.
        config: bounds of the candidates.

    Returns:
        Candidates ordered by first and last node; none when there is no ink.
    """
    config = config or CandidateConfig()
    pieces = find_pieces(mask, config.pieces)
    count, boxes = len(pieces), pieces.boxes
    first = np.repeat(np.arange(count), config.max_pieces)
    last = first + np.tile(np.arange(1, config.max_pieces + 1), count)
    inside = last <= count
    first, last = first[inside], last[inside]

    # Extent and widest gap of each run, one more piece at a time.
    left, top = boxes[first, 0].copy(), boxes[first, 1].copy()
    right, bottom = left + boxes[first, 2], top + boxes[first, 3]
    area = pieces.area[first].copy()
    gap = np.zeros(len(first))
    for extra in range(1, config.max_pieces):
        more = np.flatnonzero(last - first > extra)
        added = first[more] + extra
        gap[more] = np.maximum(gap[more], boxes[added, 0] - right[more])
        left[more] = np.minimum(left[more], boxes[added, 0])
        top[more] = np.minimum(top[more], boxes[added, 1])
        right[more] = np.maximum(right[more], boxes[added, 0] + boxes[added, 2])
        bottom[more] = np.maximum(bottom[more], boxes[added, 1] + boxes[added, 3])
        area[more] += pieces.area[added]
    gap /= pieces.height
    single = last - first == 1
    keep = single | ((right - left <= config.max_width * pieces.height) & (gap <= config.max_gap))
    extent = np.stack([left, top, right - left, bottom - top], axis=1)
    return Candidates(pieces, first[keep], last[keep], extent[keep], area[keep], gap[keep])


def page_boxes(candidates: Candidates, to_page: NDArray[np.float64]) -> NDArray[np.int64]:
    """Boxes of the candidates before skew and slant were corrected.

    The box is taken around each piece's own corrected pixels, row by row: the corners of a sheared box would lie far
    outside the character.

    Returns:
        (N, 4) x, y, width, height in page pixels.
    """
    labels = candidates.pieces.labels
    count = len(candidates.pieces)
    ys, xs = np.nonzero(labels >= 0)
    which = labels[ys, xs]
    points = np.stack([xs, ys, np.ones(len(xs))]).T @ to_page.T  # (pixels, 2)
    low, high = np.full((count, 2), np.inf), np.full((count, 2), -np.inf)
    np.minimum.at(low, which, points)
    np.maximum.at(high, which, points)
    # A pixel reaches half its side, on the page, around its center.
    half = np.sqrt(np.abs(np.linalg.det(to_page[:, :2]))) / 2
    low, high = low + 0.5 - half, high + 0.5 + half
    corners = np.empty((len(candidates), 4))
    for n, (first, last) in enumerate(zip(candidates.first, candidates.last, strict=True)):
        corners[n, :2] = low[first:last].min(axis=0)
        corners[n, 2:] = high[first:last].max(axis=0)
    top_left = np.floor(corners[:, :2] + 1e-6).astype(np.int64)
    return np.concatenate([top_left, np.ceil(corners[:, 2:] - 1e-6).astype(np.int64) - top_left], axis=1)
