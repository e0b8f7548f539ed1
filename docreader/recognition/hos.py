"""HOS: heuristic over-segmentation, each candidate segment scored by a network (GBL98 sec. V)."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

import gtn
import gtn.nn
from docreader.confidence.temperature import temperature
from docreader.decoding import alphabet
from docreader.decoding.lattice import Lattice, origins
from docreader.decoding.search import Hypothesis
from docreader.errors import ConfigurationError
from docreader.io.records import Character
from docreader.recognition.base import FieldVisual, Recognizer
from docreader.recognition.shape_prior import shape_prior
from models.files import LoadedModel
from models.lenet import LeNet, LeNetConfig
from models.lenet5 import LeNet5, LeNet5Config
from models.segment_scorer import SegmentScorer, SegmentScorerConfig
from segment.image.box import Box
from segment.oversegmentation.context import images_with_context
from segment.oversegmentation.graph import FEATURES, Segmentation, SegmenterConfig, over_segment

TTA_SHEARS = torch.tensor([[[1.0, slant, 0.0], [0.0, 1.0, 0.0]] for slant in (0.0, 0.18, -0.18)])
"""(3, 2, 3) sampling grids of test-time augmentation: upright, and sheared to both sides."""

ScoreSegments = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""From images and features of segments to their scores."""

BATCH = 256
"""Candidate segments scored at once: their feature maps still fit into a processor's cache."""


@dataclass(frozen=True, eq=False)
class SegmentedField:
    """A field as candidate segments."""

    segmentation: Segmentation

    @property
    def empty(self) -> bool:
        """Whether the field has no ink."""
        return self.segmentation.empty

    def visual(self) -> FieldVisual:
        """Return cuts and candidate segments."""
        return FieldVisual(segmentation=self.segmentation)


class HosRecognizer(Recognizer[SegmentedField]):
    """Heuristic over-segmentation with a network that scores candidate segments (GBL98 sec. V).

    Args:
        model: A segment scorer, or a recognizer of the ten digits, to which the shape prior is added.
        device: Device of the network.
        segmenter: Cleaning and over-segmentation.

    Raises:
        ConfigurationError: The model has other classes or other features of shape.
    """

    name = "hos"
    defer_below: tuple[float, ...] = ()

    def __init__(
        self, model: LoadedModel, device: torch.device, segmenter: SegmenterConfig | None = None
    ) -> None:
        module = model.module
        if isinstance(module, LeNet5 | LeNet):
            module = with_shape_prior(module).to(device).eval()
        if not isinstance(module, SegmentScorer):
            raise ConfigurationError(
                f"model {model.name} does not score segments: take a recognizer of the architecture lenet5 or lenet"
            )
        known = module.labels
        if not alphabet.is_alphabet(known):
            raise ConfigurationError(
                f"model {model.name} recognizes {''.join(known)}; a reader needs the ten digits, and may "
                f"have {alphabet.POINT + alphabet.FILLERS} after them, in this order"
            )
        if module.config.features != FEATURES:
            raise ConfigurationError(f"model {model.name} wants other features than {', '.join(FEATURES)}")
        self.segmenter = segmenter or SegmenterConfig()
        self.network = module
        self.recognition = gtn.nn.Recognition(
            SegmentScoring(module, device, temperature(model)), alphabet.encode("".join(module.classes))
        )

    def prepare(self, image: NDArray[np.uint8], field_box: Box | None = None) -> SegmentedField:
        """Clean and over-segment one field, see `docreader.recognition.base.Recognizer`."""
        return SegmentedField(over_segment(image, self.segmenter, field_box))

    def score(self, fields: Sequence[SegmentedField], pass_number: int = 0) -> Lattice:
        """Score the segments of all fields in batches: acceptors whose units are candidate segments."""
        segmentations = [field.segmentation for field in fields]
        # small graphs are searched faster on the CPU than on another device
        graphs = gtn.batch([one.graph for one in segmentations])
        assert graphs.payload is not None  # each arc has its candidate segment
        by_row = replace(graphs, payload=torch.arange(graphs.num_arcs))
        return Lattice(self.recognition(by_row, segmentations), origins(graphs.payload))

    def characters(self, hypothesis: Hypothesis, field: SegmentedField) -> list[Character]:
        """Locate the characters of a hypothesis: the segments of its best path."""
        boxes = field.segmentation.source_boxes()
        return [
            Character(Box(*map(int, boxes[arc.unit])), arc.character, arc.score) for arc in hypothesis.path
        ]


