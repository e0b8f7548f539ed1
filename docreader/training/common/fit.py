"""The training loop: epochs, EMA, validation, checkpoints, early stopping."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Literal, Protocol, TypeVar

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LRScheduler

from docreader.training.common.checkpoint import Progress, TrainingState
from docreader.training.common.distributed import SINGLE_PROCESS, Processes
from docreader.training.common.ema import EMA
from docreader.training.common.epoch_metrics import EpochMetrics
from docreader.training.common.history import write_csv

CHECKPOINT = "checkpoint.safetensors"
CURVES = "curves.csv"

Network = TypeVar("Network", bound=nn.Module)
NetworkT_contra = TypeVar("NetworkT_contra", bound=nn.Module, contravariant=True)
Batch = TypeVar("Batch")

Row = dict[str, float]

OnStep = Callable[[int, int, int, EpochMetrics], None]
"""Callback with epoch (from 1), step (from 1), steps of the epoch, and the epoch's metrics so far."""

OnEpoch = Callable[[Row], None]
"""Callback with the figures of a finished epoch."""


@dataclass(frozen=True)
class EpochData(Generic[Batch]):
    """Batches of one epoch.

    Attributes:
        batches: Batches, made as they are needed.
        steps: Steps of the schedule that the epoch spans; the schedule skips the steps that `batches` lacks.
        seed: Seed of torch's global generator (dropout).
        figures: Further figures for the row of the history.
    """

    batches: Iterable[Batch]
    steps: int
    seed: int
    figures: Row = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """Result of a forward pass.

    Attributes:
        loss: Scalar to minimize.
        wrong: Number of errors, a scalar.
        count: Number of examples.
        mean_loss: Mean loss to report, a scalar; None if it is `loss`.
    """

    loss: Tensor
    wrong: Tensor
    count: int
    mean_loss: Tensor | None = None


class Task(Protocol[NetworkT_contra, Batch]):
    """Define a training: its examples, its loss and its validation.

    All random numbers depend on the seed and the epoch alone, so that a resumed run draws the same ones.
    """

    def epoch_examples(self, network: NetworkT_contra, epoch: int) -> EpochData[Batch]:
        """Prepare an epoch.

        Args:
            network: NetworkT_contra as it is validated, in evaluation mode.
            epoch: Number of the epoch, from 0.
        """

    def training_step(self, network: NetworkT_contra, batch: Batch) -> Step:
        """Compute the loss of a batch; the trainer takes the optimizer's step."""

    def validate(self, network: NetworkT_contra) -> Row:
        """Return the figures of the held-out examples, named `held_out_...`; none without such examples."""


@dataclass(frozen=True)
class Trained(Generic[Network]):
    """Outcome of a run.

    Attributes:
        network: Network with the weights of the best epoch, in evaluation mode.
        epoch: Number of the best epoch, from 1.
        history: Figures of each epoch.
        data: Hash of the training data.
    """

    network: Network
    epoch: int
    history: list[Row]
    data: str


