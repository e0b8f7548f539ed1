"""From a field's pixels to its segmentation graph: the segmenter as one call."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

import gtn
from segment.cleaning.pipeline import CleaningConfig, Ink, clean
from segment.oversegmentation.candidates import CandidateConfig, Candidates, find_candidates, page_boxes
from segment.oversegmentation.normalize import SIDE, normalize_segment

FEATURES = ("width", "height", "center", "density", "gap", "extra_pieces")
"""Columns of `Segmentation.features`. Lengths are in text heights; `center` is the height of the box's middle over
the bottom of the text (0) in text heights; `density` is the share of the box that is ink."""


@dataclass(frozen=True)
class SegmenterConfig:
    """Cleaning and over-segmentation, as saved in a reader's model file."""

    cleaning: CleaningConfig = field(default_factory=CleaningConfig)
    candidates: CandidateConfig = field(default_factory=CandidateConfig)


@dataclass(frozen=True, eq=False)
class Segmentation:
    """The over-segmented ink of one field."""

    ink: Ink
    candidates: Candidates
    graph: gtn.Graph
    """Segmentation graph (GBL98 sec. V-A): a state per cut, an arc per candidate, the candidate's number as payload."""
    features: NDArray[np.float32]
    """(N, len(FEATURES)) geometry of the candidates."""

    def images(self) -> NDArray[np.float32]:
        """(N, 32, 32) candidates as the recognizer wants them, 0 paper .. 1 ink."""
        out = np.empty((len(self.candidates), SIDE, SIDE), np.float32)
        for n, (x, y, w, h) in enumerate(self.candidates.boxes):
            out[n] = normalize_segment(self.ink.gray[y : y + h, x : x + w] * self.candidates.mask(n))
        return out

    @property
    def empty(self) -> bool:
        """Whether nothing is written."""
        return len(self.candidates) == 0

    def page_boxes(self) -> NDArray[np.int64]:
        """(N, 4) x, y, width, height of the candidates in pixels of the image before cleaning."""
        return page_boxes(self.candidates, self.ink.to_page)


def over_segment(
    image: NDArray[np.uint8],
    config: SegmenterConfig | None = None,
    inner: tuple[int, int, int, int] | None = None,
) -> Segmentation:
    """Clean a field and list its candidate segments.

    Args:
        image: (H, W) gray, 0 black .. 255 white.
        config: how to clean and cut.
        inner: the field itself, where the image shows more, see `segment.cleaning.pipeline.clean`.

    Returns:
        The segmentation; its graph has one state and no arc when the field is blank.
    """
    config = config or SegmenterConfig()
    ink = clean(image, config.cleaning, inner)
    candidates = find_candidates(ink.mask, config.candidates)
    return Segmentation(ink, candidates, segmentation_graph(candidates), describe(candidates))


def segmentation_graph(candidates: Candidates) -> gtn.Graph:
    """A state per cut and an arc per candidate; arcs have no label yet, their payload is the candidate."""
    count = len(candidates)
    return gtn.Graph.from_arcs(
        candidates.first.tolist(),
        candidates.last.tolist(),
        [gtn.EPSILON] * count,
        num_states=len(candidates.pieces) + 1,
        start=[0],
        final=[len(candidates.pieces)],
        payload=list(range(count)),
    )


def describe(candidates: Candidates) -> NDArray[np.float32]:
    """Geometry of each candidate, see `FEATURES`."""
    if len(candidates) == 0:
        return np.zeros((0, len(FEATURES)), np.float32)
    height = candidates.pieces.height
    _, y, w, h = candidates.boxes.astype(np.float64).T
    pieces = candidates.pieces.boxes
    tall = pieces[pieces[:, 3] >= 0.6 * height]
    bottom = float(np.median((tall if len(tall) else pieces)[:, [1, 3]].sum(axis=1)))
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