class SegmentScoring(nn.Module):
    """Scores the candidate segments of many fields in batches.

    Args:
        network: Segment scorer.
        device: Device of the network.
        temperature: Divisor of the scores.
    """

    def __init__(self, network: SegmentScorer, device: torch.device, temperature: float) -> None:
        super().__init__()
        # channels last: these convolutions take half the time
        self.network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.device, self.temperature = device, temperature

    def forward(self, segmentations: Sequence[Segmentation]) -> torch.Tensor:
        """Score the segments: (N, classes) log scores on the CPU, nats."""
        channels = self.network.config.channels
        images = torch.from_numpy(np.concatenate([segment_images(one, channels) for one in segmentations]))
        features = torch.from_numpy(np.concatenate([one.features for one in segmentations]))
        score = segment_scoring(self.network)
        scores = [
            score(
                part.to(self.device, memory_format=torch.channels_last).float() / 255,
                shapes.to(self.device),
            ).cpu()
            for part, shapes in zip(torch.split(images, BATCH), torch.split(features, BATCH), strict=True)
        ]
        return torch.cat(scores) / self.temperature


def segment_scoring(network: SegmentScorer) -> ScoreSegments:
    """Choose how segments are scored: a wide recognizer with test-time augmentation, LeNet-5 to the letter without."""
    return partial(shear_tta, network) if network.config.backbone == "wide" else network


def shear_tta(network: SegmentScorer, images: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
    """Score segments with test-time augmentation: the mean of the probabilities over `TTA_SHEARS`.

    Args:
        network: Segment scorer.
        images: (N, channels, 32, 32), 0 paper .. 1 ink.
        features: (N, features) of the same segments.

    Returns:
        (N, classes) log scores, nats.
    """
    posteriors = []
    for shear in TTA_SHEARS.to(images.device):
        grid = F.affine_grid(shear[None], [1, *images.shape[1:]], align_corners=False)
        sheared = F.grid_sample(images, grid.expand(len(images), -1, -1, -1), align_corners=False)
        posteriors.append(network.recognizer.log_posteriors(sheared))
    return network.join(torch.stack(posteriors).logsumexp(0) - math.log(len(posteriors)), features)


def scorer_config(config: LeNet5Config | LeNetConfig) -> SegmentScorerConfig:
    """Derive the configuration of a segment scorer from that of its recognizer of single characters."""
    if config.backbone == "wide":
        return SegmentScorerConfig(
            config.labels,
            FEATURES,
            channels=config.channels,
            maps=config.maps,
            dropout=config.dropout,
            normalization=config.normalization,
        )
    return SegmentScorerConfig(
        config.labels, FEATURES, backbone="lenet5", channels=1, rubbish=config.rubbish, scale=config.scale
    )


def with_shape_prior(recognizer: LeNet5 | LeNet) -> SegmentScorer:
    """Make a segment scorer of a recognizer of single characters and the shape prior."""
    scorer = SegmentScorer(scorer_config(recognizer.config))
    scorer.recognizer = recognizer
    with torch.no_grad():
        scorer.shape.copy_(shape_prior())
    return scorer


def segment_images(segmentation: Segmentation, channels: int) -> NDArray[np.uint8]:
    """Normalize the images of candidate segments: (N, channels, 32, 32), 0 paper .. 255 ink."""
    if channels == 1:
        return np.rint(segmentation.images()[:, None] * 255).astype(np.uint8)
    return images_with_context(segmentation.ink.density, segmentation.candidates)
