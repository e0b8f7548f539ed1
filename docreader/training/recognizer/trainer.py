"""The loop that trains LeNet-5 and its kin as recognizers of isolated characters."""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from docreader.io.idx import Digits
from docreader.training.common.checkpoint import Progress
from docreader.training.common.epoch_metrics import EpochMetrics
from docreader.training.common.history import write_csv
from docreader.training.common.legacy import EMA, load_checkpoint, same_recipe, save_checkpoint
from docreader.training.recognizer.build import Recognizer, build, loss_and_choices
from docreader.training.recognizer.calibration import calibrate
from docreader.training.recognizer.dataset import (
    HELD_OUT_STREAM,
    TEST_STREAM,
    Examples,
    make_examples,
    plain_examples,
    split,
)
from docreader.training.recognizer.metrics import Figures, log_posteriors, measure, penalties
from docreader.training.recognizer.optimizers import learning_rate, make_optimizer, prepare_pass
from docreader.training.recognizer.recipe import Recipe
from models.lenet5 import LeNet5

CHECKPOINT = "checkpoint.safetensors"
CURVES = "curves.csv"

OnStep = Callable[[int, int, int, float], None]
"""Called with epoch (from 1), step (from 1), steps of the epoch, and the running mean of the loss."""

OnEpoch = Callable[[dict[str, float]], None]
"""Called with the figures of each finished pass."""


@dataclass(frozen=True)
class Trained:
    """The outcome of a run.

    Attributes:
        module: The network of the best pass, in evaluation mode.
        epoch: Which pass that was, from 1.
        history: One row of figures for each pass.
        data: Hash of the training digits.
    """

    module: Recognizer
    epoch: int
    history: list[dict[str, float]]
    data: str


def train_recognizer(
    digits: Digits,
    recipe: Recipe,
    out: Path,
    *,
    device: str = "cpu",
    resume: bool = False,
    on_step: OnStep | None = None,
    on_epoch: OnEpoch | None = None,
) -> Trained:
    """Train a recognizer; a checkpoint and the curves are written to a folder after each pass.

    All chance comes from the recipe's seed and the number of the pass, so that on the CPU a resumed run ends
    with the same weights, bit for bit, as one that was never stopped.

    Args:
        digits: Training digits; a part is held out for choosing the best pass.
        recipe: Every number that decides the result.
        out: Folder for checkpoint and curves.
        device: Where to compute: 'cpu', 'cuda', 'cuda:1', ...
        resume: Go on from the checkpoint in `out`.
        on_step: Told of each step.
        on_epoch: Told of each pass.

    Returns:
        The network of the best pass, and the history.

    Raises:
        TrainingError: The digits do not fit the recipe.
        CheckpointError: There is nothing to resume, or it is of another run.
        DivergedError: The loss is no longer finite.
    """
    learned, held = split(digits, recipe)
    data = fingerprint(digits)
    where = torch.device(device)
    # maps beside one another in memory: the convolutions of the CPU are a third quicker
    module = build(recipe).to(where).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = make_optimizer(module, recipe)
    averaged = EMA(module, recipe.ema).eval()
    kept = averaged if recipe.ema else module
    identity = same_recipe(recipe, data, where.type)
    progress = load_checkpoint(out / CHECKPOINT, kept, optimizer, identity) if resume else Progress()
    held_examples = _held_out(held, recipe)
    while progress.epoch < recipe.epochs:
        row = _one_pass(averaged, optimizer, learned, recipe, progress.epoch, where, on_step)
        progress.epoch += 1
        if held_examples is not None:
            figures = measure(averaged.mean, held_examples, where)
            error = figures.total_error if recipe.rubbish else figures.error
            row |= {"held_out_loss": figures.loss, "held_out_error": error}
        progress.history.append(row)
        if progress.best_epoch == 0 or _merit(row) <= _merit(progress.history[progress.best_epoch - 1]):
            state = averaged.mean.state_dict()
            progress.best = {name: t.detach().cpu().clone() for name, t in state.items()}
            progress.best_epoch = progress.epoch
        save_checkpoint(out / CHECKPOINT, kept, optimizer, progress, identity)
        write_csv(out / CURVES, progress.history)
        if on_epoch is not None:
            on_epoch(row)
    module.load_state_dict(progress.best)
    if held_examples is not None and isinstance(module, LeNet5) and recipe.criterion == "map":
        calibrate(module, held_examples, where)
    return Trained(module.cpu().eval(), progress.best_epoch, progress.history, data)


