"""Training of the field locator."""

import math
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from docreader.recognition.locator import to_ink
from docreader.training.common.ema import EMA
from docreader.training.common.errors import TrainingError
from docreader.training.common.fit import EpochData, OnEpoch, OnStep, Row, Step, Trained, Trainer
from docreader.training.common.schedules import warmup_cosine
from docreader.training.locator.examples import plain_batches, training_batches
from docreader.training.locator.losses import count_misses, total_loss
from docreader.training.locator.pages import LocatorPage, fingerprint
from docreader.training.locator.recipe import LocatorRecipe
from docreader.training.locator.targets import Batch
from models.field_locator import FieldLocator, FieldLocatorConfig

Refresh = Callable[[FieldLocator, Sequence[LocatorPage]], list[LocatorPage]]
"""Return the pages with the candidates that a network finds added, and read by a recognizer."""

_WARMUP = 0.05
"""Share of the steps in the warm-up of the learning rate."""


def train_locator(
    pages: Sequence[LocatorPage],
    recipe: LocatorRecipe,
    out: Path,
    *,
    config: FieldLocatorConfig | None = None,
    start: FieldLocator | None = None,
    refresh: Refresh | None = None,
    device: str = "cpu",
    resume: bool = False,
    on_step: OnStep | None = None,
    on_epoch: OnEpoch | None = None,
) -> Trained[FieldLocator]:
    """Train a field locator; write a checkpoint and the learning curves after each epoch.

    Args:
        pages: Training pages; a fraction is held out to select the best epoch.
        recipe: Hyperparameters.
        out: Folder of checkpoint and curves.
        config: Configuration of the network.
        start: Trained network to continue from; it is copied, and has its own configuration.
        refresh: Renews the candidates of the pages; None where boxes are labeled.
        device: Device: 'cpu', 'cuda', 'cuda:1', ...
        resume: Continue from the checkpoint in `out`. With `refresh` the candidates are those of the resumed network,
            so that the weights are not those of an uninterrupted run.
        on_step: Callback of steps.
        on_epoch: Callback of epochs.

    Returns:
        Network of the best epoch on the CPU, and the history.

    Raises:
        TrainingError: There are fewer pages than one batch.
        CheckpointError: There is nothing to resume, or it is of another run.
        DivergedError: The loss is not finite.
    """
    where = torch.device(device)
    order = np.random.default_rng([recipe.seed, 7]).permutation(len(pages))
    held = round(len(pages) * recipe.val_fraction)
    chosen = [pages[number] for number in order[held:]]
    if len(chosen) < recipe.batch_size:
        raise TrainingError(
            f"{len(chosen)} pages to train on are fewer than one batch of {recipe.batch_size}"
        )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        network = FieldLocator(config) if start is None else deepcopy(start).train()
    network = network.to(where).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.AdamW(network.parameters(), recipe.lr, weight_decay=recipe.weight_decay)
    task = _PageTask(chosen, [pages[number] for number in order[:held]], recipe, where, refresh)
    steps = task.steps * recipe.epochs
    trained = Trainer(
        task,
        network,
        optimizer,
        warmup_cosine(optimizer, max(1, round(_WARMUP * steps)), steps, floor=0.01),
        epochs=recipe.epochs,
        out=out,
        identity={
            "recipe": recipe.to_json(),
            "data": fingerprint(pages),
            "start": start is not None,
            "device": where.type,
        },
        device=where,
        ema=EMA(network, recipe.ema) if recipe.ema else None,
        max_norm=recipe.max_norm,
        on_step=on_step,
        on_epoch=on_epoch,
    ).fit(resume=resume)
    trained.network.cpu()
    return trained


@dataclass
class _PageTask:
    """Adapt the locator to the training loop.

    Attributes:
        pages: Training pages.
        held_out: Validation pages.
        recipe: Hyperparameters.
        device: Device of the network.
        refresh: Renews the candidates, or None.
        refreshed: Epoch of the latest refresh.
    """

    pages: Sequence[LocatorPage]
    held_out: Sequence[LocatorPage]
    recipe: LocatorRecipe
    device: torch.device
    refresh: Refresh | None
    refreshed: int = 0

    @property
    def steps(self) -> int:
        """Steps of an epoch."""
        return math.ceil(len(self.pages) / self.recipe.batch_size)

    def epoch_examples(self, network: FieldLocator, epoch: int) -> EpochData[Batch]:
        """Renew the candidates where they are due, and prepare the batches."""
        due = epoch - epoch % self.recipe.refresh
        if self.refresh is not None and due != self.refreshed:  # a resumed run is due, too
            self.pages = self.refresh(network, self.pages)
            self.held_out = self.refresh(network, self.held_out)
            self.refreshed = due
        rng = np.random.default_rng([self.recipe.seed, 11, epoch])
        batches = training_batches(self.pages, self.recipe, network.config.long_side, rng)
        return EpochData(batches, self.steps, self.recipe.seed * 100_003 + epoch)

    def training_step(self, network: FieldLocator, batch: Batch) -> Step:
        """Compute the loss and count the fields that are not found."""
        batch = batch.to(self.device)
        maps = network(to_ink(batch.images))
        return Step(total_loss(maps, batch, self.recipe), count_misses(maps, batch), len(batch.images))

    @torch.inference_mode()
    def validate(self, network: FieldLocator) -> Row:
        """Measure the validation pages: mean loss, and the share whose likeliest cell is not of the field."""
        if not self.held_out:
            return {}
        loss = misses = 0.0
        for batch in plain_batches(self.held_out, self.recipe.batch_size, network.config.long_side):
            batch = batch.to(self.device)
            maps = network(to_ink(batch.images))
            loss += float(total_loss(maps, batch, self.recipe)) * len(batch.images)
            misses += float(count_misses(maps, batch))
        count = len(self.held_out)
        return {"held_out_loss": loss / count, "held_out_error": misses / count}
