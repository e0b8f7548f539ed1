"""Training of LeNet-5 and its variants as recognizers of isolated characters."""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from docreader.io.idx import Digits
from docreader.training.common.ema import EMA
from docreader.training.common.fit import EpochData, OnEpoch, OnStep, Row, Step, Trained, Trainer
from docreader.training.recognizer.build import Recognizer, build, loss_and_predictions
from docreader.training.recognizer.calibration import calibrate
from docreader.training.recognizer.dataset import (
    HELD_OUT_STREAM,
    TEST_STREAM,
    Examples,
    clean_examples,
    make_examples,
    split,
)
from docreader.training.recognizer.metrics import Metrics, compute_metrics, log_posteriors, penalties
from docreader.training.recognizer.optimizers import make_optimizer, make_schedule, update_curvatures
from docreader.training.recognizer.recipe import Recipe
from models.lenet5 import LeNet5

Batch = tuple[Tensor, Tensor]
"""Images (N, 1, 32, 32), 0 paper to 1 ink, and class numbers (N,)."""


def train_recognizer(
    digits: Digits,
    recipe: Recipe,
    out: Path,
    *,
    device: str = "cpu",
    resume: bool = False,
    on_step: OnStep | None = None,
    on_epoch: OnEpoch | None = None,
) -> Trained[Recognizer]:
    """Train a recognizer; write a checkpoint and the learning curves after each epoch.

    Args:
        digits: Training digits; a fraction is held out to select the best epoch.
        recipe: Hyperparameters.
        out: Folder of checkpoint and curves.
        device: Device: 'cpu', 'cuda', 'cuda:1', ...
        resume: Continue from the checkpoint in `out`.
        on_step: Callback of steps.
        on_epoch: Callback of epochs.

    Returns:
        Network of the best epoch on the CPU, and the history.

    Raises:
        TrainingError: The digits do not fit the recipe.
        CheckpointError: There is nothing to resume, or it is of another run.
        DivergedError: The loss is not finite.
    """
    training, held_out = split(digits, recipe)
    where = torch.device(device)
    # channels_last makes convolutions on the CPU a third faster
    network = build(recipe).to(where).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = make_optimizer(network, recipe)
    task = _CharacterTask(network, optimizer, training, _validation_examples(held_out, recipe), recipe, where)
    trained = Trainer(
        task,
        network,
        optimizer,
        make_schedule(optimizer, recipe, task.steps),
        epochs=recipe.epochs,
        out=out,
        identity={"recipe": recipe.to_json(), "data": fingerprint(digits), "device": where.type},
        device=where,
        ema=EMA(network, recipe.ema) if recipe.ema else None,
        on_step=on_step,
        on_epoch=on_epoch,
    ).fit(resume=resume)
    if task.validation is not None and isinstance(trained.network, LeNet5) and recipe.criterion == "map":
        calibrate(trained.network, task.validation, where)
    trained.network.cpu()
    return trained


