"""Which first weights and steps make AlexNet's form of 2012 move where there are two classes.

    python benchmarks/first_weights.py cats-dogs/train [--device cuda] [--steps 250] [--cases own:0.0003,he:0.01]

A case is the name of the weights (`models.alexnet.INITIALS`) and the step of SGD (momentum 0.9, weight decay 5e-4),
batches of 128, crops and mirror images. Printed are, for each sixth of the steps, mean loss and share right.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from docreader.colour import load_colour
from docreader.training.classifier.data import Labelled, read_labelled
from docreader.training.classifier.network import build, preparation
from docreader.training.classifier.recipe import ClassifierRecipe
from docreader.training.classifier.sets import Squares, held

CASES = "own:0.01,own:0.0003,uniform:0.01,uniform:0.03,caffe:0.003,caffe:0.01,he:0.01"


def train(
    recipe: ClassifierRecipe, data: Labelled, pixels: torch.Tensor, steps: int, device: torch.device
) -> str:
    """Losses and shares of one case, for people."""
    squares = Squares(pixels, np.array(data.targets), recipe, preparation(recipe), 2, device=device)
    module = build(recipe, data.labels).to(device).train()
    optimizer = torch.optim.SGD(
        module.parameters(), recipe.lr, momentum=recipe.momentum, weight_decay=recipe.weight_decay
    )
    rows: list[torch.Tensor] = []
    start = time.perf_counter()
    epoch = 0
    while len(rows) < steps:
        for seen, targets in squares.train(epoch):
            with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
                found = module(seen)
            loss = F.cross_entropy(found.float(), targets)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            rows.append(torch.stack([loss.detach(), (found.argmax(1) == targets).float().mean()]))
        epoch += 1
    table = torch.stack(rows[:steps]).cpu().numpy()
    took = 1000 * (time.perf_counter() - start) / len(rows)
    shown = "  ".join(
        f"{loss:.3f} {right:.2f}" for loss, right in (p.mean(0) for p in np.array_split(table, 6))
    )
    return f"{shown}  ({took:.0f} ms a step)"


def main() -> None:
    """Print one line for each case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("folder", type=Path)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--size", type=int, default=227, help="67 is the least, and quick on a processor")
    parser.add_argument("--steps", type=int, default=250)
    parser.add_argument("--pictures", type=int, default=1280)
    parser.add_argument("--cases", default=CASES)
    given = parser.parse_args()
    device = torch.device(given.device)
    common = {"size": given.size, "resize": given.size + round(given.size / 8)}
    data = read_labelled(given.folder)
    data = data.part(np.random.default_rng(0).permutation(len(data))[: given.pictures].tolist())
    prepared = preparation(ClassifierRecipe(**common))
    pixels = held(np.stack([prepared.fit(load_colour(file)) for file in data.files]), device)
    for case in given.cases.split(","):
        initial, _, lr = case.partition(":")
        recipe = ClassifierRecipe(**common, initial=initial, lr=float(lr))
        print(f"{initial:8} {lr:>7}  {train(recipe, data, pixels, given.steps, device)}", flush=True)


if __name__ == "__main__":
    main()
