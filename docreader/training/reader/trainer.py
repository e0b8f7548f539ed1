"""The loop that trains a reader from strings."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from docreader.training.common.checkpoint import Progress, load_checkpoint, save_checkpoint
from docreader.training.common.distributed import ALONE, Processes
from docreader.training.common.ema import EMA
from docreader.training.common.errors import DivergedError, TrainingError
from docreader.training.common.history import write_csv
from docreader.training.common.sync_layers import share_layers
from docreader.training.reader.dataset import Example, fingerprint, spelled
from docreader.training.reader.recipe import ReaderRecipe
from docreader.training.reader.tasks.base import ReaderTask, ShardedStep, way

CHECKPOINT = "checkpoint.safetensors"
CURVES = "curves.csv"

CHUNK = 8
"""Batches whose strings are sorted by size together: those of one batch get about the same size."""

OnStep = Callable[[int, int, int, float, float], None]
"""Called with pass (from 1), step (from 1), steps of the pass, and the pass's mean loss and exact-match so far."""

OnPass = Callable[[dict[str, float]], None]
"""Called with the figures of each finished pass."""


@dataclass(frozen=True)
class TrainedReader:
    """The outcome of a run.

    Attributes:
        network: The mean of the weights at the best pass, in evaluation mode, on the CPU.
        epoch: Which pass that was, from 1.
        history: One row of figures for each pass.
        data: Hash of the strings.
    """

    network: nn.Module
    epoch: int
    history: list[dict[str, float]]
    data: str


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
    on_pass: OnPass | None = None,
) -> TrainedReader:
    """Train a network; a checkpoint and the curves are written to a folder after each pass.

    All chance comes from the recipe's seed and the number of the pass, so that on the CPU a resumed run ends with the
    same weights, bit for bit, as one that was never stopped. Several processes, each of which calls this with the same
    arguments, end with what one would, up to rounding: each computes a part of every batch.

    Args:
        learned: Strings to learn from.
        held: Strings to choose the pass by; where there are none, the last is taken.
        pool: Synthesized strings; may be empty where the recipe mixes in none.
        recipe: Every number that decides the result.
        out: Folder for checkpoint and curves.
        init: Network to begin with, of the recipe's form, or a recognizer for it; None begins anew.
        device: Where to compute: 'cpu', 'cuda', 'cuda:1', ...
        processes: Those that train together; the first one measures and writes.
        resume: Go on from the checkpoint in `out`.
        on_step: Told of each step.
        on_pass: Told of each pass.

    Raises:
        TrainingError: The strings do not fit the recipe.
        CheckpointError: There is nothing to resume, or it is of another run.
        DivergedError: The loss is no longer finite.
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
    data = fingerprint([*learned, *held, *pool])
    method = way(recipe)
    learner = _learner(method, recipe, init).to(where)
    part: nn.Module = ShardedStep(method, learner.module, processes)
    if processes.several:
        share_layers(learner.module, processes)
        part = DistributedDataParallel(part)
    optimizer = _optimizer(learner.module, recipe)
    identity: dict[str, Any] = {"recipe": recipe.to_json(), "data": data, "device": where.type}
    identity["init"] = _hash(init)
    progress = load_checkpoint(out / CHECKPOINT, learner, optimizer, identity) if resume else Progress()
    while progress.epoch < recipe.passes and not _stale(progress, recipe):
        row = _one_pass(
            method, part, learner, optimizer, learned, pool, recipe, progress.epoch, where, processes, on_step
        )
        progress.epoch += 1
        if held and processes.first:
            found = method.measure(learner.mean, held, recipe, where)
            row |= {"held_out_loss": found.loss, "held_out_error": 1 - found.exact, "held_out_cer": found.cer}
        row = processes.from_first(row)
        progress.history.append(row)
        if progress.best_epoch == 0 or _merit(row) <= _merit(progress.history[progress.best_epoch - 1]):
            progress.best = {name: t.detach().cpu().clone() for name, t in learner.mean.state_dict().items()}
            progress.best_epoch = progress.epoch
        if processes.first:
            save_checkpoint(out / CHECKPOINT, learner, optimizer, progress, identity)
            write_csv(out / CURVES, progress.history)
        if on_pass is not None:
            on_pass(row)
    learner.mean.load_state_dict(progress.best)
    return TrainedReader(learner.mean.cpu().eval(), progress.best_epoch, progress.history, data)


def learning_rate(recipe: ReaderRecipe, step: int, steps: int) -> float:
    """Step size of the optimizer: up through the first 3 % of the run, then down a cosine."""
    rise = max(1, round(0.03 * steps))
    if step < rise:
        return recipe.lr * (step + 1) / rise
    return recipe.lr * max(1e-3, 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise))))


def _learner(method: ReaderTask, recipe: ReaderRecipe, init: nn.Module | None) -> EMA[nn.Module]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        network = method.build(recipe)
    if init is not None:
        method.begin(network, init)
    return EMA(network.to(memory_format=torch.channels_last), recipe.averaging)  # type: ignore[call-overload]


def _optimizer(network: nn.Module, recipe: ReaderRecipe) -> torch.optim.Optimizer:
    kernels = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    groups = [
        {"params": kernels, "weight_decay": recipe.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.lr, betas=(0.9, 0.98))


def _hash(init: nn.Module | None) -> float | None:
    """What tells one network to begin with from another: the sum of its weights."""
    return None if init is None else float(sum(t.double().abs().sum() for t in init.state_dict().values()))


def _merit(row: dict[str, float]) -> tuple[float, float]:
    """The smaller the better; without held-out strings all passes are equal, and the last counts."""
    return row.get("held_out_error", 0.0), row.get("held_out_cer", 0.0)


def _stale(progress: Progress, recipe: ReaderRecipe) -> bool:
    return bool(recipe.patience) and progress.epoch - progress.best_epoch >= recipe.patience


def _one_pass(
    method: ReaderTask,
    part: nn.Module,
    learner: EMA[nn.Module],
    optimizer: torch.optim.Optimizer,
    learned: Sequence[Example],
    pool: Sequence[Example],
    recipe: ReaderRecipe,
    epoch: int,
    device: torch.device,
    processes: Processes,
    on_step: OnStep | None,
) -> dict[str, float]:
    """See every labeled string once, with synthesized ones among them."""
    renewal = np.random.default_rng([recipe.seed, 2, epoch])
    learned = method.renewed(learner.mean, learned, recipe, device, renewal)
    learner.module.train()
    batches = list(_batches(learned, pool, recipe, np.random.default_rng([recipe.seed, 1, epoch])))
    chance = torch.Generator(device).manual_seed(recipe.seed * 1_000_003 + epoch)
    total, right, seen = 0.0, 0, 0
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed * 1_000_033 + epoch)  # dropout
        for number, batch in enumerate(batches, start=1):
            done = epoch * len(batches) + number - 1
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(recipe, done, recipe.passes * len(batches))
            loss, hits = _step(part, optimizer, batch, recipe, device, chance, processes)
            learner.update(done)
            total, right, seen = total + loss * len(batch), right + hits, seen + len(batch)
            if on_step is not None:
                on_step(epoch + 1, number, len(batches), total / seen, right / seen)
    return {"epoch": epoch + 1.0, "train_loss": total / seen, "train_error": 1 - right / seen}


def _batches(
    learned: Sequence[Example],
    pool: Sequence[Example],
    recipe: ReaderRecipe,
    rng: np.random.Generator,
) -> Iterator[list[Example]]:
    """The batches of a pass, in each strings of about the same size."""
    own = min(recipe.batch_size - recipe.synthesized, len(learned))
    order = rng.permutation(len(learned))
    order = order[
        : len(order) // own * own
    ]  # a short batch would shake the normalization; next time it is others
    made: list[list[Example]] = []
    for first in range(0, len(order), CHUNK * own):
        some = _sorted([learned[i] for i in order[first : first + CHUNK * own]])
        count = len(some) // own
        size = count * recipe.synthesized
        drawn = rng.integers(len(pool), size=size).tolist() if size else []
        mixed = _sorted([pool[i] for i in drawn])
        share = recipe.synthesized
        made += [some[k * own : (k + 1) * own] + mixed[k * share : (k + 1) * share] for k in range(count)]
    for index in rng.permutation(len(made)):
        yield made[int(index)]


def _sorted(examples: list[Example]) -> list[Example]:
    return sorted(examples, key=lambda example: example.size)


def _step(
    part: nn.Module,
    optimizer: torch.optim.Optimizer,
    batch: Sequence[Example],
    recipe: ReaderRecipe,
    device: torch.device,
    chance: torch.Generator,
    processes: Processes,
) -> tuple[float, int]:
    """One step of the optimizer; the mean loss, and how many strings were read right on the way."""
    values, read = part(batch, recipe, device, chance)
    own = batch[processes.rows(len(batch))]
    hits = sum(text == spelled(example.target) for text, example in zip(read, own, strict=True))
    finite = torch.isfinite(values.detach())
    figures = [values.detach().double().sum(), (~finite).sum(), torch.tensor(hits)]
    loss, broken, hits = processes.total(torch.stack([x.to(device).double() for x in figures])).tolist()
    if broken:
        wrong = [example for example, good in zip(own, finite.tolist(), strict=True) if not good]
        first = next(example for some in processes.gathered(wrong[:1]) for example in some)
        raise DivergedError(
            f"{first.where}: the loss of '{spelled(first.target)}' is not finite; a smaller --lr may help"
        )
    optimizer.zero_grad()
    # DistributedDataParallel takes the mean of the gradients of all processes.
    (values.sum() * (processes.count / len(batch))).backward()
    nn.utils.clip_grad_norm_(part.parameters(), recipe.clip)
    optimizer.step()
    return loss / len(batch), int(hits)
