"""Interface of a training task, and its data-parallel step."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

import gtn
from docreader.training.common.distributed import Processes
from docreader.training.reader.dataset import Example, ExampleFactory

NetworkT = TypeVar("NetworkT", bound=nn.Module)
ExampleT = TypeVar("ExampleT", bound=Example)


class ReaderTask(Protocol[NetworkT, ExampleT]):
    """Train a network on strings by one method."""

    def build(self) -> NetworkT:
        """Build a network with random weights, drawn from torch's global generator."""

    def load_pretrained(self, network: NetworkT, pretrained: nn.Module) -> None:
        """Copy pretrained weights into a network.

        Raises:
            TrainingError: The configurations differ.
        """

    def example_factory(self, *, synthesized: bool = False) -> ExampleFactory[ExampleT]:
        """Build the factory of the method's examples.

        Args:
            synthesized: Whether the images are synthesized, and need no augmented copies.
        """

    def preprocessing(self) -> dict[str, Any]:
        """Return the settings of preprocessing that the model file declares."""

    def epoch_examples(
        self, network: NetworkT, examples: Sequence[ExampleT], device: torch.device, rng: np.random.Generator
    ) -> Sequence[ExampleT]:
        """Return the labeled examples of an epoch, some of them recombined."""

    def training_step(
        self,
        network: NetworkT,
        batch: Sequence[ExampleT],
        device: torch.device,
        generator: torch.Generator,
        shard: slice = slice(None),
    ) -> tuple[Tensor, list[str]]:
        """Compute the losses of a shard of a batch, augmented, and decode its strings.

        Each process augments the whole batch with the same random numbers.

        Returns:
            (B,) nats with gradients, and B strings.
        """

    def read(
        self, network: NetworkT, examples: Sequence[ExampleT], device: torch.device
    ) -> tuple[Tensor, list[str]]:
        """Compute the (N,) losses in nats and decode the strings, without augmentation and grammar."""

    def calibration_graphs(
        self, network: NetworkT, examples: Sequence[ExampleT]
    ) -> Sequence[Callable[[float], gtn.Graph]]:
        """Return a function of the temperature for each pass of reading; it builds the interpretation graphs."""


class ShardedStep(nn.Module):
    """Wrap a training step as a module for `DistributedDataParallel`.

    Args:
        task: Training task.
        network: Network in training.
        processes: Processes that train together.
    """

    def __init__(self, task: ReaderTask[Any, Any], network: nn.Module, processes: Processes) -> None:
        super().__init__()
        self.task, self.network, self.processes = task, network, processes

    def forward(
        self, batch: Sequence[Any], device: torch.device, generator: torch.Generator
    ) -> tuple[Tensor, list[str]]:
        """Compute losses and strings of this process's shard, see `ReaderTask.training_step`."""
        shard = self.processes.shard(len(batch))
        return self.task.training_step(self.network, batch, device, generator, shard)
