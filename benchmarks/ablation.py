"""Measure the gain of global training: readers by method, criterion and network, with equal short budgets.

    python benchmarks/ablation.py run car-a/ mnist/ --out runs/ablation
    python benchmarks/ablation.py table runs/ablation

`car-a/` has a labels.csv of 900 strings; those of splits/car-a-heldout.txt are judged, the other 600 trained on, labels
of both corrected by car-a-corrections.csv. Each reader starts from a recognizer of isolated digits (row `isolated`) and
is trained with each criterion; nothing is synthesized, one view of a line is read. Finished rows are kept, so that a
run can be interrupted and continued.
"""

import json
import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from common import car_a, parser, share, single_thread
from render import cell, table
from torch import nn

from docreader.confidence.calibration import TEMPERATURES, fit_calibration
from docreader.confidence.string_metrics import align
from docreader.confidence.thresholds import DEFER_BELOW
from docreader.decoding.alphabet import DIGITS
from docreader.decoding.grammar import load_grammar
from docreader.decoding.lattice import Lattice
from docreader.decoding.search import best_hypotheses
from docreader.io.idx import read_digits
from docreader.recognition.cascade import MIN_HYPOTHESES
from docreader.training.reader.dataset import Example
from docreader.training.reader.fit_ensemble import combined_hypotheses, fit_ensemble
from docreader.training.reader.recipe import (
    CRITERIA,
    ReaderRecipe,
    SegmentAugmentation,
    default_augmentation,
    default_network,
)
from docreader.training.reader.tasks.factory import make_task
from docreader.training.reader.trainer import train_reader
from docreader.training.reader.transcription import encode
from models.files import default_model_path, describe, load_model, save_model

NETWORKS = ("lenet5", "default")


@dataclass(frozen=True)
class Budget:
    """Length of the training of one kind of reader.

    Attributes:
        digits: Number of isolated digits to pretrain on; 0: the LeNet-5 that ships.
        digit_epochs: Epochs of the pretraining.
        epochs: Epochs over the 600 strings.
        batch_size: Strings a step.
        lr: Peak learning rate of both.
    """

    digits: int
    digit_epochs: int
    epochs: int
    batch_size: int
    lr: float


BUDGETS = {
    ("sdnn", "lenet5"): Budget(0, 0, 20, 32, 0.002),
    ("hos", "lenet5"): Budget(0, 0, 4, 20, 0.001),
    ("sdnn", "default"): Budget(2000, 3, 12, 32, 0.003),
    ("hos", "default"): Budget(2000, 2, 4, 20, 0.002),
}


def recipe_of(method: str, network: str) -> ReaderRecipe:
    """Return the recipe of one kind of reader, with one distorted copy of each field."""
    form = default_network(method, "lenet5" if network == "lenet5" else "wide")
    distortion = default_augmentation(form)
    if isinstance(distortion, SegmentAugmentation):
        distortion = replace(distortion, copies=1)
    else:  # recombined lines require a network that reads already
        distortion = replace(distortion, recombined=0.0)
    budget = BUDGETS[method, network]
    return ReaderRecipe(
        batch_size=budget.batch_size, lr=budget.lr, ema=0.99, val_fraction=0.0, network=form,
        augmentation=distortion,
    )  # fmt: skip


def cached(path: Path, make: Callable[[], Any]) -> Any:
    """Return the result of `make`, from a file if there is one."""
    if not path.exists():
        found = make()
        path.write_bytes(pickle.dumps(found))
    return pickle.loads(path.read_bytes())


def strings(data: Path, recipe: ReaderRecipe) -> tuple[list[Example], list[Example]]:
    """Return the 600 examples to train on and the 300 to judge, the latter without distorted copies."""
    still = recipe
    if isinstance(recipe.augmentation, SegmentAugmentation):
        still = replace(recipe, augmentation=replace(recipe.augmentation, copies=0))
    parts: list[list[Example]] = []
    for rows, settings in zip(car_a(data), (recipe, still), strict=True):
        make = make_task(settings).example_factory()
        part = []
        for row in rows:
            target, digits_only = encode(row["label"], row["file"])
            image = cv2.imread(row["file"], cv2.IMREAD_GRAYSCALE)
            example = make(np.asarray(image, np.uint8), row["file"], target, digits_only)
            assert example is not None
            part.append(example)
        parts.append(part)
    return parts[0], parts[1]


