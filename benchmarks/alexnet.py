"""Train AlexNet where it learns nothing, and where it starts to learn: the review's run, initial weights.

    OMP_NUM_THREADS=1 python benchmarks/alexnet.py failing-run cats-dogs/train [--pictures 1280] [--only review,ours]
    python benchmarks/alexnet.py first-weights cats-dogs/train [--device cuda] [--steps 250] [--only own:0.0003,he:0.01]

failing-run: the review's form (batch norm behind conv1 and conv2) on pictures of 104 pixels, stride 2 in conv1, so that
all later weights keep their shapes. Printed for each quarter of a run: mean loss, spread of the scores over a
batch (0: one answer for every picture), share of active units of fc7, share right.
first-weights: the form of 2012; a case is the name of the initial weights (`models.alexnet.WEIGHT_INITS`) and the step
of SGD (momentum 0.9, weight decay 5e-4), batches of 128, crops and mirror images. Printed for each sixth of the steps:
mean loss and share right.
"""

import argparse
import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from common import parser
from torch import Tensor, nn

from docreader.classification.preprocessing import MEAN, STD, Preprocessing
from docreader.io.color import load_color
from docreader.training.classifier.dataset import LabeledFiles, read_labeled
from docreader.training.classifier.epoch_data import Squares, place_images
from docreader.training.classifier.network import build, preprocessing_of
from docreader.training.classifier.recipe import ClassifierRecipe
from models.alexnet import AlexNet, AlexNetConfig

PREPARED = Preprocessing("square", 104, 104, MEAN, STD)


RUNS = {
    "review": (4, True),
    "review-batches-of-32": (32, True),
    "review-our-weights": (4, False),
    "ours": (32, False),
}
"""Pictures of a step, and whether the weights start with Keras' initialization, instead of ours."""
CASES = ("own:0.01", "own:0.0003", "uniform:0.01", "uniform:0.03", "caffe:0.003", "caffe:0.01", "he:0.01")


def start(glorot: bool, device: str) -> AlexNet:
    """Build the review's form with initial weights of a fixed seed."""
    torch.manual_seed(1)
    module = AlexNet(AlexNetConfig(("cat", "dog"), "batch-norm", 104, 2))
    if glorot:
        for layer in module.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)  # type: ignore[arg-type]
    return module.train().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def batches(folder: Path, size: int, steps: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Load batches of pictures in random order."""
    data = read_labeled(folder)
    order = itertools.cycle(np.random.default_rng(1).permutation(len(data)).tolist())
    for _ in range(steps):
        chosen = [next(order) for _ in range(size)]
        pictures = np.stack([PREPARED.fit(load_color(data.files[n])) for n in chosen])
        yield PREPARED.normalize(torch.from_numpy(pictures)), torch.tensor([data.targets[n] for n in chosen])


def step(optimizer: torch.optim.Optimizer, scores: Tensor, targets: Tensor) -> tuple[float, float]:
    """Make one training step; return its loss and share right."""
    loss = F.cross_entropy(scores.float(), targets)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    return float(loss.detach()), float((scores.argmax(1) == targets).float().mean())


def failing_run(given: argparse.Namespace) -> None:
    """Train the runs and print their quarters."""
    for name in given.only or RUNS:
        size, glorot = RUNS[name]
        module = start(glorot, given.device)
        optimizer: torch.optim.Optimizer = torch.optim.Adam(module.parameters(), 1e-3)
        if name == "ours":
            optimizer = torch.optim.SGD(module.parameters(), 0.02, momentum=0.9, weight_decay=5e-4)
        active: list[float] = []
        module.fc7.register_forward_hook(
            lambda _, __, out, a=active: a.append(float((out > 0).float().mean()))
        )
        rows = []
        for seen, targets in batches(given.folder, size, given.pictures // size):
            scores = module(seen.to(given.device))
            loss, right = step(optimizer, scores, targets.to(given.device))
            rows.append((loss, float(scores.detach()[:, 1].std()), active[-1], right))
        print(f"{name}: batches of {size}")
        for quarter in np.array_split(np.array(rows), 4):
            loss, spread, units, right = quarter.mean(0)
            print(
                f"  loss {loss:8.4f}  spread {spread:8.5f}  fc7 {units:6.1%}  right {right:6.1%}", flush=True
            )


def first_weights(given: argparse.Namespace) -> None:
    """Train the cases and print their sixths."""
    device = torch.device(given.device)
    common = {"size": given.size, "resize": given.size + round(given.size / 8)}
    data = read_labeled(given.folder)
    data = data.part(np.random.default_rng(0).permutation(len(data))[: given.pictures].tolist())
    prepared = preprocessing_of(ClassifierRecipe(**common))
    pixels = place_images(np.stack([prepared.fit(load_color(file)) for file in data.files]), device)
    for case in given.only or CASES:
        initial, _, lr = case.partition(":")
        recipe = ClassifierRecipe(**common, weight_init=initial, lr=float(lr))
        print(f"{initial:8} {lr:>7}  {train(recipe, data, pixels, given.steps, device)}", flush=True)


def train(
    recipe: ClassifierRecipe, data: LabeledFiles, pixels: Tensor, steps: int, device: torch.device
) -> str:
    """Train one case; format its losses and shares right."""
    squares = Squares(pixels, np.array(data.targets), recipe, preprocessing_of(recipe), 2, device=device)
    module = build(recipe, data.labels).to(device).train()
    optimizer = torch.optim.SGD(
        module.parameters(), recipe.lr, momentum=recipe.momentum, weight_decay=recipe.weight_decay
    )
    rows: list[tuple[float, float]] = []
    began = time.perf_counter()
    for epoch in itertools.count():
        for seen, targets in squares.train(epoch):
            with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
                scores = module(seen)
            rows.append(step(optimizer, scores, targets))
        if len(rows) >= steps:
            break
    took = 1000 * (time.perf_counter() - began) / len(rows)
    sixths = (part.mean(0) for part in np.array_split(np.array(rows[:steps]), 6))
    return "  ".join(f"{loss:.3f} {right:.2f}" for loss, right in sixths) + f"  ({took:.0f} ms a step)"


def main() -> None:
    """Train and print."""
    options = parser(__doc__)
    experiments = {"failing-run": failing_run, "first-weights": first_weights}
    options.add_argument("what", choices=experiments)
    options.add_argument("folder", type=Path, help="photographs, a folder for each class")
    options.add_argument("--device", default="cpu")
    options.add_argument("--only", type=lambda text: text.split(","), help="runs or cases")
    options.add_argument("--pictures", type=int, default=1280)
    options.add_argument("--steps", type=int, default=250)
    options.add_argument("--size", type=int, default=227, help="67 at least")
    given = options.parse_args()
    experiments[given.what](given)


if __name__ == "__main__":
    main()
