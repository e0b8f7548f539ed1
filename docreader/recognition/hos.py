"""Reading by heuristic over-segmentation: cut the ink, score every candidate segment, join them in a graph."""

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

import gtn
from docreader.confidence.temperature import temperature
from docreader.decoding import alphabet
from docreader.decoding.lattice import interpretation, typical_shapes
from docreader.decoding.search import Hypothesis
from docreader.errors import ConfigurationError
from docreader.io.records import Character
from docreader.recognition.cascade import Pass
from models.files import LoadedModel
from models.lenet import LeNet, LeNetConfig
from models.lenet5 import LeNet5
from models.segment_scorer import SegmentScorer, SegmentScorerConfig
from segment.oversegmentation.context import images_with_context
from segment.oversegmentation.graph import FEATURES, Segmentation, SegmenterConfig, over_segment

VIEWS = torch.tensor([[[1.0, slant, 0.0], [0.0, 1.0, 0.0]] for slant in (0.0, 0.18, -0.18)])
"""(views, 2, 3) where a pixel of a view comes from: as it is, and slanted both ways."""

Look = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""Scores of segments by their pictures and features."""

BATCH = 256
"""Candidate segments that the recognizer sees at once: their maps still fit into a processor's cache."""


class HosRecognizer:
    """Heuristic over-segmentation with a recognizer of single characters (GBL98 sec. V).

    Args:
        model: a reader of segments, or a recognizer of the ten digits, to which shapes as they mostly are get added.
        device: where it computes.
        segmenter: how to clean and cut.

    Raises:
        ConfigurationError: the model recognizes other characters, or wants other features of shape.
    """

    name = "hos"

    def __init__(
        self, model: LoadedModel, device: torch.device, segmenter: SegmenterConfig | None = None
    ) -> None:
        module = model.module
        if isinstance(module, LeNet5 | LeNet):
            module = with_shapes(module).to(device).eval()
        if not isinstance(module, SegmentScorer):
            raise ConfigurationError(
                f"model {model.name} does not score segments: take a recognizer of the architecture lenet5 or lenet"
            )
        known = module.labels
        if known != tuple(c for c in alphabet.CHARACTERS if c in known) or not set(alphabet.DIGITS) <= set(
            known
        ):
            raise ConfigurationError(
                f"model {model.name} recognizes {''.join(known)}; a reader needs the ten digits, and may "
                f"have {alphabet.POINT + alphabet.FILLERS} after them, in this order"
            )
        if module.config.features != FEATURES:
            raise ConfigurationError(f"model {model.name} wants other features than {', '.join(FEATURES)}")
        self.device = device
        self.segmenter = segmenter or SegmenterConfig()
        # The maps of each pixel beside one another: such convolutions take half the time.
        self.network = module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.temperature = temperature(model)

    def prepare(
        self, image: NDArray[np.uint8], inner: tuple[int, int, int, int] | None = None
    ) -> Segmentation:
        """Clean and over-segment one field, on the CPU.

        Args:
            image: (H, W) gray, 0 black .. 255 white.
            inner: the field itself, where the image shows more, see `segment.cleaning.pipeline.clean`.
        """
        return over_segment(image, self.segmenter, inner)

    @property
    def stages(self) -> tuple[Pass, ...]:
        """One look at every field."""
        return (Pass(self.interpret),)

    def interpret(self, fields: Sequence[Segmentation]) -> gtn.Graph:
        """Score the segments of all fields in one call.

        Returns:
            An interpretation graph for each field, on the CPU: acceptors over `alphabet.INPUT_SYMBOLS`. An arc's
            payload is the candidate segment it reads.
        """
        images = torch.from_numpy(
            np.concatenate([pictures(field, self.network.config.channels) for field in fields])
        )
        features = torch.from_numpy(np.concatenate([field.features for field in fields]))
        # The graphs are small: searching them is faster on the CPU than to feed another device with them.
        graphs = gtn.batch([field.graph for field in fields])
        look = segment_scoring(self.network)
        parts = [
            look(
                some.to(self.device, memory_format=torch.channels_last).float() / 255, shapes.to(self.device)
            ).cpu()
            for some, shapes in zip(torch.split(images, BATCH), torch.split(features, BATCH), strict=True)
        ]
        return interpretation(graphs, torch.cat(parts) / self.temperature, self.network.classes)

    def segments(self, answer: Hypothesis, field: Segmentation) -> list[Character]:
        """Where the characters of an answer stand, in pixels of the field: its best path."""
        boxes = field.source_boxes()
        found = []
        for step in answer.path:
            x, y, w, h = (int(value) for value in boxes[step.segment])
            found.append(Character((x, y, w, h), step.character, step.score))
        return found


def segment_scoring(network: SegmentScorer) -> Look:
    """How segments are scored: by a wide recognizer from all sides, by LeNet-5 to the letter as they are."""
    return partial(shear_tta, network) if isinstance(network.recognizer, LeNet) else network


def shear_tta(network: SegmentScorer, images: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
    """Score segments as they are and slanted to both sides: the mean of the probabilities.

    Args:
        network: Scores them.
        images: (N, channels, 32, 32), 0 paper .. 1 ink.
        features: (N, features) of the same segments.

    Returns:
        (N, len(network.classes)) log scores, nats.
    """
    seen = []
    for view in VIEWS.to(images.device):
        grid = F.affine_grid(view[None], [1, *images.shape[1:]], align_corners=False)
        turned = F.grid_sample(images, grid.expand(len(images), -1, -1, -1), align_corners=False)
        seen.append(network.recognizer.log_posteriors(turned))
    return network.join(torch.stack(seen).logsumexp(0) - math.log(len(seen)), features)


def form_around(recognizer: LeNet5 | LeNet) -> SegmentScorerConfig:
    """The form of a reader of segments that a recognizer of single characters fits in."""
    config = recognizer.config
    if isinstance(config, LeNetConfig):
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


def with_shapes(recognizer: LeNet5 | LeNet) -> SegmentScorer:
    """A recognizer of single characters as a reader of segments, with shapes as they mostly are."""
    reader = SegmentScorer(form_around(recognizer))
    reader.recognizer = recognizer
    with torch.no_grad():
        reader.shape.copy_(typical_shapes())
    return reader


def pictures(field: Segmentation, channels: int) -> NDArray[np.uint8]:
    """(N, channels, 32, 32) pictures of a field's candidates, 0 paper .. 255 ink, in as many as a network wants."""
    if channels == 1:
        return np.rint(field.images()[:, None] * 255).astype(np.uint8)
    return images_with_context(field.ink.density, field.candidates)
