"""Data-parallel training in the processes that `torchrun` starts."""

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
    """Identify this process among those that train one network.

    Attributes:
        rank: Number of this process, from 0.
        count: Number of processes (world size).
    """

    rank: int = 0
    count: int = 1

    @property
    def is_main(self) -> bool:
        """Whether this is rank 0, which validates, writes and prints."""
        return self.rank == 0

    @property
    def is_distributed(self) -> bool:
        """Whether there are several processes."""
        return self.count > 1

    def shard(self, size: int) -> slice:
        """Return the rows of a batch that this process computes; the shards in order are the batch."""
        return slice(size * self.rank // self.count, size * (self.rank + 1) // self.count)

    def all_reduce(self, values: Tensor) -> Tensor:
        """Return the sum of a tensor over all processes, without gradient."""
        if self.is_distributed:
            values = values.detach().clone()
            dist.all_reduce(values)
        return values

    def broadcast(self, value: Any) -> Any:
        """Return the value of the main process in all processes."""
        values = [value]
        if self.is_distributed:
            dist.broadcast_object_list(values, src=0)
        return values[0]

    def all_gather(self, value: Any) -> list[Any]:
        """Return the values of all processes, in order of their ranks."""
        values = [value] * self.count
        if self.is_distributed:
            dist.all_gather_object(values, value)
        return values


SINGLE_PROCESS = Processes()


@contextmanager
def init_distributed(device: str) -> Iterator[tuple[Processes, str]]:
    """Join the process group of `torchrun`, if it has started this process.

    Args:
        device: 'cpu' or 'cuda'; each process takes a GPU of its own.

    Yields:
        The processes, and the device of this one.

    Raises:
        TrainingError: One GPU is named for all processes, or there are fewer GPUs than processes.
    """
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count < 2:
        yield SINGLE_PROCESS, device
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
