"""Training of a space displacement neural network through its score sequence (GBL98 sec. VII)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

import gtn
from docreader.decoding.alphabet import OTHER
from docreader.decoding.lattice import Lattice
from docreader.decoding.score_sequence import sequence_interpretation
from docreader.recognition.line_views import tta_views
from docreader.recognition.sdnn import collate, score_padded
from docreader.training.reader.augmentation.line import augment
from docreader.training.reader.augmentation.recombination import CharacterRun, recombine
from docreader.training.reader.dataset import ExampleFactory
from docreader.training.reader.examples_sdnn import LabeledLineImage, make_line_example
from docreader.training.reader.losses_sdnn import collapse, greedy_runs, line_loss
from docreader.training.reader.pretrained import copy_weights
from docreader.training.reader.recipe import LineAugmentation
from docreader.training.reader.transcription import min_time_steps, to_classes
from models.lenet5_sdnn import LeNet5SDNN
from models.line_recognizers import LineRecognizer, LineRecognizerConfig, packed
from models.sdnn import SDNN, STRIDE
from segment.line_image import LineConfig

BATCH_SIZE = 64


@dataclass(frozen=True)
class SdnnTask:
    """Train a line recognizer.

    Attributes:
        config: Configuration of the network.
        augmentation: Augmentation of line images.
        criterion: Training loss.
        bfloat16: Whether convolutions run in bfloat16.
        line: Format of the line images.
    """

    config: LineRecognizerConfig
    augmentation: LineAugmentation
    criterion: str
    bfloat16: bool
    line: LineConfig

    def build(self) -> LineRecognizer:
        """Build a network with random weights."""
        return SDNN(self.config) if self.config.backbone == "wide" else LeNet5SDNN(self.config)

    def load_pretrained(self, network: LineRecognizer, pretrained: nn.Module) -> None:
        """Copy the weights of a line recognizer, or those of a LeNet-5 into its fully convolutional form.

        Raises:
            TrainingError: The configurations differ.
        """
        copy_weights(network, pretrained)

    def example_factory(self, *, synthesized: bool = False) -> ExampleFactory[LabeledLineImage]:
        """Build the factory of line images; labeled images get the views of test-time augmentation, too."""
        return partial(make_line_example, views=(self.line,) if synthesized else tta_views(self.line))

    def preprocessing(self) -> dict[str, Any]:
        """Return the format of the line images."""
        return asdict(self.line)

    @torch.inference_mode()
    def epoch_examples(
        self,
        network: LineRecognizer,
        examples: Sequence[LabeledLineImage],
        device: torch.device,
        rng: np.random.Generator,
    ) -> Sequence[LabeledLineImage]:
        """Recombine some lines, cut at the gaps between the characters that the network decodes."""
        if not self.augmentation.recombined:
            return examples
        found: list[Sequence[CharacterRun] | None] = [None] * len(examples)
        for chunk, scores, lengths in _score(network, examples, device):
            runs = greedy_runs(scores, lengths, [examples[number] for number in chunk], network.labels)
            for number, some, text in zip(chunk, runs, collapse(runs), strict=True):
                if text == examples[number].text:
                    found[number] = some
        return recombine(examples, found, self.augmentation.recombined, rng)

    def training_step(
        self,
        network: LineRecognizer,
        batch: Sequence[LabeledLineImage],
        device: torch.device,
        generator: torch.Generator,
        shard: slice = slice(None),
    ) -> tuple[Tensor, list[str]]:
        """Compute the loss of each augmented line of a shard, and decode the best class of each time step."""
        images, _ = collate([line.image for line in batch])
        widths = torch.tensor([line.size for line in batch])
        min_widths = torch.tensor([STRIDE * min_time_steps(line.target) for line in batch])
        images, widths, min_widths = (some.to(generator.device) for some in (images, widths, min_widths))
        images, widths = augment(images, widths, self.augmentation, generator, min_widths)
        batch, images = batch[shard], images[shard]
        lengths = -(-widths[shard].cpu() // STRIDE)
        images = images.to(device, memory_format=torch.channels_last)
        with torch.autocast(device.type, torch.bfloat16, enabled=self.bfloat16):
            scores = network(images)
        scores = scores.float()
        texts = _decode(scores.detach(), lengths, batch, network.labels)
        return self._loss(network, scores, lengths, batch), texts

    @torch.inference_mode()
    def read(
        self, network: LineRecognizer, examples: Sequence[LabeledLineImage], device: torch.device
    ) -> tuple[Tensor, list[str]]:
        """Compute the losses, and decode the best class of each time step, without augmentation and grammar."""
        losses, texts = torch.zeros(len(examples), dtype=torch.float64), [""] * len(examples)
        for chunk, scores, lengths in _score(network, examples, device):
            lines = [examples[number] for number in chunk]
            losses[chunk] = self._loss(network, scores, lengths, lines).double()
            found = _decode(scores, lengths, lines, network.labels)
            for number, text in zip(chunk, found, strict=True):
                texts[number] = text
        return losses, texts

    def calibration_graphs(
        self, network: LineRecognizer, examples: Sequence[LabeledLineImage]
    ) -> list[Callable[[float], gtn.Graph]]:
        """Return the interpretation graphs of one view of each line, and of all views, on the CPU."""
        count = min(len(line.views) for line in examples) or 1
        images = [[(line.views or (line.image,))[view] for line in examples] for view in range(count)]
        engine = packed(network)
        views = [score_padded(engine, some) for some in images]

        def joined(count: int, temperature: float) -> gtn.Graph:
            return Lattice.union_views(
                [sequence_interpretation(scores / temperature, lengths) for scores, lengths in views[:count]]
            ).graph

        return [partial(joined, number) for number in sorted({1, count})]

    def _loss(
        self, network: LineRecognizer, scores: Tensor, lengths: Tensor, lines: Sequence[LabeledLineImage]
    ) -> Tensor:
        targets = to_classes([line.target for line in lines], network.labels)
        digits_only = [line.digits_only for line in lines]
        spoiled = [line.spoiled for line in lines]
        return line_loss(scores, lengths, targets, digits_only, self.criterion, network.labels, spoiled)


def _decode(
    scores: Tensor, lengths: Tensor, lines: Sequence[LabeledLineImage], characters: Sequence[str]
) -> list[str]:
    """Decode the best class of each time step; of lines without a clean amount, whether some step is no character."""
    texts = collapse(greedy_runs(scores, lengths, lines, characters))
    return [
        line.text if line.spoiled and OTHER in text else text for line, text in zip(lines, texts, strict=True)
    ]


def _score(
    network: LineRecognizer, examples: Sequence[LabeledLineImage], device: torch.device
) -> Iterator[tuple[list[int], Tensor, Tensor]]:
    """Yield numbers of lines of about the same width, their (B, T, C) scores on the CPU, and their (B,) lengths."""
    network.eval()
    order = sorted(range(len(examples)), key=lambda number: examples[number].size)
    for first in range(0, len(order), BATCH_SIZE):
        chunk = order[first : first + BATCH_SIZE]
        images, lengths = collate([examples[number].image for number in chunk])
        yield chunk, network(images.to(device)).cpu(), lengths
