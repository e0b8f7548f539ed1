"""Metrics of the recognizer: error with its confidence interval, rejected characters and negatives."""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from docreader.confidence.proportions import proportion
from docreader.training.recognizer.build import Recognizer
from docreader.training.recognizer.dataset import Examples
from models.lenet5 import LeNet5

BATCH = 1024


@dataclass(frozen=True)
class Metrics:
    """Error counts of a recognizer.

    Attributes:
        characters: Number of characters.
        wrong: Characters with a wrong best class, the rubbish class excluded.
        low: Lower end of the 95 % interval of the error (Wilson score).
        high: Upper end of the interval.
        refused: Characters classified as rubbish.
        negatives: Number of negatives.
        caught: Negatives classified as rubbish.
        missed: Images with a wrong best class, the rubbish class included.
        loss: Mean negative log-posterior of the correct class, nats.
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
        """Fraction of the characters with a wrong best class."""
        return self.wrong / self.characters if self.characters else math.nan

    @property
    def total_error(self) -> float:
        """Fraction of all images with a wrong best class, the rubbish class included."""
        total = self.characters + self.negatives
        return self.missed / total if total else math.nan

    def to_json(self) -> dict[str, float]:
        """Return the counts and the error as JSON values."""
        return asdict(self) | {"error": self.error}


def penalties(module: LeNet5, images: NDArray[np.uint8], device: torch.device) -> torch.Tensor:
    """Compute the penalties of images (N, 32, 32) in batches, (N, classes) on the CPU."""
    return _in_batches(module, images, device, len(module.labels))


def log_posteriors(module: Recognizer, images: NDArray[np.uint8], device: torch.device) -> torch.Tensor:
    """Compute the log-posteriors of images (N, 32, 32) in batches, (N, classes + 1) on the CPU."""
    return _in_batches(module.log_posteriors, images, device, len(module.labels) + 1)


def _in_batches(
    score: Callable[[torch.Tensor], torch.Tensor],
    images: NDArray[np.uint8],
    device: torch.device,
    columns: int,
) -> torch.Tensor:
    parts = []
    with torch.inference_mode():
        for start in range(0, len(images), BATCH):
            batch = torch.from_numpy(images[start : start + BATCH]).to(device)
            parts.append(score(batch.unsqueeze(1).float() / 255).cpu())
    return torch.cat(parts) if parts else torch.zeros(0, columns)


def compute_metrics(module: Recognizer, examples: Examples, device: torch.device) -> Metrics:
    """Compute the metrics of a network on examples."""
    scores = log_posteriors(module, examples.images, device)
    targets = torch.from_numpy(examples.targets)
    classes = len(module.labels)
    character = targets < classes
    rubbish = scores.argmax(1) == classes
    wrong = int((scores[:, :classes].argmax(1) != targets)[character].sum())
    characters = int(character.sum())
    error = proportion(wrong, characters)
    loss = -scores.gather(1, targets.unsqueeze(1)).double().mean() if len(targets) else torch.tensor(math.nan)
    return Metrics(
        characters=characters,
        wrong=wrong,
        low=error.low,
        high=error.high,
        refused=int(rubbish[character].sum()),
        negatives=len(targets) - characters,
        caught=int(rubbish[~character].sum()),
        missed=int((scores.argmax(1) != targets).sum()),
        loss=float(loss),
    )
