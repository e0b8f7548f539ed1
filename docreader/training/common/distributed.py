"""Training in several processes, as `torchrun` starts them: who reads which rows, and what all must agree on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from docreader.training.common.errors import TrainingError


@dataclass(frozen=True)
class Processes:
    """The processes that train one network together; one alone is the usual case.

    Attributes:
        rank: Which of them this is; the first, 0, is the one that measures, writes and speaks.
        count: How many there are.
    """

    rank: int = 0
    count: int = 1

    @property
    def first(self) -> bool:
        """Whether this is the one that measures, writes and speaks."""
        return self.rank == 0

    @property
    def several(self) -> bool:
        """Whether there are others."""
        return self.count > 1

    def rows(self, size: int) -> slice:
        """The part of a batch that this process computes: all parts together, in order, are the batch."""
        return slice(size * self.rank // self.count, size * (self.rank + 1) // self.count)

    def total(self, values: Tensor) -> Tensor:
        """The sum of a tensor over all processes; no gradient."""
        if self.several:
            values = values.detach().clone()
            dist.all_reduce(values)
        return values

    def from_first(self, value: Any) -> Any:
        """What the first process has, in all of them."""
        held = [value]
        if self.several:
            dist.broadcast_object_list(held, src=0)
        return held[0]

    def gathered(self, value: Any) -> list[Any]:
        """What each process has, in order."""
        held = [value] * self.count
        if self.several:
            dist.all_gather_object(held, value)
        return held


ALONE = Processes()


@contextmanager
def joined(device: str) -> Iterator[tuple[Processes, str]]:
    """Meet the other processes that `torchrun` has started, if it has.

    Args:
        device: 'cpu' or 'cuda'; on GPUs each process takes one of its own.

    Yields:
        The processes, and the device of this one.

    Raises:
        TrainingError: One GPU was named for all, or there are fewer GPUs than processes.
    """
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count < 2:
        yield ALONE, device
        return
    kind, _, number = device.partition(":")
    if number:
        raise TrainingError(
            f"{count} processes cannot share {device}: give --device cuda, or start one process"
        )
    if kind == "cuda":
        own = int(os.environ.get("LOCAL_RANK", "0"))
        if own >= torch.cuda.device_count():
            raise TrainingError(f"process {own} has no GPU: there are {torch.cuda.device_count()}")
        device = f"cuda:{own}"
        torch.cuda.set_device(own)
    dist.init_process_group("nccl" if kind == "cuda" else "gloo")
    try:
        yield Processes(dist.get_rank(), dist.get_world_size()), device
    finally:
        dist.destroy_process_group()
