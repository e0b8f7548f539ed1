"""Loss and mistakes of a pass, added up where they are computed."""

import math

import torch
from torch import Tensor

from docreader.training.common.errors import DivergedError

WAIT = 20
"""Steps on a GPU between looks at its figures: each look waits until all that was asked of it is done."""


class Tally:
    """The figures of one pass.

    Args:
        epoch: The pass, from 1.
        device: Where the network is.

    Attributes:
        loss: Sum of the losses looked at, each times its examples.
        wrong: Mistakes among these examples.
        seen: Their number.
    """

    def __init__(self, epoch: int, device: torch.device) -> None:
        self.epoch = epoch
        self.wait = 1 if device.type == "cpu" else WAIT
        self.loss = self.wrong = self.seen = 0.0
        self._pending: list[Tensor] = []
        self._counts: list[int] = []

    def add(self, loss: Tensor, wrong: Tensor, count: int) -> bool:
        """Take in a step.

        Args:
            loss: Mean over its examples, a scalar.
            wrong: Mistakes, a scalar.
            count: Examples.

        Returns:
            Whether the sums are up to date.

        Raises:
            DivergedError: A loss is no longer finite.
        """
        self._pending.append(torch.stack([loss.detach().double(), wrong.detach().double()]))
        self._counts.append(count)
        if len(self._pending) < self.wait:
            return False
        self.look()
        return True

    def look(self) -> None:
        """Bring the sums up to date; raises as `add`."""
        if not self._pending:
            return
        for (loss, wrong), count in zip(torch.stack(self._pending).tolist(), self._counts, strict=True):
            if not math.isfinite(loss):
                raise DivergedError(
                    f"the loss is {loss} in pass {self.epoch}: train anew with a smaller --lr"
                )
            self.loss += loss * count
            self.wrong += wrong
            self.seen += count
        self._pending.clear()
        self._counts.clear()

    @property
    def mean(self) -> float:
        """Mean loss of the examples looked at."""
        return self.loss / self.seen

    def row(self) -> dict[str, float]:
        """The pass, its mean loss and its error, as a row of the history; raises as `add`."""
        self.look()
        error = self.wrong / self.seen
        return {"epoch": float(self.epoch), "train_loss": self.mean, "train_error": error}
