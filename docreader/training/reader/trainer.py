"""Training of a reader from images labeled with their strings."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from docreader.confidence.string_metrics import string_metrics
from docreader.training.common.distributed import SINGLE_PROCESS, Processes
from docreader.training.common.ema import EMA
from docreader.training.common.errors import DivergedError, TrainingError
from docreader.training.common.fit import EpochData, OnEpoch, OnStep, Row, Step, Trained, Trainer
from docreader.training.common.schedules import warmup_cosine
from docreader.training.common.sync_layers import sync_layers
from docreader.training.reader.dataset import Example, fingerprint
from docreader.training.reader.recipe import ReaderRecipe
from docreader.training.reader.tasks.base import ReaderTask, ShardedStep
from docreader.training.reader.tasks.factory import make_task
from docreader.training.reader.transcription import to_text

SORTED_BATCHES = 8
"""Batches whose strings are sorted by size together, so that those of one batch are of about the same size."""

WARMUP = 0.03
"""Share of the run in which the learning rate rises."""

MIN_LR = 1e-3
"""Smallest learning rate after the warm-up, as a fraction of the peak."""


def train_reader(
    train: Sequence[Example],
    val: Sequence[Example],
    pool: Sequence[Example],
    recipe: ReaderRecipe,
    out: Path,
    *,
    negatives: Sequence[Example] = (),
    pretrained: nn.Module | None = None,
    device: str = "cpu",
    processes: Processes = SINGLE_PROCESS,
    resume: bool = False,
    on_step: OnStep | None = None,
    on_epoch: OnEpoch | None = None,
) -> Trained[nn.Module]:
    """Train a network; a checkpoint and the learning curves are written after each epoch.

    All random numbers depend on the recipe's seed and the epoch, so that on the CPU a resumed run ends with the same
    weights, bit for bit, as one without interruption. Several processes, each with the same arguments, end with the
    result of one up to rounding: each computes a shard of every batch.

    Args:
        train: Training strings.
        val: Validation strings, which select the epoch; without any, the last epoch is taken.
        pool: Synthesized strings; may be empty if the recipe mixes in none. Where the recipe says so, those are left
            out that the initial network finds impossible.
        recipe: Settings of the run.
        out: Folder for checkpoint and curves.
        negatives: Images without a clean amount; may be empty if the recipe mixes in none.
        pretrained: Network of the recipe's configuration, or a recognizer for it; None starts from random weights.
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
    if not train:
        raise TrainingError("there is no string to learn from: hold out fewer, or label more")
    if recipe.synthesized and not pool:
        raise TrainingError("the recipe mixes in synthesized strings, and there are none: give --digits")
    if recipe.negatives and not negatives:
        raise TrainingError("the recipe mixes in images without an amount, and there are none")
    if recipe.batch_size < processes.count:
        raise TrainingError(
            f"a batch of {recipe.batch_size} strings is too small for {processes.count} processes"
        )
    where = torch.device(device)
    strings = make_task(recipe)
    network = _network(strings, recipe, pretrained).to(where)
    if recipe.max_loss and pool:
        pool = _legible(strings, network, pool, where, recipe.max_loss)
    ema = EMA(network, recipe.ema)
    task = _StringTask(strings, network, train, val, (pool, negatives), recipe, where, processes)
    optimizer = _optimizer(network, recipe)
    steps = recipe.epochs * task.steps
    trained = Trainer(
        task,
        network,
        optimizer,
        warmup_cosine(optimizer, max(1, round(WARMUP * steps)), steps, MIN_LR),
        epochs=recipe.epochs,
        out=out,
        identity={
            "recipe": recipe.to_json(),
            "data": fingerprint([*train, *val, *pool, *negatives]),
            "device": where.type,
            "pretrained": _weight_sum(pretrained),
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
    """Adapt a reader task to the training loop: batches of strings, sharded over the processes."""

    def __init__(
        self,
        strings: ReaderTask[Any, Any],
        network: nn.Module,
        train: Sequence[Example],
        val: Sequence[Example],
        pools: Sequence[Sequence[Example]],
        recipe: ReaderRecipe,
        device: torch.device,
        processes: Processes,
    ) -> None:
        self.strings, self.train, self.val = strings, train, val
        # each with the number of its examples in a batch
        self.pools = list(zip(pools, (recipe.synthesized, recipe.negatives), strict=True))
        self.recipe, self.device, self.processes = recipe, device, processes
        self.own = min(recipe.batch_size - recipe.synthesized - recipe.negatives, len(train))
        self.steps = len(train) // self.own
        self.generator = torch.Generator(device)
        self.step: nn.Module = ShardedStep(strings, network, processes)
        if processes.is_distributed:
            sync_layers(network, processes)
            self.step = DistributedDataParallel(self.step)

    def epoch_examples(self, network: nn.Module, epoch: int) -> EpochData[list[Example]]:
        """Batch every labeled string once, with synthesized ones and images without an amount mixed in."""
        seed = self.recipe.seed
        recombination = np.random.default_rng([seed, 2, epoch])
        train = self.strings.epoch_examples(network, self.train, self.device, recombination)
        self.generator.manual_seed(seed * 1_000_003 + epoch)
        batches = self._batches(train, np.random.default_rng([seed, 1, epoch]))
        return EpochData(batches, self.steps, seed * 1_000_033 + epoch)

    def training_step(self, network: nn.Module, batch: Sequence[Example]) -> Step:
        """Compute the loss of this process's shard; count the strings read correctly in the whole batch."""
        values, texts = self.step(batch, self.device, self.generator)
        own = batch[self.processes.shard(len(batch))]
        wrong = sum(text != to_text(example.target) for text, example in zip(texts, own, strict=True))
        finite = torch.isfinite(values.detach())
        figures = [values.detach().double().sum(), (~finite).sum(), torch.tensor(wrong)]
        total, broken, errors = self.processes.all_reduce(
            torch.stack([x.to(self.device).double() for x in figures])
        )
        if broken:
            bad = [example for example, good in zip(own, finite.tolist(), strict=True) if not good]
            first = next(example for some in self.processes.all_gather(bad[:1]) for example in some)
            raise DivergedError(
                f"{first.where}: the loss of '{to_text(first.target)}' is not finite; a smaller --lr may help"
            )
        # DistributedDataParallel averages the gradients of all processes.
        loss = values.sum() * (self.processes.count / len(batch))
        return Step(loss, errors, len(batch), mean_loss=total / len(batch))

    def validate(self, network: nn.Module) -> Row:
        """Measure the validation strings."""
        if not self.val:
            return {}
        losses, texts = self.strings.read(network, self.val, self.device)
        metrics = string_metrics([to_text(example.target) for example in self.val], texts)
        return {
            "held_out_loss": float(losses.double().mean()),
            "held_out_error": 1 - metrics.exact,
            "held_out_cer": metrics.cer,
        }

    def _batches(self, train: Sequence[Example], rng: np.random.Generator) -> Iterator[list[Example]]:
        """Yield batches of strings of about the same size."""
        own = self.own
        # A short batch would disturb batch normalization; its strings differ from epoch to epoch.
        order = rng.permutation(len(train))[: self.steps * own]
        made: list[list[Example]] = []
        for first in range(0, len(order), SORTED_BATCHES * own):
            some = _sorted([train[i] for i in order[first : first + SORTED_BATCHES * own]])
            count = len(some) // own
            batches = [some[k * own : (k + 1) * own] for k in range(count)]
            for pool, share in self.pools:
                drawn = rng.integers(len(pool), size=count * share).tolist() if share else []
                mixed = _sorted([pool[i] for i in drawn])
                batches = [batch + mixed[k * share : (k + 1) * share] for k, batch in enumerate(batches)]
            made += batches
        for index in rng.permutation(len(made)):
            yield made[int(index)]


def _sorted(examples: list[Example]) -> list[Example]:
    return sorted(examples, key=lambda example: example.size)


def _network(strings: ReaderTask[Any, Any], recipe: ReaderRecipe, pretrained: nn.Module | None) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        network: nn.Module = strings.build()
    if pretrained is not None:
        strings.load_pretrained(network, pretrained)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network


def _legible(
    strings: ReaderTask[Any, Any],
    network: nn.Module,
    pool: Sequence[Example],
    device: torch.device,
    max_loss: float,
) -> list[Example]:
    """Select the strings that the initial network does not find impossible; on the others, cleaning lost the amount.

    Raises:
        TrainingError: None is left.
    """
    losses, _ = strings.read(network.eval(), pool, device)
    kept = [example for example, loss in zip(pool, losses.tolist(), strict=True) if loss <= max_loss]
    if not kept:
        raise TrainingError(f"the initial network has a loss above {max_loss:g} on every synthesized string")
    return kept


def _optimizer(network: nn.Module, recipe: ReaderRecipe) -> torch.optim.Optimizer:
    """Build AdamW with weight decay on matrices and kernels alone."""
    kernels = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    groups = [
        {"params": kernels, "weight_decay": recipe.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.lr, betas=(0.9, 0.98))


def _weight_sum(pretrained: nn.Module | None) -> float | None:
    """Return the sum of the absolute weights, which identifies a pretrained network."""
    if pretrained is None:
        return None
    return float(sum(t.double().abs().sum() for t in pretrained.state_dict().values()))