@dataclass(frozen=True)
class _CharacterTask:
    """Adapt the recognizer to the training loop.

    Attributes:
        network: Network in training.
        optimizer: Optimizer of the network.
        digits: Training digits.
        validation: Validation examples; None without any.
        recipe: Hyperparameters.
        device: Device of the network.
    """

    network: Recognizer
    optimizer: torch.optim.Optimizer
    digits: Digits
    validation: Examples | None
    recipe: Recipe
    device: torch.device

    @property
    def steps(self) -> int:
        """Steps of an epoch, trimmed negatives included."""
        count = len(self.digits) + round(len(self.digits) * self.recipe.negatives_per_digit)
        return math.ceil(count / self.recipe.batch_size)

    def epoch_examples(self, network: Recognizer, epoch: int) -> EpochData[Batch]:
        """Generate the examples of an epoch, and trim the negatives."""
        examples = make_examples(self.digits, self.recipe, epoch, self.device)
        kept = trim_negatives(network, examples, self.recipe, epoch, self.device)
        update_curvatures(self.optimizer, self.network, kept, self.recipe, self.device)
        trimmed = (len(examples) - len(kept)) / len(examples)
        seed = self.recipe.seed * 100_003 + epoch
        return EpochData(self._batches(kept), self.steps, seed, {"trimmed": trimmed})

    def training_step(self, network: Recognizer, batch: Batch) -> Step:
        """Compute the criterion and count the errors."""
        images, targets = batch
        loss, predicted = loss_and_predictions(network, images, targets, self.recipe)
        return Step(loss, (predicted != targets).sum(), len(targets))

    def validate(self, network: Recognizer) -> Row:
        """Measure the validation examples."""
        if self.validation is None:
            return {}
        metrics = compute_metrics(network, self.validation, self.device)
        error = metrics.total_error if self.recipe.negatives_per_digit else metrics.error
        return {"held_out_loss": metrics.loss, "held_out_error": error}

    def _batches(self, examples: Examples) -> Iterator[Batch]:
        images = torch.from_numpy(examples.images).to(self.device)
        targets = torch.from_numpy(examples.targets).to(self.device)
        for part in batch_slices(len(examples), self.recipe.batch_size):
            yield images[part].unsqueeze(1).float() / 255, targets[part]


def batch_slices(count: int, size: int) -> list[slice]:
    """Split an epoch into batches; a single last image joins the previous batch for batch normalization."""
    starts = list(range(0, count, size))
    if size > 1 and len(starts) > 1 and count - starts[-1] == 1:
        starts.pop()
    return [slice(start, end) for start, end in zip(starts, [*starts[1:], count], strict=True)]


def trim_negatives(
    network: Recognizer, examples: Examples, recipe: Recipe, epoch: int, device: torch.device
) -> Examples:
    """Drop the negatives that most likely show a character (see `Recipe.trim`)."""
    if not recipe.negatives_per_digit or not recipe.trim or epoch < max(1, recipe.epochs // 4):
        return examples
    if isinstance(network, LeNet5):
        least = penalties(network, examples.images, device).amin(1).numpy()
    else:
        least = -log_posteriors(network, examples.images, device)[:, :-1].amax(1).numpy()
    negative = examples.targets == len(recipe.labels)
    keep = ~negative | (least > np.quantile(least[~negative], recipe.trim))
    return Examples(examples.images[keep], examples.targets[keep])


def _validation_examples(digits: Digits, recipe: Recipe) -> Examples | None:
    """Return the held-out digits, clean, and distorted with negatives if the recipe has these."""
    if not len(digits):
        return None
    clean = clean_examples(digits)
    if not (recipe.distort or recipe.negatives_per_digit):
        return clean
    made = make_examples(digits, recipe, HELD_OUT_STREAM)
    return Examples(
        np.concatenate([clean.images, made.images]), np.concatenate([clean.targets, made.targets])
    )


def test_metrics(
    network: Recognizer, digits: Digits, recipe: Recipe, device: torch.device
) -> dict[str, Metrics]:
    """Measure the test digits, once, after all choices are made.

    Args:
        network: Trained network on the CPU; it is moved back afterwards.
        digits: Test digits.
        recipe: Hyperparameters of the training.
        device: Device of the computation.

    Returns:
        Metrics of the clean digits, 'test'; if the recipe distorts or has negatives, of a distorted copy of each digit
        with negatives, 'distorted'.
    """
    network.to(device)
    metrics = {"test": compute_metrics(network, clean_examples(digits), device)}
    if recipe.distort or recipe.negatives_per_digit:
        metrics["distorted"] = compute_metrics(network, make_examples(digits, recipe, TEST_STREAM), device)
    network.cpu()
    return metrics


test_metrics.__test__ = False  # type: ignore[attr-defined]  # not for pytest


def fingerprint(digits: Digits) -> str:
    """Compute a hash of images and labels, 64 hexadecimal digits."""
    digest = hashlib.sha256(repr(digits.images.shape).encode())
    digest.update(digits.images.tobytes())
    digest.update(digits.labels.tobytes())
    return digest.hexdigest()
