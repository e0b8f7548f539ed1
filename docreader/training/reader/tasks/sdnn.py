"""Training of a network that sweeps over the line, through its score sequence (GBL98 sec. VII)."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

import gtn
from docreader.decoding.alphabet import DIGITS
from docreader.decoding.lattice import Lattice
from docreader.decoding.score_sequence import sequence_interpretation
from docreader.recognition.sdnn import collate, score_padded
from docreader.training.reader.augmentation.line import augment
from docreader.training.reader.augmentation.recombination import Run, spliced
from docreader.training.reader.copy_weights import take_over
from docreader.training.reader.dataset import LabeledLine, needed_frames, spell
from docreader.training.reader.losses_sdnn import join_latent, string_loss
from docreader.training.reader.metrics import Measured, judge
from docreader.training.reader.recipe import Augmentation, ReaderRecipe
from models.lenet5 import LeNet5
from models.lenet5_sdnn import LeNet5SDNN
from models.line_recognizers import LineRecognizer, LineRecognizerConfig, packed
from models.sdnn import SDNN, STRIDE, SDNNConfig

BATCH = 64


class Sweeping:
    """What the loop needs to train a space displacement network, LeNet-5 to the letter or a wider one."""

    name = "sdnn"

    def build(self, recipe: ReaderRecipe) -> LineRecognizer:
        """A new network."""
        assert isinstance(recipe.network, LineRecognizerConfig)
        return SDNN(recipe.network) if isinstance(recipe.network, SDNNConfig) else LeNet5SDNN(recipe.network)

    def begin(self, network: nn.Module, init: nn.Module) -> None:
        """Take the weights of another network of the same form, or those of a LeNet-5 that is to be swept.

        Raises:
            TrainingError: The forms differ.
        """
        assert isinstance(network, LineRecognizer)
        if isinstance(network, LeNet5SDNN) and isinstance(init, LeNet5):
            take_over(network.recognizer, init)
        else:
            take_over(network, init)

    def learn(
        self,
        network: nn.Module,
        batch: Sequence[LabeledLine],
        recipe: ReaderRecipe,
        device: torch.device,
        chance: torch.Generator,
        rows: slice = slice(None),
    ) -> tuple[Tensor, list[str]]:
        """Loss of each line in some rows of a batch, distorted; and what its best frames say."""
        assert isinstance(network, LineRecognizer)
        assert isinstance(recipe.augmentation, Augmentation)
        pictures, _ = collate([line.picture for line in batch])
        widths = torch.tensor([line.picture.shape[2] for line in batch])
        least = torch.tensor([STRIDE * needed_frames(line.target) for line in batch])
        pictures, widths, least = (some.to(chance.device) for some in (pictures, widths, least))
        pictures, widths = augment(pictures, widths, recipe.augmentation, chance, least)
        batch, pictures = batch[rows], pictures[rows]
        lengths = -(-widths[rows].cpu() // STRIDE)
        pictures = pictures.to(device, memory_format=torch.channels_last)
        with torch.autocast(device.type, torch.bfloat16, enabled=recipe.precision == "bfloat16"):
            scores = network(pictures)
        scores = scores.float()
        values = string_loss(
            scores, lengths, spell(batch, network.labels), [line.latent for line in batch], recipe.criterion
        )
        return values, spoken(runs_of_frames(scores.detach(), lengths, batch, network.labels))

    @torch.inference_mode()
    def measure(
        self,
        network: nn.Module,
        examples: Sequence[LabeledLine],
        recipe: ReaderRecipe,
        device: torch.device,
    ) -> Measured:
        """Read lines with the best label of each frame, no grammar."""
        assert isinstance(network, LineRecognizer)
        read = [""] * len(examples)
        loss = 0.0
        for chunk, scores, lengths in _swept(network, examples, device):
            some = [examples[number] for number in chunk]
            targets, latent = spell(some, network.labels), [line.latent for line in some]
            loss += float(string_loss(scores, lengths, targets, latent, recipe.criterion).sum())
            found = spoken(runs_of_frames(scores, lengths, some, network.labels))
            for number, text in zip(chunk, found, strict=True):
                read[number] = text
        return judge(loss, read, examples)

    @torch.inference_mode()
    def renewed(
        self,
        network: nn.Module,
        examples: Sequence[LabeledLine],
        recipe: ReaderRecipe,
        device: torch.device,
        rng: np.random.Generator,
    ) -> Sequence[LabeledLine]:
        """Lines of the parts of two instead of some, cut where the network sees the gaps between characters."""
        assert isinstance(network, LineRecognizer)
        assert isinstance(recipe.augmentation, Augmentation)
        share = recipe.augmentation.spliced
        if not share:
            return examples
        found: list[Sequence[Run] | None] = [None] * len(examples)
        for chunk, scores, lengths in _swept(network, examples, device):
            read = runs_of_frames(scores, lengths, [examples[number] for number in chunk], network.labels)
            for number, runs, text in zip(chunk, read, spoken(read), strict=True):
                if text == examples[number].text:
                    found[number] = runs
        return spliced(examples, found, share, rng)

    def graphs(
        self, network: nn.Module, examples: Sequence[LabeledLine]
    ) -> list[Callable[[float], gtn.Graph]]:
        """Interpretation graphs of lines at a temperature, on the CPU: of one look at each, and of all views."""
        assert isinstance(network, LineRecognizer)
        count = min(len(line.views) for line in examples) or 1
        pictures = [[(line.views or (line.picture,))[view] for line in examples] for view in range(count)]
        reading = packed(network)
        views = [score_padded(reading, some) for some in pictures]

        def joined(count: int, temperature: float) -> gtn.Graph:
            return Lattice.union_views(
                [sequence_interpretation(scores / temperature, lengths) for scores, lengths in views[:count]]
            ).graph

        return [partial(joined, looks) for looks in sorted({1, count})]


def _swept(
    network: LineRecognizer, examples: Sequence[LabeledLine], device: torch.device
) -> Iterator[tuple[list[int], Tensor, Tensor]]:
    """Numbers of lines of about the same width, their (B, T, C) scores on the CPU, and their (B,) frames."""
    network.eval()
    order = sorted(range(len(examples)), key=lambda number: examples[number].size)
    for first in range(0, len(order), BATCH):
        chunk = order[first : first + BATCH]
        pictures, lengths = collate([examples[number].picture for number in chunk])
        yield chunk, network(pictures.to(device)).cpu(), lengths


def runs_of_frames(
    scores: Tensor, lengths: Tensor, lines: Sequence[LabeledLine], characters: Sequence[str]
) -> list[list[Run]]:
    """The characters that the best labels of frames say, with their first and last frames: repeats are one.

    Args:
        scores: (B, T, C + 1), "no character" last.
        lengths: (B,) frames of each line.
        lines: B lines; of those in which separators are latent, digits alone are wanted.
        characters: the C labels, digits first.
    """
    none = len(characters)
    digits = join_latent(scores, "forward").argmax(-1)
    digits = digits.masked_fill(digits == len(DIGITS), none)
    latent = torch.tensor([line.latent for line in lines], device=scores.device)
    best = torch.where(latent[:, None], digits, scores.argmax(-1)).tolist()
    return [_runs(row[:length], none, characters) for row, length in zip(best, lengths.tolist(), strict=True)]


def _runs(row: list[int], none: int, characters: Sequence[str]) -> list[Run]:
    runs: list[Run] = []
    for number, label in enumerate(row):
        if label == none:
            continue
        if number and row[number - 1] == label:
            runs[-1] = (*runs[-1][:2], number)
        else:
            runs.append((characters[label], number, number))
    return runs


def spoken(read: Sequence[Sequence[Run]]) -> list[str]:
    """The strings of runs."""
    return ["".join(character for character, _, _ in runs) for runs in read]
