"""Training of a reader from images labeled with their strings."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from docreader.training.common.distributed import ALONE, Processes
from docreader.training.common.ema import EMA
from docreader.training.common.errors import DivergedError, TrainingError
from docreader.training.common.fit import EpochData, OnEpoch, OnStep, Row, Step, Trained, Trainer
from docreader.training.common.schedules import warmup_cosine
from docreader.training.common.sync_layers import share_layers
from docreader.training.reader.dataset import Example, fingerprint, spelled
from docreader.training.reader.recipe import ReaderRecipe
from docreader.training.reader.tasks.base import ReaderTask, ShardedStep, way

SORTED_BATCHES = 8
"""Batches whose strings are sorted by size together, so that those of one batch are of about the same size."""

WARMUP = 0.03
"""Share of the run in which the learning rate rises."""

MIN_LR = 1e-3
"""Smallest learning rate after the warm-up, as a fraction of the peak."""


def train_reader(
    learned: Sequence[Example],
    held: Sequence[Example],
    pool: Sequence[Example],
    recipe: ReaderRecipe,
    out: Path,
    *,
    init: nn.Module | None = None,
    device: str = "cpu",
    processes: Processes = ALONE,
    resume: bool = False,
    on_step: OnStep | None = None,
    on_epoch: OnEpoch | None = None,
) -> Trained[nn.Module]:
    """Train a network; a checkpoint and the learning curves are written after each epoch.

    All random numbers depend on the recipe's seed and the epoch, so that on the CPU a resumed run ends with the same
    weights, bit for bit, as one without interruption. Several processes, each with the same arguments, end with the
    result of one up to rounding: each computes a shard of every batch.

    Args:
        learned: Training strings.
        held: Validation strings, which select the epoch; without any, the last epoch is taken.
        pool: Synthesized strings; may be empty if the recipe mixes in none.
        recipe: Settings of the run.
        out: Folder for checkpoint and curves.
        init: Pretrained network of the recipe's form, or a recognizer for it; None starts from random weights.
        device: Device: 'cpu', 'cuda', 'cuda:1', ...
        processes: Processes that train together; the main one validates and writes.
        resume: Continue from the checkpoint in `out`.
        on_step: Callback of steps.
        on_epoch: Callback of epochs.

    Raises:
        TrainingError: The strings do not fit the recipe.
        CheckpointError: There is nothing to resume, or it is of another run.
        DivergedError: The loss is not finite.
    """
    if not learned:
        raise TrainingError("there is no string to learn from: hold out fewer, or label more")
    if recipe.synthesized and not pool:
        raise TrainingError("the recipe mixes in synthesized strings, and there are none: give --digits")
    if recipe.batch_size < processes.count:
        raise TrainingError(
            f"a batch of {recipe.batch_size} strings is too small for {processes.count} processes"
        )
    where = torch.device(device)
    method = way(recipe)
    network = _network(method, recipe, init).to(where)
    ema = EMA(network, recipe.averaging)
    task = _StringTask(method, network, learned, held, pool, recipe, where, processes)
    optimizer = _optimizer(network, recipe)
    steps = recipe.passes * task.steps
    trained = Trainer(
        task,
        network,
        optimizer,
        warmup_cosine(optimizer, max(1, round(WARMUP * steps)), steps, MIN_LR),
        epochs=recipe.passes,
        out=out,
        identity={
            "recipe": recipe.to_json(),
            "data": fingerprint([*learned, *held, *pool]),
            "device": where.type,
            "init": _weight_sum(init),
        },
        device=where,
        ema=ema,
        monitor=("held_out_error", "held_out_cer"),
        patience=recipe.patience,
        max_norm=recipe.clip,
        processes=processes,
        on_step=on_step,
        on_epoch=on_epoch,
    ).fit(resume=resume)
    trained.network.cpu()
    return trained


class _StringTask:
    """Adapt a reader task to the training loop: batches of strings, shared by the processes.

    Args:
        method: Task of the recipe's method.
        network: Network in training; its layers are synchronized if there are several processes.
        learned: Training strings.
        held: Validation strings.
        pool: Synthesized strings.
        recipe: Settings of the run.
        device: Device of the network.
        processes: Processes that train together.
    """

    def __init__(
        self,
        method: ReaderTask,
        network: nn.Module,
        learned: Sequence[Example],
        held: Sequence[Example],
        pool: Sequence[Example],
        recipe: ReaderRecipe,
        device: torch.device,
        processes: Processes,
    ) -> None:
        self.method, self.learned, self.held, self.pool = method, learned, held, pool
        self.recipe, self.device, self.processes = recipe, device, processes
        self.own = min(recipe.batch_size - recipe.synthesized, len(learned))
        self.steps = len(learned) // self.own
        self.generator = torch.Generator(device)
        self.step: nn.Module = ShardedStep(method, network, processes)
        if processes.several:
            share_layers(network, processes)
            self.step = DistributedDataParallel(self.step)

    def epoch_examples(self, network: nn.Module, epoch: int) -> EpochData[list[Example]]:
        """Batch every labeled string once, with synthesized ones mixed in."""
        seed = self.recipe.seed
        renewal = np.random.default_rng([seed, 2, epoch])
        learned = self.method.renewed(network, self.learned, self.recipe, self.device, renewal)
        self.generator.manual_seed(seed * 1_000_003 + epoch)
        return EpochData(self._batches(learned, np.random.default_rng([seed, 1, epoch])), self.steps)

    def epoch_seed(self, epoch: int) -> int:
        """Return the seed of dropout."""
        return self.recipe.seed * 1_000_033 + epoch

    def training_step(self, network: nn.Module, batch: Sequence[Example]) -> Step:
        """Compute the loss of this process's shard; count the strings read correctly in the whole batch."""
        values, read = self.step(batch, self.recipe, self.device, self.generator)
        own = batch[self.processes.rows(len(batch))]
        wrong = sum(text != spelled(example.target) for text, example in zip(read, own, strict=True))
        finite = torch.isfinite(values.detach())
        figures = [values.detach().double().sum(), (~finite).sum(), torch.tensor(wrong)]
        total, broken, errors = self.processes.total(
            torch.stack([x.to(self.device).double() for x in figures])
        )
        if broken:
            bad = [example for example, good in zip(own, finite.tolist(), strict=True) if not good]
            first = next(example for some in self.processes.gathered(bad[:1]) for example in some)
            raise DivergedError(
                f"{first.where}: the loss of '{spelled(first.target)}' is not finite; a smaller --lr may help"
            )
        # DistributedDataParallel averages the gradients of all processes.
        loss = values.sum() * (self.processes.count / len(batch))
        return Step(loss, errors, len(batch), mean_loss=total / len(batch))

    def validate(self, network: nn.Module) -> Row:
        """Measure the validation strings."""
        if not self.held:
            return {}
        found = self.method.measure(network, self.held, self.recipe, self.device)
        return {"held_out_loss": found.loss, "held_out_error": 1 - found.exact, "held_out_cer": found.cer}

    def _batches(self, learned: Sequence[Example], rng: np.random.Generator) -> Iterator[list[Example]]:
        """Yield batches of strings of about the same size."""
        own, share = self.own, self.recipe.synthesized
        # A short batch would disturb batch normalization; its strings differ from epoch to epoch.
        order = rng.permutation(len(learned))[: self.steps * own]
        made: list[list[Example]] = []
        for first in range(0, len(order), SORTED_BATCHES * own):
            some = _sorted([learned[i] for i in order[first : first + SORTED_BATCHES * own]])
            count = len(some) // own
            drawn = rng.integers(len(self.pool), size=count * share).tolist() if share else []
            mixed = _sorted([self.pool[i] for i in drawn])
            made += [some[k * own : (k + 1) * own] + mixed[k * share : (k + 1) * share] for k in range(count)]
        for index in rng.permutation(len(made)):
            yield made[int(index)]


def _sorted(examples: list[Example]) -> list[Example]:
    return sorted(examples, key=lambda example: example.size)


def _network(method: ReaderTask, recipe: ReaderRecipe, init: nn.Module | None) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        network = method.build(recipe)
    if init is not None:
        method.begin(network, init)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network


def _optimizer(network: nn.Module, recipe: ReaderRecipe) -> torch.optim.Optimizer:
    """Build AdamW with weight decay on matrices and kernels alone."""
    kernels = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    groups = [
        {"params": kernels, "weight_decay": recipe.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.lr, betas=(0.9, 0.98))


def _weight_sum(init: nn.Module | None) -> float | None:
    """Return the sum of the absolute weights, which identifies a pretrained network."""
    return None if init is None else float(sum(t.double().abs().sum() for t in init.state_dict().values()))
