"""Segmentation graph of a field image: cleaning, over-segmentation and graph in one call (GBL98 sec. V-A)."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

import gtn
from segment.cleaning.pipeline import CleaningConfig, Ink, clean
from segment.image.arrays import GrayImage, Ints
from segment.image.box import Box
from segment.oversegmentation.candidates import CandidateConfig, Candidates, find_candidates, source_boxes
from segment.oversegmentation.normalize import SIDE, normalize_segment

FEATURES = ("width", "height", "center", "density", "gap", "extra_fragments")
"""Columns of `Segmentation.features`. Lengths are in text heights. `center` is the height of the center of the box over
the baseline, `density` the share of ink in the box, `extra_fragments` the number of fragments beyond the first."""


@dataclass(frozen=True)
class SegmenterConfig:
    """Settings of cleaning and over-segmentation, as saved in model files.

    Attributes:
        cleaning: Settings of the cleaning pipeline.
        candidates: Limits of the candidate segments.
    """

    cleaning: CleaningConfig = field(default_factory=CleaningConfig)
    candidates: CandidateConfig = field(default_factory=CandidateConfig)


@dataclass(frozen=True, eq=False)
class Segmentation:
    """Over-segmented ink of a field.

    Attributes:
        ink: Cleaned ink.
        candidates: N candidate segments.
        graph: Segmentation graph (GBL98 sec. V-A): a state per cut, an arc per candidate, with its index as payload.
        features: (N, len(FEATURES)) geometry of the candidates.
    """

    ink: Ink
    candidates: Candidates
    graph: gtn.Graph
    features: NDArray[np.float32]

    def images(self) -> NDArray[np.float32]:
        """Return the (N, 32, 32) normalized images of the candidates, 0 paper .. 1 ink."""
        out = np.empty((len(self.candidates), SIDE, SIDE), np.float32)
        for n, (x, y, w, h) in enumerate(self.candidates.boxes):
            out[n] = normalize_segment(self.ink.density[y : y + h, x : x + w] * self.candidates.mask(n))
        return out

    @property
    def empty(self) -> bool:
        """True if there is no ink."""
        return len(self.candidates) == 0

    def source_boxes(self) -> Ints:
        """Compute the (N, 4) x, y, width, height of the candidates in pixels of the image before cleaning."""
        return source_boxes(self.candidates, self.ink.to_source)


def over_segment(
    image: GrayImage,
    config: SegmenterConfig | None = None,
    field_box: Box | None = None,
) -> Segmentation:
    """Clean a field and over-segment its ink.

    Args:
        image: (H, W) uint8, 0 black .. 255 white.
        config: Settings, None for the defaults.
        field_box: Box of the field in an image with a margin around it, pixels (`segment.cleaning.pipeline.clean`).

    Returns:
        The segmentation; the graph of a blank field has one state and no arc.
    """
    config = config or SegmenterConfig()
    ink = clean(image, config.cleaning, field_box)
    candidates = find_candidates(ink.mask, config.candidates)
    return Segmentation(ink, candidates, segmentation_graph(candidates), describe(candidates))


def segmentation_graph(candidates: Candidates) -> gtn.Graph:
    """Build the graph with a state per cut and an unlabeled arc per candidate, whose payload is the index."""
    count = len(candidates)
    return gtn.Graph.from_arcs(
        candidates.first.tolist(),
        candidates.last.tolist(),
        [gtn.EPSILON] * count,
        num_states=len(candidates.fragments) + 1,
        start=[0],
        final=[len(candidates.fragments)],
        payload=list(range(count)),
    )


def describe(candidates: Candidates) -> NDArray[np.float32]:
    """Compute the geometric features of the candidates, (N, len(FEATURES))."""
    if len(candidates) == 0:
        return np.zeros((0, len(FEATURES)), np.float32)
    height = candidates.fragments.height
    _, y, w, h = candidates.boxes.astype(np.float64).T
    boxes = candidates.fragments.boxes
    tall = boxes[boxes[:, 3] >= 0.6 * height]
    bottom = float(np.median((tall if len(tall) else boxes)[:, [1, 3]].sum(axis=1)))
    return np.stack(
        [
            w / height,
            h / height,
            (bottom - y - h / 2) / height,
            candidates.area / (w * h),
            candidates.gap,
            candidates.last - candidates.first - 1,
        ],
        axis=1,
    ).astype(np.float32)
