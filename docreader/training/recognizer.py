"""The loop that trains LeNet-5 as a recogniser of isolated characters."""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from docreader.idx import Digits
from docreader.training.calibration import calibrate
from docreader.training.checkpoints import Progress, load_checkpoint, same_recipe, save_checkpoint
from docreader.training.curves import write_csv
from docreader.training.errors import DivergedError
from docreader.training.examples import (
    HELD_OUT_STREAM,
    TEST_STREAM,
    Examples,
    make_examples,
    plain_examples,
    split,
)
from docreader.training.figures import Figures, measure, penalties
from docreader.training.recipe import Recipe
from models import criteria
from models.lenet5 import LeNet5, LeNet5Config

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

    module: LeNet5
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
    """Train LeNet-5; a checkpoint and the curves are written to a folder after each pass.

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
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        config = LeNet5Config(labels=recipe.labels, rubbish=recipe.rubbish_constant, scale=recipe.scale)
        module = LeNet5(config).to(where)
    parameters = [p for p in module.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=recipe.lr, weight_decay=recipe.weight_decay)
    identity = same_recipe(recipe, data, where.type)
    progress = load_checkpoint(out / CHECKPOINT, module, optimizer, identity) if resume else Progress()
    held_examples = _held_out(held, recipe)
    while progress.epoch < recipe.epochs:
        row = _one_pass(module, optimizer, learned, recipe, progress.epoch, where, on_step)
        progress.epoch += 1
        if held_examples is not None:
            figures = measure(module, held_examples, where)
            error = figures.total_error if recipe.rubbish else figures.error
            row |= {"held_out_loss": figures.loss, "held_out_error": error}
        progress.history.append(row)
        if progress.best_epoch == 0 or _merit(row) <= _merit(progress.history[progress.best_epoch - 1]):
            progress.best = {name: t.detach().cpu().clone() for name, t in module.state_dict().items()}
            progress.best_epoch = progress.epoch
        save_checkpoint(out / CHECKPOINT, module, optimizer, progress, identity)
        write_csv(out / CURVES, progress.history)
        if on_epoch is not None:
            on_epoch(row)
    module.load_state_dict(progress.best)
    if held_examples is not None and recipe.criterion == "map":
        calibrate(module, held_examples, where)
    return Trained(module.cpu().eval(), progress.best_epoch, progress.history, data)


def test_figures(module: LeNet5, digits: Digits, recipe: Recipe) -> dict[str, Figures]:
    """Figures on the test digits, to be looked at once, when all choices are made.

    Args:
        module: The trained network, on the CPU.
        digits: Test digits.
        recipe: How the network was trained.

    Returns:
        'test' for the digits as they are; when the recipe distorts or has negatives, 'distorted' for a distorted
        copy of each with negatives made from them.
    """
    device = torch.device("cpu")
    found = {"test": measure(module, plain_examples(digits), device)}
    if recipe.distort or recipe.rubbish:
        found["distorted"] = measure(module, make_examples(digits, recipe, TEST_STREAM), device)
    return found


test_figures.__test__ = False  # type: ignore[attr-defined]  # not for pytest


def learning_rate(recipe: Recipe, step: int, steps: int) -> float:
    """Step size of the optimiser: up through the first pass (at most a tenth of the run), then down a cosine.

    Args:
        recipe: Says the greatest.
        step: Step of the whole run, from 0.
        steps: Steps of the whole run.
    """
    rise = max(1, min(steps // recipe.epochs, steps // 10))
    if step < rise:
        return recipe.lr * (step + 1) / rise
    return recipe.lr * 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise)))


def fingerprint(digits: Digits) -> str:
    """Hash of images and labels, 64 hexadecimal digits."""
    digest = hashlib.sha256(repr(digits.images.shape).encode())
    digest.update(digits.images.tobytes())
    digest.update(digits.labels.tobytes())
    return digest.hexdigest()


def _one_pass(
    module: LeNet5,
    optimizer: torch.optim.Optimizer,
    digits: Digits,
    recipe: Recipe,
    epoch: int,
    device: torch.device,
    on_step: OnStep | None,
) -> dict[str, float]:
    """Train one pass, numbered from 0; returns its figures."""
    examples = make_examples(digits, recipe, epoch)
    size = len(examples)
    steps = math.ceil(size / recipe.batch_size)
    examples = _trimmed(module, examples, recipe, epoch, device)
    module.train()
    loss_sum = seen = wrong = 0.0
    for step in range(math.ceil(len(examples) / recipe.batch_size)):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(recipe, epoch * steps + step, recipe.epochs * steps)
        part = slice(step * recipe.batch_size, (step + 1) * recipe.batch_size)
        pictures = torch.from_numpy(examples.pictures[part]).to(device).unsqueeze(1).float() / 255
        targets = torch.from_numpy(examples.targets[part]).to(device)
        penalties = module(pictures)
        if recipe.criterion == "ml":
            loss = criteria.maximum_likelihood(penalties, targets)
        else:
            loss = criteria.maximum_a_posteriori(penalties, targets, module.rubbish, module.scale)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        value = float(loss.detach())
        if not math.isfinite(value):
            raise DivergedError(f"the loss is {value} in pass {epoch + 1}: train anew with a smaller --lr")
        with torch.no_grad():
            wrong += float((_choice(penalties, module, recipe) != targets).sum())
        loss_sum += value * len(targets)
        seen += len(targets)
        if on_step is not None:
            on_step(epoch + 1, step + 1, steps, loss_sum / seen)
    module.eval()
    row = {"epoch": float(epoch + 1), "train_loss": loss_sum / seen, "train_error": wrong / seen}
    return row | {"trimmed": (size - len(examples)) / size, "lr": optimizer.param_groups[0]["lr"]}


def _choice(penalties: torch.Tensor, module: LeNet5, recipe: Recipe) -> torch.Tensor:
    """The class of least penalty; "no character" is one only where the recipe teaches it."""
    if not recipe.rubbish:
        return penalties.argmin(1)
    return torch.cat([penalties, module.rubbish.expand(len(penalties), 1)], 1).argmin(1)


def _trimmed(
    module: LeNet5, examples: Examples, recipe: Recipe, epoch: int, device: torch.device
) -> Examples:
    """The examples without those negatives that most likely show a character (see `Recipe.trim`)."""
    if not recipe.rubbish or not recipe.trim or epoch < max(1, recipe.epochs // 4):
        return examples
    least = penalties(module, examples.pictures, device).amin(1).numpy()
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
