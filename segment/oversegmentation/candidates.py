"""Candidate segments: runs of adjacent fragments that may form one character."""

from dataclasses import dataclass, field

import numpy as np

from segment.image.arrays import Floats, Ints, Mask
from segment.image.transform import Transform
from segment.oversegmentation.fragments import FragmentConfig, Fragments, find_fragments


@dataclass(frozen=True)
class CandidateConfig:
    """Limits of candidate segments. Lengths are in units of the text height."""

    fragments: FragmentConfig = field(default_factory=FragmentConfig)
    """Settings of the fragments."""
    max_fragments: int = 6
    """Largest number of fragments in one candidate (K)."""
    max_width: float = 1.6
    """Largest width of a candidate of several fragments."""
    max_gap: float = 0.22
    """Largest gap between two adjacent fragments of one candidate."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """Candidate segments of one image; the arcs of its segmentation graph.

    Node k lies to the left of fragment k; node P, after the last fragment, is final. Candidate n leads from
    ``first[n]`` to ``last[n]`` and consists of the fragments first[n] .. last[n] - 1, so a path uses each fragment once
    (GBL98 sec. V-A).
    """

    fragments: Fragments
    first: Ints
    """(N,) start node of each candidate."""
    last: Ints
    """(N,) end node of each candidate."""
    boxes: Ints
    """(N, 4) x, y, width, height, pixels of the cleaned ink."""
    area: Ints
    """(N,) ink pixels."""
    gap: Floats
    """(N,) widest gap between two fragments, in text heights; 0 for a single fragment."""

    def __len__(self) -> int:
        return len(self.first)

    def mask(self, n: int) -> Mask:
        """Return the (h, w) ink of candidate n within its box."""
        x, y, w, h = self.boxes[n]
        ids = self.fragments.ids[y : y + h, x : x + w]
        inside: Mask = (ids >= self.first[n]) & (ids < self.last[n])
        return inside


def find_candidates(mask: Mask, config: CandidateConfig | None = None) -> Candidates:
    """Over-segment cleaned ink and list the candidate segments.

    Each single fragment is a candidate, so that a path from the first node to the last always exists.

    Args:
        mask: (H, W) ink.
        config: Limits of the candidates, None for the defaults.

    Returns:
        Candidates in order of first and last node; none if there is no ink.
    """
    config = config or CandidateConfig()
    fragments = find_fragments(mask, config.fragments)
    count, boxes = len(fragments), fragments.boxes
    first = np.repeat(np.arange(count), config.max_fragments)
    last = first + np.tile(np.arange(1, config.max_fragments + 1), count)
    inside = last <= count
    first, last = first[inside], last[inside]

    # extent and widest gap of each run, extended by one fragment at a time
    left, top = boxes[first, 0].copy(), boxes[first, 1].copy()
    right, bottom = left + boxes[first, 2], top + boxes[first, 3]
    area = fragments.area[first].copy()
    gap = np.zeros(len(first))
    for extra in range(1, config.max_fragments):
        more = np.flatnonzero(last - first > extra)
        added = first[more] + extra
        gap[more] = np.maximum(gap[more], boxes[added, 0] - right[more])
        left[more] = np.minimum(left[more], boxes[added, 0])
        top[more] = np.minimum(top[more], boxes[added, 1])
        right[more] = np.maximum(right[more], boxes[added, 0] + boxes[added, 2])
        bottom[more] = np.maximum(bottom[more], boxes[added, 1] + boxes[added, 3])
        area[more] += fragments.area[added]
    gap /= fragments.height
    single = last - first == 1
    keep = single | ((right - left <= config.max_width * fragments.height) & (gap <= config.max_gap))
    extent = np.stack([left, top, right - left, bottom - top], axis=1)
    return Candidates(fragments, first[keep], last[keep], extent[keep], area[keep], gap[keep])


def source_boxes(candidates: Candidates, to_source: Transform) -> Ints:
    """Compute the boxes of the candidates in the image before cleaning.

    Each box bounds the mapped pixels of the candidate: a mapped box would be larger, because deslanting shears it.

    Args:
        candidates: N candidates.
        to_source: Map from the cleaned ink to the image.

    Returns:
        (N, 4) x, y, width, height, pixels of the image.
    """
    ids = candidates.fragments.ids
    count = len(candidates.fragments)
    ys, xs = np.nonzero(ids >= 0)
    which = ids[ys, xs]
    matrix = to_source.matrix[:2]
    points = np.stack([xs, ys, np.ones(len(xs))]).T @ matrix.T  # (pixels, 2)
    low, high = np.full((count, 2), np.inf), np.full((count, 2), -np.inf)
    np.minimum.at(low, which, points)
    np.maximum.at(high, which, points)
    # a pixel extends half its side, in the image, around its center
    half = np.sqrt(np.abs(np.linalg.det(matrix[:, :2]))) / 2
    low, high = low + 0.5 - half, high + 0.5 + half
    corners = np.empty((len(candidates), 4))
    for n, (first, last) in enumerate(zip(candidates.first, candidates.last, strict=True)):
        corners[n, :2] = low[first:last].min(axis=0)
        corners[n, 2:] = high[first:last].max(axis=0)
    top_left = np.floor(corners[:, :2] + 1e-6).astype(np.int64)
    return np.concatenate([top_left, np.ceil(corners[:, 2:] - 1e-6).astype(np.int64) - top_left], axis=1)
