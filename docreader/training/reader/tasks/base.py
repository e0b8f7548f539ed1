"""The methods that can be trained, and which one a recipe trains."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

import gtn
from docreader.recognition.line_views import tta_views
from docreader.training.common.distributed import Processes
from docreader.training.reader.dataset import Make, make_line
from docreader.training.reader.metrics import Measured
from docreader.training.reader.recipe import PieceDistortion, ReaderRecipe
from docreader.training.reader.segmented_fields import field_maker
from docreader.training.reader.tasks.hos import Cutting
from docreader.training.reader.tasks.sdnn import Sweeping
from models.segment_scorer import SegmentScorerConfig

MOST_SEGMENTS = 90
"""Of a synthesized field; real ones have about 30."""


class ReaderTask(Protocol):
    """What the loop needs of a method; its examples are those that `maker` makes."""

    name: str

    def build(self, recipe: ReaderRecipe) -> nn.Module:
        """A new network; its weights come from torch's global generator."""

    def begin(self, network: nn.Module, init: nn.Module) -> None:
        """Take over weights, or raise TrainingError where the forms differ."""

    def learn(
        self,
        network: nn.Module,
        batch: Sequence[Any],
        recipe: ReaderRecipe,
        device: torch.device,
        chance: torch.Generator,
        rows: slice,
    ) -> tuple[Tensor, list[str]]:
        """(B,) losses in nats with their gradients, of distorted examples; and what was read of each on the way.

        Of a batch that several processes share, each distorts all, by the same chance, and computes its own rows.
        """

    def measure(
        self, network: nn.Module, examples: Sequence[Any], recipe: ReaderRecipe, device: torch.device
    ) -> Measured:
        """How well the network reads examples as they are."""

    def renewed(
        self,
        network: nn.Module,
        examples: Sequence[Any],
        recipe: ReaderRecipe,
        device: torch.device,
        rng: np.random.Generator,
    ) -> Sequence[Any]:
        """What is learned in one pass: the labeled examples, some of them made into others."""

    def graphs(self, network: nn.Module, examples: Sequence[Any]) -> Sequence[Callable[[float], gtn.Graph]]:
        """What the examples may say at a temperature: graphs of `alphabet.INPUT_SYMBOLS` for each stage of reading."""


class ShardedStep(nn.Module):
    """What a method makes of a part of a batch, as one function of the network, which processes can share.

    Args:
        method: How the network reads.
        network: It learns.
        processes: Those that train it together.
    """

    def __init__(self, method: ReaderTask, network: nn.Module, processes: Processes) -> None:
        super().__init__()
        self.method, self.network, self.processes = method, network, processes

    def forward(
        self, batch: Sequence[Any], recipe: ReaderRecipe, device: torch.device, chance: torch.Generator
    ) -> tuple[Tensor, list[str]]:
        """Losses of this process's rows of a batch, and what was read of them; see `ReaderTask.learn`."""
        rows = self.processes.rows(len(batch))
        return self.method.learn(self.network, batch, recipe, device, chance, rows)


def way(recipe: ReaderRecipe) -> ReaderTask:
    """The method that a recipe trains."""
    return Cutting() if isinstance(recipe.network, SegmentScorerConfig) else Sweeping()


def maker(recipe: ReaderRecipe, *, synthesized: bool = False) -> Make[Any]:
    """What makes the examples of a recipe's method.

    Args:
        recipe: Says which, and how many distorted copies are made ahead.
        synthesized: Whether they are of synthesized strings, of which there are enough without copies.
    """
    if isinstance(recipe.network, SegmentScorerConfig):
        assert isinstance(recipe.augmentation, PieceDistortion)
        if synthesized:
            return field_maker(recipe.network.channels, 0, recipe.seed, MOST_SEGMENTS)
        return field_maker(recipe.network.channels, recipe.augmentation.copies, recipe.seed)
    form = recipe.line_form
    return partial(make_line, views=(form,) if synthesized else tta_views(form))
