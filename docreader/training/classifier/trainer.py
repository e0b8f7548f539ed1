"""Trains a classifier: passes, the step divided on a plateau, checkpoints from which a run goes on bit for bit."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from docreader.training.classifier.epoch_data import Batches, Features, Squares
from docreader.training.classifier.recipe import ClassifierRecipe, step_size
from docreader.training.common.checkpoint import Progress
from docreader.training.common.epoch_metrics import EpochMetrics
from docreader.training.common.history import write_csv
from docreader.training.common.legacy import EMA, load_checkpoint, save_checkpoint

CHECKPOINT = "checkpoint.safetensors"

OnStep = Callable[[int, int, int, float], None]
OnEpoch = Callable[[dict[str, float]], None]


@dataclass(frozen=True)
class TrainedClassifier:
    """What a run made.

    Attributes:
        module: The network with the weights of the best pass.
        history: One row of figures for each pass.
        epoch: The best pass, from 1.
    """

    module: nn.Module
    history: list[dict[str, float]]
    epoch: int


def fit(
    module: nn.Module,
    train: Batches,
    held: Batches | None,
    recipe: ClassifierRecipe,
    out: Path,
    *,
    data: str,
    device: str = "cpu",
    checkpoint_every: int = 1,
    resume: bool = False,
    on_step: OnStep | None = None,
    on_epoch: OnEpoch | None = None,
) -> TrainedClassifier:
    """Train a network on batches.

    Args:
        module: The network; it is changed.
        train: Training set.
        held: Held-out set, which chooses the best pass and tells a plateau; without one the last pass is taken.
        recipe: All settings.
        out: Folder for checkpoint and curves.csv.
        data: Hash of the data and of the weights begun from: a run with another is not continued.
        device: Where to compute.
        checkpoint_every: Passes between checkpoints; AlexNet's are of 700 MB.
        resume: Whether to go on from the checkpoint in `out`.
        on_step: Gets pass, step, steps and mean loss.
        on_epoch: Gets the figures of each finished pass.

    Raises:
        CheckpointError: The checkpoint cannot be continued.
        DivergedError: The loss is no longer finite.
    """
    module.to(device)
    if device.startswith("cuda"):
        module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    averaged = EMA(module, recipe.ema)
    kept = averaged if recipe.ema else module
    optimizer = _optimizer(module, recipe)
    identity: dict[str, Any] = json.loads(
        json.dumps({"recipe": recipe.to_json(), "data": data, "device": device})
    )
    progress = Progress()
    if resume:
        progress = load_checkpoint(out / CHECKPOINT, kept, optimizer, identity)
    while progress.epoch < recipe.epochs:
        lr = step_size(recipe, progress.history)
        for group in optimizer.param_groups:
            group["lr"] = lr
        row = _pass(averaged, optimizer, train, recipe, progress.epoch, device, on_step) | {"lr": lr}
        if held is not None:
            row |= _measure(averaged.mean, held, device, recipe)
        progress.epoch += 1
        progress.history.append(row)
        if (
            held is None
            or progress.best_epoch == 0
            or _merit(row) < _merit(progress.history[progress.best_epoch - 1])
        ):
            progress.best_epoch = progress.epoch
            progress.best = {name: t.detach().cpu().clone() for name, t in averaged.mean.state_dict().items()}
        if progress.epoch % checkpoint_every == 0 or progress.epoch == recipe.epochs:
            save_checkpoint(out / CHECKPOINT, kept, optimizer, progress, identity)
        write_csv(out / "curves.csv", progress.history)
        if on_epoch is not None:
            on_epoch(row)
    module.load_state_dict(progress.best)
    return TrainedClassifier(module.eval(), progress.history, progress.best_epoch)


def scores(module: nn.Module, batches: Batches, device: str) -> tuple[Tensor, Tensor]:
    """Log posteriors (N, classes) and class numbers of a set, as the network gives them without augmentation."""
    module.eval()
    found, targets = [], []
    with torch.inference_mode():
        for seen, target in batches.plain():
            found.append(torch.log_softmax(_forward(module, seen.to(device), batches), 1).cpu())
            targets.append(target.cpu())
    return torch.cat(found), torch.cat(targets)


def ten_view_scores(module: nn.Module, batches: Squares, device: str) -> Tensor:
    """Log of the mean posterior over ten views of each image (AlexNet12 sec. 4.1), (N, classes)."""
    module.eval()
    found = []
    with torch.inference_mode():
        for views, target in batches.ten():
            posterior = torch.softmax(module(views.flatten(0, 1).to(device)), 1)
            found.append(posterior.view(len(target), 10, -1).mean(1).log().cpu())
    return torch.cat(found)


def _forward(module: nn.Module, seen: Tensor, batches: Batches) -> Tensor:
    """Scores of pictures, or of features that were pooled before."""
    result: Tensor = module.head(seen) if isinstance(batches, Features) else module(seen)  # type: ignore[operator]
    return result


def _optimizer(module: nn.Module, recipe: ClassifierRecipe) -> torch.optim.Optimizer:
    weights = [weight for weight in module.parameters() if weight.requires_grad]
    if recipe.optimizer == "adam":
        return torch.optim.Adam(weights, recipe.lr, weight_decay=recipe.weight_decay)
    return torch.optim.SGD(weights, recipe.lr, momentum=recipe.momentum, weight_decay=recipe.weight_decay)


def _pass(
    averaged: EMA[nn.Module],
    optimizer: torch.optim.Optimizer,
    train: Batches,
    recipe: ClassifierRecipe,
    epoch: int,
    device: str,
    on_step: OnStep | None,
) -> dict[str, float]:
    """One pass through the training set: its mean loss and error, as they were on the way."""
    targets_seen = len(train.targets)  # type: ignore[attr-defined]
    steps = max(1, targets_seen // recipe.batch_size)
    module = averaged.module.train()
    tally = EpochMetrics(epoch + 1, torch.device(device))
    with torch.random.fork_rng(devices=[device] if device.startswith("cuda") else []):
        torch.manual_seed(recipe.seed * 100_003 + epoch)  # dropout of a pass is the same after --resume
        for step, (pictures, targets) in enumerate(train.train(epoch), 1):
            targets = targets.to(device)
            with _precision(recipe, device):
                found = _forward(module, pictures.to(device), train)
            loss = F.cross_entropy(found.float(), targets, label_smoothing=recipe.smoothing)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            averaged.update(epoch * steps + step - 1)
            truth = targets.argmax(1) if targets.ndim == 2 else targets
            looked = tally.add(loss, (found.detach().argmax(1) != truth).sum(), len(targets))
            if looked and on_step is not None:
                on_step(epoch + 1, step, steps, tally.mean_loss)
    module.eval()
    return tally.row() | {"classes": float(found.shape[1])}


def _measure(module: nn.Module, held: Batches, device: str, recipe: ClassifierRecipe) -> dict[str, float]:
    with _precision(recipe, device):
        found, targets = scores(module, held, device)
    loss = float(F.nll_loss(found.float(), targets))
    error = float((found.argmax(1) != targets).float().mean())
    return {"held_out_loss": loss, "held_out_error": error}


def _precision(recipe: ClassifierRecipe, device: str) -> Any:
    if not recipe.bfloat16:
        return nullcontext()
    return torch.autocast(torch.device(device).type, dtype=torch.bfloat16)


def _merit(row: dict[str, float]) -> tuple[float, float]:
    """Smaller is better."""
    return row["held_out_error"], row["held_out_loss"]