def single_digits(mnist: Path, recipe: ReaderRecipe, count: int) -> list[Example]:
    """Return images of one digit each as strings of one character."""
    digits = read_digits(mnist)
    make = make_task(recipe).example_factory(synthesized=True)
    made: list[Example] = []
    for picture, label in zip(digits.images[:count], digits.labels[:count].tolist(), strict=True):
        large = cv2.resize(np.pad(picture, 2), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        example = make(255 - np.asarray(large, np.uint8), "digit", (label,), True)
        if example is not None:
            made.append(example)
    return made


def train(
    recipe: ReaderRecipe, trained_on: Sequence[Example], epochs: int, out: Path, init: nn.Module | None
) -> tuple[nn.Module, dict[str, Any]]:
    """Train, or continue from a checkpoint; return the network of the last epoch and the metrics of its training."""
    resume = (out / "checkpoint.safetensors").exists()
    trained = train_reader(
        trained_on, [], [], replace(recipe, epochs=epochs), out, pretrained=init, resume=resume
    )
    first, last = trained.history[0], trained.history[-1]
    losses = {
        "loss_first": first["train_loss"],
        "loss": last["train_loss"],
    }
    steps = epochs * (len(trained_on) // recipe.batch_size)
    return trained.network, losses | {"steps": steps}


def judge(recipe: ReaderRecipe, network: nn.Module, judged: Sequence[Example]) -> tuple[dict[str, Any], Any]:
    """Return metrics of the judged strings, and the hypotheses of each at the fitted temperature."""
    graphs, grammar = make_task(recipe).calibration_graphs(network, judged)[0], load_grammar("digits")
    wanted = [truth(example) for example in judged]
    found = [
        best_hypotheses(Lattice.of(graphs(value)), grammar, MIN_HYPOTHESES) for value in TEMPERATURES[::3]
    ]
    right = np.array(
        [[bool(a) and a[0].text == text for a, text in zip(f, wanted, strict=True)] for f in found]
    )
    sure = np.array([[a[0].posterior if a else 0.0 for a in f] for f in found])
    fitted = fit_calibration(sure, right, TEMPERATURES[::3])
    answers = found[TEMPERATURES[::3].index(fitted["temperature"])]
    return figures_of([a[0].text if a else "" for a in answers], wanted, fitted), answers


def truth(example: Example) -> str:
    """Return the ground-truth digits."""
    return "".join(DIGITS[number] for number in example.target if number < len(DIGITS))


def figures_of(read: Sequence[str], wanted: Sequence[str], fitted: dict[str, Any]) -> dict[str, Any]:
    """Compute the metrics of a row of the table."""
    pairs = [pair for text, got in zip(wanted, read, strict=True) for pair in align(text, got)]
    accepted, wrong = fitted["crossfitted"]["0.01"]
    return {
        "n": len(wanted),
        "exact": sum(text == got for text, got in zip(wanted, read, strict=True)),
        "cer": sum(a != b for a, b in pairs) / sum(map(len, wanted)),
        "accepted": accepted,
        "accepted_wrong": wrong,
        "length": sum(map(len, read)) / sum(map(len, wanted)),
    }


def run(
    data: Path, mnist: Path, out: Path, kinds: Sequence[tuple[str, str]], criteria: Sequence[str]
) -> None:
    """Compute the rows that are missing."""
    single_thread()
    out.mkdir(parents=True, exist_ok=True)
    for method, network in kinds:
        recipe, budget = recipe_of(method, network), BUDGETS[method, network]
        trained_on, judged = cached(out / f"{method}-{network}.pkl", partial(strings, data, recipe))
        begin = load_model(default_model_path()).module
        for criterion in ("isolated", *criteria):
            if criterion == "forward" and method == "sdnn":
                continue  # the same loss as discriminative-forward: scores of time steps are normalized
            name = f"{method}-{network}-{criterion}"
            path = out / f"{name}.safetensors"
            if path.exists():
                if criterion == "isolated":
                    begin = load_model(path, kind="reader").module
                continue
            figures: dict[str, Any] = {}
            if criterion != "isolated":
                one = replace(recipe, criterion=criterion)
                trained, figures = train(one, trained_on, budget.epochs, out / name, begin)
            elif budget.digits:
                digits = single_digits(mnist, recipe, budget.digits)
                begin, figures = train(recipe, digits, budget.digit_epochs, out / name, None)
                trained = begin
            else:
                task = make_task(recipe)
                trained = task.build()
                task.load_pretrained(trained, begin)
            trained.eval()
            found, answers = judge(recipe, trained, judged)
            (out / f"{name}.answers").write_bytes(pickle.dumps(answers))
            row = {"method": method, "network": network, "criterion": criterion} | figures | found
            with (out / "rows.jsonl").open("a") as stream:
                stream.write(json.dumps(row) + "\n")
            save_model(path, trained, describe(trained, kind="reader", name=name, version="1"))
            print(json.dumps(row), flush=True)


def pairs(out: Path) -> list[dict[str, Any]]:
    """Compute the rows of the ensemble, exponents and thresholds cross-fitted on the judged strings."""
    rows, grammar = [], load_grammar("digits")
    for network in NETWORKS:
        for criterion in ("isolated", *CRITERIA):
            swept = "discriminative-forward" if criterion == "forward" else criterion
            names = [f"sdnn-{network}-{swept}", f"hos-{network}-{criterion}"]
            if not all((out / f"{name}.answers").exists() for name in names):
                continue
            first, second = (pickle.loads((out / f"{name}.answers").read_bytes()) for name in names)
            _, judged = pickle.loads((out / f"sdnn-{network}.pkl").read_bytes())
            wanted = [truth(example) for example in judged]
            fitted = fit_ensemble(first, second, wanted, DEFER_BELOW)
            joined = [
                combined_hypotheses(a, b, fitted["weights"], DEFER_BELOW, grammar)
                for a, b in zip(first, second, strict=True)
            ]
            figures = figures_of([found[0].text if found else "" for found in joined], wanted, fitted)
            # each string by the exponents fitted on the other folds
            figures["exact"] = sum(hits for _, _, hits in fitted["reliability"])
            rows.append({"method": "ensemble", "network": network, "criterion": criterion} | figures)
    return rows


def print_table(out: Path) -> None:
    """Print the rows as a Markdown table."""
    rows = [json.loads(line) for line in (out / "rows.jsonl").read_text().splitlines()]
    names = ("method", "network", "criterion", "steps")
    head = [*names, "right", "CER", "read at 1 % error (wrong)", "length"]
    body = []
    for row in [*rows, *pairs(out)]:
        read = f"{row['accepted']} ({row['accepted_wrong']})"
        right, cer = cell(share(row["exact"], row["n"])), f"{100 * row['cer']:.1f} %"
        body.append([*(str(row.get(name, "")) for name in names), right, cer, read, f"{row['length']:.2f}"])
    print(table(head, body))


def main() -> None:
    """Compute rows, or print the table."""
    options = parser(__doc__)
    commands = options.add_subparsers(dest="command", required=True)
    runs = commands.add_parser("run", help="compute the rows that are missing")
    runs.add_argument("data", type=Path)
    runs.add_argument("mnist", type=Path)
    runs.add_argument("--out", type=Path, default=Path("runs/ablation"))
    kinds = [f"{method}-{network}" for method, network in BUDGETS]
    runs.add_argument("--kinds", nargs="*", choices=kinds, default=kinds)
    runs.add_argument("--criteria", nargs="*", choices=CRITERIA, default=list(reversed(CRITERIA)))
    commands.add_parser("table", help="print them").add_argument("out", type=Path)
    given = options.parse_args()
    if given.command == "table":
        print_table(given.out)
    else:
        chosen = [kind for kind in BUDGETS if "-".join(kind) in given.kinds]
        run(given.data, given.mnist, given.out, chosen, given.criteria)


if __name__ == "__main__":
    main()