@dataclass
class Trainer(Generic[Network, Batch]):
    """Train a network on a task.

    After each epoch, a checkpoint and the learning curves are written. On the CPU, a resumed run ends with the same
    weights, bit for bit, as one without interruption.

    Attributes:
        task: Examples, loss and validation.
        network: Network, on its device.
        optimizer: Optimizer of its parameters.
        scheduler: Learning-rate schedule of the optimizer.
        epochs: Number of epochs.
        out: Folder of checkpoint and curves.
        identity: JSON values that must be equal for a run to be resumed; `data` is the hash of the training data.
        device: Device of the network.
        ema: Average of the weights, which is validated and returned in place of the network.
        interval: Unit in which the schedule advances.
        monitor: Figures that select the best epoch: the smallest first, ties by the next, then the latest epoch.
        patience: Epochs without improvement that end the run; 0 disables early stopping.
        max_norm: Largest norm of the gradient; None disables clipping.
        checkpoint_every: Epochs between checkpoints.
        processes: Processes that train together; the main one validates and writes.
        on_step: Callback of steps.
        on_epoch: Callback of epochs.
        progress: Progress of the run.
    """

    task: Task[Network, Batch]
    network: Network
    optimizer: torch.optim.Optimizer
    scheduler: LRScheduler
    epochs: int
    out: Path
    identity: Mapping[str, Any]
    device: torch.device
    ema: EMA[Network] | None = None
    interval: Literal["step", "epoch"] = "step"
    monitor: tuple[str, ...] = ("held_out_error", "held_out_loss")
    patience: int = 0
    max_norm: float | None = None
    checkpoint_every: int = 1
    processes: Processes = SINGLE_PROCESS
    on_step: OnStep | None = None
    on_epoch: OnEpoch | None = None
    progress: Progress = field(default_factory=Progress)

    @property
    def validated(self) -> Network:
        """Network with the averaged weights, or the network itself without EMA."""
        return self.network if self.ema is None else self.ema.module

    def fit(self, *, resume: bool = False) -> Trained[Network]:
        """Run all epochs.

        Args:
            resume: Continue from the checkpoint in `out`.

        Raises:
            CheckpointError: There is nothing to resume, or it is of another run.
            DivergedError: The loss is not finite.
        """
        modules = {"network": self.network} | ({} if self.ema is None else {"ema": self.ema})
        state = TrainingState(modules, self.optimizer, self.scheduler, self.identity)
        progress = self.progress
        if resume:
            vars(progress).update(vars(state.load(self.out / CHECKPOINT)))
        while progress.epoch < self.epochs and not self._is_stale():
            row = self._train_epoch(progress.epoch)
            if self.processes.is_main:
                row |= self.task.validate(self.validated.eval())
            row = self.processes.broadcast(row)
            self._record(row)
            if self.processes.is_main:
                if progress.epoch % self.checkpoint_every == 0 or progress.epoch == self.epochs:
                    state.save(self.out / CHECKPOINT, progress)
                write_csv(self.out / CURVES, progress.history)
            if self.on_epoch is not None:
                self.on_epoch(row)
        network = self.validated.eval()
        network.load_state_dict(progress.best)
        return Trained(network, progress.best_epoch, progress.history, self.identity["data"])

    def _train_epoch(self, epoch: int) -> Row:
        """Train on the examples of an epoch, numbered from 0."""
        examples = self.task.epoch_examples(self.validated.eval(), epoch)
        metrics = EpochMetrics(epoch + 1, self.device)
        self.network.train()
        lr, done = 0.0, 0
        with torch.random.fork_rng(devices=[self.device] if self.device.type == "cuda" else []):
            torch.manual_seed(examples.seed)
            for done, batch in enumerate(examples.batches, start=1):
                lr = self.optimizer.param_groups[0]["lr"]
                step = self._step(batch)
                loss = step.loss if step.mean_loss is None else step.mean_loss
                if metrics.add(loss, step.wrong, step.count) and self.on_step is not None:
                    self.on_step(epoch + 1, done, examples.steps, metrics)
        self._skip(examples.steps - done)
        return metrics.row() | {"lr": float(lr)} | examples.figures

    def _step(self, batch: Batch) -> Step:
        step = self.task.training_step(self.network, batch)
        self.optimizer.zero_grad()
        step.loss.backward()  # type: ignore[no-untyped-call]
        if self.max_norm is not None:
            nn.utils.clip_grad_norm_(self.network.parameters(), self.max_norm)
        self.optimizer.step()
        if self.ema is not None:
            self.ema.update_parameters(self.network)
        if self.interval == "step":
            self.scheduler.step()
        return step

    def _skip(self, steps: int) -> None:
        """Advance schedule and EMA by the steps that the epoch lacked."""
        if self.ema is not None:
            self.ema.n_averaged += max(0, steps)
        if self.interval == "step":
            for _ in range(steps):
                self.scheduler.step()

    def _record(self, row: Row) -> None:
        """Add the figures of an epoch to the history; keep the weights if they are the best."""
        progress = self.progress
        progress.epoch += 1
        progress.history.append(row)
        if progress.best_epoch == 0 or self._merit(row) <= self._merit(
            progress.history[progress.best_epoch - 1]
        ):
            state = self.validated.state_dict()
            progress.best = {name: tensor.detach().cpu().clone() for name, tensor in state.items()}
            progress.best_epoch = progress.epoch
        if self.interval == "epoch":
            self.scheduler.step()

    def _merit(self, row: Row) -> tuple[float, ...]:
        """Return the monitored figures; without held-out examples all epochs are equal, and the last is taken."""
        return tuple(row.get(name, 0.0) for name in self.monitor)

    def _is_stale(self) -> bool:
        return bool(self.patience) and self.progress.epoch - self.progress.best_epoch >= self.patience
