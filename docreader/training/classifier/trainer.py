"""Training of a classifier on batches, and its evaluation."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR

from docreader.training.classifier.epoch_data import Batch, Batches, Features, Squares
from docreader.training.classifier.plateau_check import is_guessing
from docreader.training.classifier.recipe import ClassifierRecipe
from docreader.training.common.checkpoint import Progress
from docreader.training.common.ema import EMA
from docreader.training.common.fit import EpochData, OnEpoch, OnStep, Row, Step, Trained, Trainer


def fit(
    network: nn.Module,
    training: Batches,
    validation: Batches | None,
    recipe: ClassifierRecipe,
    out: Path,
    *,
    data: str,
    device: str = "cpu",
    checkpoint_every: int = 1,
    resume: bool = False,
    on_step: OnStep | None = None,
    on_epoch: OnEpoch | None = None,
) -> Trained[nn.Module]:
    """Train a network on batches.

    Args:
        network: Network, changed in place.
        training: Training set.
        validation: Validation set, which selects the best epoch and detects a plateau; without one, the last epoch is
            selected.
        recipe: Hyperparameters.
        out: Folder of checkpoint and curves.
        data: Hash of data and pretrained weights, equal for a run to be resumed.
        device: Device of the computation.
        checkpoint_every: Epochs between checkpoints; those of AlexNet have 700 MB.
        resume: Continue from the checkpoint in `out`.
        on_step: Callback of steps.
        on_epoch: Callback of epochs.

    Raises:
        CheckpointError: There is nothing to resume, or it is of another run.
        DivergedError: The loss is not finite.
    """
    where = torch.device(device)
    network.to(where)
    if where.type == "cuda":
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = _make_optimizer(network, recipe)
    progress = Progress()
    classes = len(network.config.labels)  # type: ignore[union-attr,arg-type]
    return Trainer(
        _ImageTask(classes, training, validation, recipe, where),
        network,
        optimizer,
        LambdaLR(optimizer, lambda epoch: learning_rate_factor(recipe, progress.history[:epoch])),
        epochs=recipe.epochs,
        out=out,
        identity={"recipe": recipe.to_json(), "data": data, "device": device},
        device=where,
        ema=EMA(network, recipe.ema) if recipe.ema else None,
        interval="epoch",
        checkpoint_every=checkpoint_every,
        on_step=on_step,
        on_epoch=on_epoch,
        progress=progress,
    ).fit(resume=resume)


@dataclass(frozen=True)
class _ImageTask:
    """Adapt a classifier to the training loop.

    Attributes:
        classes: Number of classes.
        training: Training set.
        validation: Validation set; None without one.
        recipe: Hyperparameters.
        device: Device of the network.
    """

    classes: int
    training: Batches
    validation: Batches | None
    recipe: ClassifierRecipe
    device: torch.device

    def epoch_examples(self, network: nn.Module, epoch: int) -> EpochData[Batch]:
        """Return the augmented batches of an epoch."""
        steps = max(1, len(self.training.targets) // self.recipe.batch_size)
        seed = self.recipe.seed * 100_003 + epoch
        return EpochData(self.training.train(epoch), steps, seed, {"classes": float(self.classes)})

    def training_step(self, network: nn.Module, batch: Batch) -> Step:
        """Compute the cross-entropy with label smoothing and count the errors."""
        inputs, targets = batch[0].to(self.device), batch[1].to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.recipe.bfloat16):
            scores = _forward(network, inputs, self.training)
        loss = F.cross_entropy(scores.float(), targets, label_smoothing=self.recipe.label_smoothing)
        truth = targets.argmax(1) if targets.ndim == 2 else targets
        return Step(loss, (scores.detach().argmax(1) != truth).sum(), len(targets))

    def validate(self, network: nn.Module) -> Row:
        """Measure the validation set."""
        if self.validation is None:
            return {}
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.recipe.bfloat16):
            scores, targets = log_posteriors(network, self.validation, self.device)
        loss = float(F.nll_loss(scores.float(), targets))
        return {
            "held_out_loss": loss,
            "held_out_error": float((scores.argmax(1) != targets).float().mean()),
        }


def log_posteriors(network: nn.Module, batches: Batches, device: torch.device) -> tuple[Tensor, Tensor]:
    """Compute log-posteriors (N, classes) and class numbers (N,) of a set without augmentation."""
    network.eval()
    scores, targets = [], []
    with torch.inference_mode():
        for inputs, target in batches.plain():
            scores.append(torch.log_softmax(_forward(network, inputs.to(device), batches), 1).cpu())
            targets.append(target.cpu())
    return torch.cat(scores), torch.cat(targets)


def ten_crop_scores(network: nn.Module, batches: Squares, device: torch.device) -> Tensor:
    """Compute the log of the mean posterior over ten crops of each image (AlexNet12 sec. 4.1), (N, classes)."""
    network.eval()
    scores = []
    with torch.inference_mode():
        for crops, target in batches.ten():
            posterior = torch.softmax(network(crops.flatten(0, 1).to(device)), 1)
            scores.append(posterior.view(len(target), 10, -1).mean(1).log().cpu())
    return torch.cat(scores)


def learning_rate_factor(recipe: ClassifierRecipe, history: Sequence[Row]) -> float:
    """Return the learning rate of the next epoch relative to the first.

    Without a cosine schedule, the learning rate is divided by 10 on a plateau of the validation error, or of the
    training loss without a validation set. It depends on the history alone, so that resumed runs are exact. Epochs at
    chance level do not count as a plateau.

    Args:
        recipe: Hyperparameters.
        history: One row for each finished epoch.
    """
    if recipe.cosine:
        return 0.5 * (1 + math.cos(math.pi * len(history) / recipe.epochs))
    best, stalled, drops = math.inf, 0, 0
    for row in history:
        if is_guessing([row], int(row.get("classes", 0)), 1):
            continue  # a smaller learning rate would not help
        value = row.get("held_out_error", row["train_loss"])
        best, stalled = (value, 0) if value < best else (best, stalled + 1)
        if stalled >= recipe.patience and drops < recipe.drops:
            drops, stalled = drops + 1, 0
    return float(0.1**drops)


def _forward(network: nn.Module, inputs: Tensor, batches: Batches) -> Tensor:
    """Score images, or cached features."""
    scores: Tensor = network.head(inputs) if isinstance(batches, Features) else network(inputs)  # type: ignore[operator]
    return scores


def _make_optimizer(network: nn.Module, recipe: ClassifierRecipe) -> torch.optim.Optimizer:
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    if recipe.optimizer == "adam":
        return torch.optim.Adam(weights, recipe.lr, weight_decay=recipe.weight_decay)
    return torch.optim.SGD(weights, recipe.lr, momentum=recipe.momentum, weight_decay=recipe.weight_decay)
