"""Figures of a recognizer on labeled pictures: error with its interval, and negatives caught."""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import binomtest

from docreader.training.recognizer.build import Recognizer
from docreader.training.recognizer.dataset import Examples
from models.lenet5 import LeNet5

BATCH = 1024


@dataclass(frozen=True)
class Figures:
    """What was counted.

    Attributes:
        characters: Number of pictures of characters.
        wrong: Characters whose best class is wrong, "no character" being no choice.
        low: Lower end of the 95 % interval of the error (Wilson).
        high: Its upper end.
        refused: Characters for which "no character" was the most probable.
        negatives: Number of pictures of no character.
        caught: Those for which "no character" was the most probable.
        missed: Pictures of either sort whose most probable class, "no character" included, is wrong.
        loss: Mean of minus the log-posterior of the right class, nats.
    """

    characters: int
    wrong: int
    low: float
    high: float
    refused: int
    negatives: int
    caught: int
    missed: int
    loss: float

    @property
    def error(self) -> float:
        """Share of the characters whose best class is wrong."""
        return self.wrong / self.characters if self.characters else math.nan

    @property
    def total_error(self) -> float:
        """Share of all pictures whose most probable class, "no character" included, is wrong."""
        total = self.characters + self.negatives
        return self.missed / total if total else math.nan

    def to_json(self) -> dict[str, float]:
        """The counts and the error as JSON values."""
        return asdict(self) | {"error": self.error}


def penalties(module: LeNet5, pictures: NDArray[np.uint8], device: torch.device) -> torch.Tensor:
    """Penalties of many pictures, (N, classes) on the CPU."""
    return _in_batches(module, pictures, device, len(module.labels))


def log_posteriors(module: Recognizer, pictures: NDArray[np.uint8], device: torch.device) -> torch.Tensor:
    """Log-posteriors of many pictures, (N, classes + 1) on the CPU."""
    return _in_batches(module.log_posteriors, pictures, device, len(module.labels) + 1)


def _in_batches(
    score: Callable[[torch.Tensor], torch.Tensor],
    pictures: NDArray[np.uint8],
    device: torch.device,
    columns: int,
) -> torch.Tensor:
    parts = []
    with torch.inference_mode():
        for start in range(0, len(pictures), BATCH):
            batch = torch.from_numpy(pictures[start : start + BATCH]).to(device)
            parts.append(score(batch.unsqueeze(1).float() / 255).cpu())
    return torch.cat(parts) if parts else torch.zeros(0, columns)


def measure(module: Recognizer, examples: Examples, device: torch.device) -> Figures:
    """Count a network's mistakes on labeled pictures."""
    scores = log_posteriors(module, examples.pictures, device)
    targets = torch.from_numpy(examples.targets)
    classes = len(module.labels)
    character = targets < classes
    rubbish = scores.argmax(1) == classes
    wrong = int((scores[:, :classes].argmax(1) != targets)[character].sum())
    characters = int(character.sum())
    low, high = wilson(wrong, characters)
    loss = -scores.gather(1, targets.unsqueeze(1)).double().mean() if len(targets) else torch.tensor(math.nan)
    return Figures(
        characters=characters,
        wrong=wrong,
        low=low,
        high=high,
        refused=int(rubbish[character].sum()),
        negatives=len(targets) - characters,
        caught=int(rubbish[~character].sum()),
        missed=int((scores.argmax(1) != targets).sum()),
        loss=float(loss),
    )


def wilson(wrong: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson's score); (0, 1) where nothing was counted.

    >>> [round(end, 4) for end in wilson(95, 10_000)]
    [0.0078, 0.0116]
    """
    if total == 0:
        return 0.0, 1.0
    interval = binomtest(wrong, total).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)
