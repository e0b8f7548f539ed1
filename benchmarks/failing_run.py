"""Why the review's training of AlexNet learns nothing, in miniature: its run and ours on the same photographs.

    OMP_NUM_THREADS=1 python benchmarks/failing_run.py cats-dogs/train [--pictures 1280] [--only review,ours]

Trained is the review's form (batch norm behind conv1 and conv2, one sigmoid unit) on pictures of 104 pixels with a
stride of 2 in conv1, which leaves all weights behind it as they are. Printed are, for each quarter of a run, the mean
loss, the spread of the scores over a batch (0: the same answer for every picture), the share of fc7's units that are
on, and the share of pictures that are right.
"""

import argparse
import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from docreader.classification.preparing import MEAN, STD, Preparation
from docreader.colour import load_colour
from docreader.training.classifier.data import read_labelled
from models.alexnet import AlexNet, AlexNetConfig

PREPARED = Preparation("square", 104, 104, MEAN, STD)


@dataclass(frozen=True)
class Run:
    """One way to train.

    Attributes:
        batch: Pictures of a step.
        glorot: Whether the weights begin as Keras draws them, and not as ours.
        optimizer: Makes it from the weights.
    """

    batch: int
    glorot: bool
    optimizer: Callable[[Iterator[nn.Parameter]], torch.optim.Optimizer]


RUNS = {
    "review": Run(4, True, lambda weights: torch.optim.Adam(weights, 1e-3)),
    "review-batches-of-32": Run(32, True, lambda weights: torch.optim.Adam(weights, 1e-3)),
    "review-our-weights": Run(4, False, lambda weights: torch.optim.Adam(weights, 1e-3)),
    "ours": Run(32, False, lambda weights: torch.optim.SGD(weights, 0.02, momentum=0.9, weight_decay=5e-4)),
}


def start(glorot: bool, device: str) -> AlexNet:
    """The network with initial weights of a fixed seed."""
    torch.manual_seed(1)
    module = AlexNet(AlexNetConfig(("cat", "dog"), "batch-norm", 104, 2))
    if glorot:
        for layer in module.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)  # type: ignore[arg-type]
    return module.train().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def batches(folder: Path, size: int, steps: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Pictures in an order of chance, read as they are wanted."""
    data = read_labelled(folder)
    order = itertools.cycle(np.random.default_rng(1).permutation(len(data)).tolist())
    for _ in range(steps):
        chosen = [next(order) for _ in range(size)]
        pictures = np.stack([PREPARED.fit(load_colour(data.files[n])) for n in chosen])
        targets = torch.tensor([data.targets[n] for n in chosen])
        yield PREPARED.normalise(torch.from_numpy(pictures)), targets


def train(name: str, folder: Path, pictures: int, device: str) -> None:
    """Train one and print its quarters."""
    run = RUNS[name]
    module = start(run.glorot, device)
    optimizer = run.optimizer(module.parameters())
    on: list[float] = []
    module.fc7.register_forward_hook(lambda layer, given, out: on.append(float((out > 0).float().mean())))
    steps = pictures // run.batch
    rows = []
    for seen, targets in batches(folder, run.batch, steps):
        scores, targets = module(seen.to(device)), targets.to(device)
        loss = F.cross_entropy(scores, targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        found = scores.detach()
        right = float((found.argmax(1) == targets).float().mean())
        rows.append((float(loss.detach()), float(found[:, 1].std()), on[-1], right))
    print(f"{name}: batches of {run.batch}, ln 2 = {math.log(2):.4f}")
    for quarter in np.array_split(np.array(rows), 4):
        loss_, spread, units, right = quarter.mean(0)
        print(
            f"  loss {loss_:8.4f}  spread {spread:8.5f}  fc7 on {units:6.1%}  right {right:6.1%}", flush=True
        )


def main() -> None:
    """Train those asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default=",".join(RUNS))
    parser.add_argument("--pictures", type=int, default=1280, help="that each run sees")
    parser.add_argument("--device", default="cpu")
    given = parser.parse_args()
    for name in given.only.split(","):
        train(name, given.folder, given.pictures, given.device)


if __name__ == "__main__":
    main()
