"""Training of a segment scorer through the interpretation graph of HOS (GBL98 sec. V and VI)."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

import gtn
from docreader.decoding.lattice import segment_interpretation
from docreader.recognition.hos import ScoreSegments, segment_scoring
from docreader.recognition.shape_prior import shape_prior
from docreader.training.reader.augmentation.segment import augment
from docreader.training.reader.dataset import ExampleFactory
from docreader.training.reader.examples_hos import LabeledSegmentation, SegmentSet, segment_example_factory
from docreader.training.reader.losses_hos import best_texts, segment_loss
from docreader.training.reader.pretrained import copy_weights
from docreader.training.reader.recipe import SegmentAugmentation
from models.segment_scorer import SegmentScorer, SegmentScorerConfig
from segment.oversegmentation.graph import SegmenterConfig

BATCH_SIZE = 64

MAX_SEGMENTS = 90
"""Largest number of candidate segments of a synthesized image; real ones have about 30."""

SHAPE_PRIOR = 0.3
"""Initial weight of the shape prior: enough to separate dashes from digits, small enough to be unlearned."""


@dataclass(frozen=True)
class HosTask:
    """Train a segment scorer.

    Attributes:
        config: Configuration of the network.
        augmentation: Augmentation of candidate segments.
        criterion: Training loss.
        bfloat16: Whether convolutions run in bfloat16.
        seed: Random seed of the augmented copies.
    """

    config: SegmentScorerConfig
    augmentation: SegmentAugmentation
    criterion: str
    bfloat16: bool = False
    seed: int = 1

    def build(self) -> SegmentScorer:
        """Build a network with random weights and a prior of the characters' shapes."""
        network = SegmentScorer(self.config)
        with torch.no_grad():
            # LeNet-5 gets each segment at the same size: shapes alone separate a dash from a 1
            network.shape.copy_(shape_prior(1.0 if self.config.backbone == "lenet5" else SHAPE_PRIOR))
        return network

    def load_pretrained(self, network: SegmentScorer, pretrained: nn.Module) -> None:
        """Copy the weights of a segment scorer, or those of a recognizer of single characters.

        Raises:
            TrainingError: The configurations differ.
        """
        copy_weights(network, pretrained)

    def example_factory(self, *, synthesized: bool = False) -> ExampleFactory[LabeledSegmentation]:
        """Build the factory of over-segmented images; labeled images get augmented copies, too."""
        if synthesized:
            return segment_example_factory(self.config.channels, 0, self.seed, MAX_SEGMENTS)
        return segment_example_factory(self.config.channels, self.augmentation.copies, self.seed)

    def preprocessing(self) -> dict[str, Any]:
        """Return the settings of the over-segmentation."""
        return asdict(SegmenterConfig())

    def epoch_examples(
        self,
        network: SegmentScorer,
        examples: Sequence[LabeledSegmentation],
        device: torch.device,
        rng: np.random.Generator,
    ) -> Sequence[LabeledSegmentation]:
        """Return the examples unchanged: their augmented copies exist already."""
        return examples

    def training_step(
        self,
        network: SegmentScorer,
        batch: Sequence[LabeledSegmentation],
        device: torch.device,
        generator: torch.Generator,
        shard: slice = slice(None),
    ) -> tuple[Tensor, list[str]]:
        """Compute the loss of one augmented variant of each image of a shard, and decode its best path."""
        drawn = torch.rand(len(batch), generator=generator, device=generator.device)
        variants = [
            example.variants[int(value * len(example.variants))]
            for example, value in zip(batch, drawn.tolist(), strict=True)
        ]
        counts = torch.tensor([len(variant.images) for variant in variants])
        images, features = _stack(variants, generator.device)
        owner = torch.repeat_interleave(torch.arange(len(variants)), counts).to(generator.device)
        images = augment(images, owner, self.augmentation, generator)
        first, last, _ = shard.indices(len(variants))
        rows = slice(int(counts[:first].sum()), int(counts[:last].sum()))
        images, features, owner = images[rows], features[rows], owner[rows] - first
        batch, variants = batch[shard], variants[shard]
        images = images.to(device, memory_format=torch.channels_last)
        with torch.autocast(device.type, torch.bfloat16, enabled=self.bfloat16):
            scores = network(images, features.to(device))
        # graphs of some thirty arcs are faster on the CPU, even if the network is on a GPU
        scores = scores.float().cpu()
        if not bool(torch.isfinite(scores.detach()).all()):
            sums = torch.zeros(len(variants)).index_add(0, owner.cpu(), scores.detach().sum(1))
            return torch.where(torch.isfinite(sums), 0.0, torch.nan), [""] * len(batch)
        loss = segment_loss(batch, variants, scores, network.classes, self.criterion)
        return loss, best_texts(batch, variants, scores.detach(), network.classes)

    @torch.inference_mode()
    def read(
        self, network: SegmentScorer, examples: Sequence[LabeledSegmentation], device: torch.device
    ) -> tuple[Tensor, list[str]]:
        """Compute the losses, and decode the best paths, without augmentation and grammar."""
        network.eval()
        losses, texts = [], []
        for first in range(0, len(examples), BATCH_SIZE):
            some = examples[first : first + BATCH_SIZE]
            segments = [example.variants[0] for example in some]
            scores = _score(network, segments, device)
            losses.append(segment_loss(some, segments, scores, network.classes, self.criterion))
            texts += best_texts(some, segments, scores, network.classes)
        return torch.cat(losses), texts

    @torch.inference_mode()
    def calibration_graphs(
        self, network: SegmentScorer, examples: Sequence[LabeledSegmentation]
    ) -> list[Callable[[float], gtn.Graph]]:
        """Return the interpretation graphs of the images, on the CPU, with test-time augmentation."""
        segments = [example.variants[0] for example in examples]
        graph, scoring, cpu = (
            gtn.batch([s.graph for s in segments]),
            segment_scoring(network),
            torch.device("cpu"),
        )
        chunks = [segments[at : at + BATCH_SIZE] for at in range(0, len(segments), BATCH_SIZE)]
        scores = torch.cat([_score(scoring, chunk, cpu) for chunk in chunks])
        return [lambda temperature: segment_interpretation(graph, scores / temperature, network.classes)]


def _stack(segments: Sequence[SegmentSet], device: torch.device) -> tuple[Tensor, Tensor]:
    images = torch.from_numpy(np.concatenate([some.images for some in segments])).to(device).float() / 255
    return images, torch.from_numpy(np.concatenate([some.features for some in segments])).to(device)


def _score(scoring: ScoreSegments, segments: Sequence[SegmentSet], device: torch.device) -> Tensor:
    images, features = _stack(segments, device)
    return scoring(images.contiguous(memory_format=torch.channels_last), features).float().cpu()
