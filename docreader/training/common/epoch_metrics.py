"""Running loss and error of an epoch."""

import math

import torch
from torch import Tensor

from docreader.training.common.errors import DivergedError

FLUSH_STEPS = 20
"""Steps on a GPU between reads of its metrics: each read waits for all kernels in flight."""


class EpochMetrics:
    """Accumulate the loss and the errors of one epoch.

    Args:
        epoch: Number of the epoch, from 1.
        device: Device of the network.

    Attributes:
        loss: Sum over the examples read so far.
        wrong: Errors among these examples.
        count: Number of these examples.
    """

    def __init__(self, epoch: int, device: torch.device) -> None:
        self.epoch = epoch
        self.flush_steps = 1 if device.type == "cpu" else FLUSH_STEPS
        self.loss = self.wrong = self.count = 0.0
        self._pending: list[Tensor] = []
        self._counts: list[int] = []

    def add(self, loss: Tensor, wrong: Tensor, count: int) -> bool:
        """Add a step.

        Args:
            loss: Mean loss of its examples, a scalar.
            wrong: Number of errors, a scalar.
            count: Number of examples.

        Returns:
            Whether the sums are up to date.

        Raises:
            DivergedError: A loss is not finite.
        """
        self._pending.append(torch.stack([loss.detach().double(), wrong.detach().double()]))
        self._counts.append(count)
        if len(self._pending) < self.flush_steps:
            return False
        self.flush()
        return True

    def flush(self) -> None:
        """Bring the sums up to date; raises as `add`."""
        if not self._pending:
            return
        for (loss, wrong), count in zip(torch.stack(self._pending).tolist(), self._counts, strict=True):
            if not math.isfinite(loss):
                raise DivergedError(
                    f"the loss is {loss} in epoch {self.epoch}: train again with a smaller --lr"
                )
            self.loss += loss * count
            self.wrong += wrong
            self.count += count
        self._pending.clear()
        self._counts.clear()

    @property
    def mean_loss(self) -> float:
        """Mean loss of the examples read so far."""
        return self.loss / self.count

    @property
    def error(self) -> float:
        """Fraction of errors among the examples read so far."""
        return self.wrong / self.count

    def row(self) -> dict[str, float]:
        """Return epoch, mean loss and error as a row of the history; raises as `add`."""
        self.flush()
        return {"epoch": float(self.epoch), "train_loss": self.mean_loss, "train_error": self.error}