def test_figures(
    module: Recognizer, digits: Digits, recipe: Recipe, device: torch.device
) -> dict[str, Figures]:
    """Figures on the test digits, to be looked at once, when all choices are made.

    Args:
        module: The trained network, on the CPU; it is there again afterwards.
        digits: Test digits.
        recipe: How the network was trained.
        device: Where to compute.

    Returns:
        'test' for the digits as they are; when the recipe distorts or has negatives, 'distorted' for a distorted
        copy of each with negatives made from them.
    """
    module.to(device)
    found = {"test": measure(module, plain_examples(digits), device)}
    if recipe.distort or recipe.rubbish:
        found["distorted"] = measure(module, make_examples(digits, recipe, TEST_STREAM), device)
    module.cpu()
    return found


test_figures.__test__ = False  # type: ignore[attr-defined]  # not for pytest


def fingerprint(digits: Digits) -> str:
    """Hash of images and labels, 64 hexadecimal digits."""
    digest = hashlib.sha256(repr(digits.images.shape).encode())
    digest.update(digits.images.tobytes())
    digest.update(digits.labels.tobytes())
    return digest.hexdigest()


def _one_pass(
    averaged: EMA[Recognizer],
    optimizer: torch.optim.Optimizer,
    digits: Digits,
    recipe: Recipe,
    epoch: int,
    device: torch.device,
    on_step: OnStep | None,
) -> dict[str, float]:
    """Train one pass, numbered from 0; returns its figures."""
    module = averaged.module
    examples = make_examples(digits, recipe, epoch, device)
    size = len(examples)
    steps = math.ceil(size / recipe.batch_size)
    examples = _trimmed(averaged.mean, examples, recipe, epoch, device)
    prepare_pass(optimizer, module, examples, recipe, device)
    module.train()
    tally = EpochMetrics(epoch + 1, device)
    all_pictures = torch.from_numpy(examples.pictures).to(device)
    all_targets = torch.from_numpy(examples.targets).to(device)
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(recipe.seed * 100_003 + epoch)  # dropout of a pass is the same after --resume
        for step, part in enumerate(_batches(len(examples), recipe.batch_size)):
            lr = learning_rate(recipe, epoch * steps + step, recipe.epochs * steps)
            for group in optimizer.param_groups:
                group["lr"] = lr
            pictures = all_pictures[part].unsqueeze(1).float() / 255
            targets = all_targets[part]
            loss, choices = loss_and_choices(module, pictures, targets, recipe)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            averaged.update(epoch * steps + step)
            looked = tally.add(loss, (choices != targets).sum(), len(targets))
            if looked and on_step is not None:
                on_step(epoch + 1, step + 1, steps, tally.mean_loss)
    module.eval()
    averaged.mean.eval()
    return tally.row() | {"trimmed": (size - len(examples)) / size, "lr": optimizer.param_groups[0]["lr"]}


def _batches(count: int, size: int) -> list[slice]:
    """Parts of a pass; a picture left over joins the last, since batch norm wants two."""
    starts = list(range(0, count, size))
    if size > 1 and len(starts) > 1 and count - starts[-1] == 1:
        starts.pop()
    return [slice(start, end) for start, end in zip(starts, [*starts[1:], count], strict=True)]


def _trimmed(
    module: Recognizer, examples: Examples, recipe: Recipe, epoch: int, device: torch.device
) -> Examples:
    """The examples without those negatives that most likely show a character (see `Recipe.trim`)."""
    if not recipe.rubbish or not recipe.trim or epoch < max(1, recipe.epochs // 4):
        return examples
    if isinstance(module, LeNet5):
        least = penalties(module, examples.pictures, device).amin(1).numpy()
    else:
        least = -log_posteriors(module, examples.pictures, device)[:, :-1].amax(1).numpy()
    negative = examples.targets == len(recipe.labels)
    keep = ~negative | (least > np.quantile(least[~negative], recipe.trim))
    return Examples(examples.pictures[keep], examples.targets[keep])


def _held_out(digits: Digits, recipe: Recipe) -> Examples | None:
    """Held-out digits as they are, and distorted and with negatives where the recipe has these."""
    if not len(digits):
        return None
    plain = plain_examples(digits)
    if not (recipe.distort or recipe.rubbish):
        return plain
    made = make_examples(digits, recipe, HELD_OUT_STREAM)
    return Examples(
        np.concatenate([plain.pictures, made.pictures]), np.concatenate([plain.targets, made.targets])
    )


def _merit(row: dict[str, float]) -> tuple[float, float]:
    """Smaller is better; without a held-out part all are equal, so that the last pass wins."""
    return row.get("held_out_error", 0.0), row.get("held_out_loss", 0.0)
