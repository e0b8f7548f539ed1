"""What global training brings: readers by method, criterion and network, all with the same short budget.

    python benchmarks/ablation.py run car-a/ mnist/ --out runs/ablation
    python benchmarks/ablation.py table runs/ablation

`car-a/` has a labels.csv of 900 strings. Those of `numpy.random.RandomState(0).permutation(900)[:300]` are judged, the
other 600 are learned; labels of both are corrected by car-a-corrections.csv. Every reader begins with a recogniser that
knows isolated digits alone (its row is `isolated`) and goes on with each criterion; nothing is synthesised, and each
line is looked at once. Rows are written as they come, so that a run can be stopped and gone on with; a row that stands
is not made again.
"""

import argparse
import csv
import json
import pickle
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import nn

from docreader.evaluation.alignment import align
from docreader.evaluation.proportions import proportion
from docreader.grammar import load_grammar
from docreader.idx import read_digits
from docreader.labels import DIGITS
from docreader.search import Answer, best_answers
from docreader.stages import LISTED
from docreader.training.reader.calibration import TEMPERATURES, fit
from docreader.training.reader.cutting import piece_config
from docreader.training.reader.loop import train_reader
from docreader.training.reader.pairing import fit_pair, joined_answers
from docreader.training.reader.recipe import CRITERIA, PieceDistortion, ReaderRecipe, usual_distortion
from docreader.training.reader.strings import Example, encode
from docreader.training.reader.ways import maker, way
from models.files import default_model_path, describe, load_model, save_model
from models.swept_lenet5 import SweptLeNet5Config

TITLES = {"lenet5": "LeNet-5 to the letter", "default": "default"}
SURE = 0.98
"""The sweeping reader's answer stands from this confidence on."""


@dataclass(frozen=True)
class Budget:
    """How long readers of one kind are trained.

    Attributes:
        digits: pictures of single digits to begin with; 0 begins with the LeNet-5 that ships.
        digit_passes: through them.
        passes: through the 600 strings.
        batch_size: strings a step.
        lr: greatest step size of both.
    """

    digits: int
    digit_passes: int
    passes: int
    batch_size: int
    lr: float


BUDGETS = {
    ("sdnn", "lenet5"): Budget(0, 0, 20, 32, 0.002),
    ("hos", "lenet5"): Budget(0, 0, 4, 20, 0.001),
    ("sdnn", "default"): Budget(2000, 3, 12, 32, 0.003),
    ("hos", "default"): Budget(2000, 2, 4, 20, 0.002),
}


def recipe_of(method: str, network: str) -> ReaderRecipe:
    """The recipe of one kind of reader; a distorted copy of each field is cut ahead."""
    form: Any
    if method == "hos":
        form = piece_config("lenet5" if network == "lenet5" else "lenet")
    else:
        form = SweptLeNet5Config() if network == "lenet5" else ReaderRecipe().network
    distortion = usual_distortion(form)
    if isinstance(distortion, PieceDistortion):
        distortion = replace(distortion, copies=1)
    else:  # lines of the parts of two need a network that reads already
        distortion = replace(distortion, spliced=0.0)
    budget = BUDGETS[method, network]
    return ReaderRecipe(
        batch_size=budget.batch_size, lr=budget.lr, averaging=0.99, held_out=0.0, network=form,
        augmentation=distortion,
    )  # fmt: skip


def cached(path: Path, make: Callable[[], Any]) -> Any:
    """What `make` makes, from a file if it was made before."""
    if not path.exists():
        found = make()
        path.write_bytes(pickle.dumps(found))
    return pickle.loads(path.read_bytes())


def strings(data: Path, recipe: ReaderRecipe) -> tuple[list[Example], list[Example]]:
    """The 600 to learn from and the 300 to judge by, which need no distorted copies."""
    corrections = Path(__file__).with_name("car-a-corrections.csv")
    with (data / "labels.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    fixed = {row["file"]: row["label"] for row in csv.DictReader(corrections.open(newline=""))}
    judged = set(np.random.RandomState(0).permutation(len(rows))[:300].tolist())
    still = recipe
    if isinstance(recipe.augmentation, PieceDistortion):
        still = replace(recipe, augmentation=replace(recipe.augmentation, copies=0))
    parts: list[list[Example]] = []
    for chosen, settings in ((False, recipe), (True, still)):
        path = data / "labels.csv"
        make = maker(settings)
        part = []
        for number, row in enumerate(rows):
            if (number in judged) is chosen:
                target, latent = encode(fixed.get(row["file"], row["label"]), f"{path}, {row['file']}")
                image = cv2.imread(str(data / row["file"]), cv2.IMREAD_GRAYSCALE)
                example = make(np.asarray(image, np.uint8), row["file"], target, latent)
                assert example is not None
                part.append(example)
        parts.append(part)
    return parts[0], parts[1]


def single_digits(mnist: Path, recipe: ReaderRecipe, count: int) -> list[Example]:
    """Images of one digit each, as strings of one character."""
    digits = read_digits(mnist)
    make = maker(recipe, synthesised=True)
    made: list[Example] = []
    for picture, label in zip(digits.images[:count], digits.labels[:count].tolist(), strict=True):
        large = cv2.resize(np.pad(picture, 2), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        example = make(255 - np.asarray(large, np.uint8), "digit", (label,), True)
        if example is not None:
            made.append(example)
    return made


def train(
    recipe: ReaderRecipe, learned: Sequence[Example], passes: int, out: Path, init: nn.Module | None
) -> tuple[nn.Module, dict[str, Any]]:
    """The network after the last pass, and what its training cost and ended with; it goes on where it was stopped."""
    begun = time.process_time()
    resume = (out / "checkpoint.safetensors").exists()
    trained = train_reader(learned, [], [], replace(recipe, passes=passes), out, init=init, resume=resume)
    first, last = trained.history[0], trained.history[-1]
    seconds = time.process_time() - begun
    figures = {
        "loss_first": first["train_loss"],
        "loss": last["train_loss"],
        "learned": 1 - last["train_error"],
    }
    steps = passes * (len(learned) // recipe.batch_size)
    return trained.network, figures | {"steps": steps, "cpu_seconds": 0 if resume else round(seconds)}


def judge(recipe: ReaderRecipe, network: nn.Module, judged: Sequence[Example]) -> tuple[dict[str, Any], Any]:
    """Figures of the judged strings by the digits grammar, and the answers to each at the chosen temperature."""
    graphs, grammar = way(recipe).graphs(network, judged)[0], load_grammar("digits")
    wanted = [truth(example) for example in judged]
    found = [best_answers(graphs(value), grammar, LISTED) for value in TEMPERATURES[::3]]
    right = np.array(
        [[bool(a) and a[0].text == text for a, text in zip(f, wanted, strict=True)] for f in found]
    )
    sure = np.array([[a[0].posterior if a else 0.0 for a in f] for f in found])
    fitted = fit(sure, right, TEMPERATURES[::3])
    answers = found[TEMPERATURES[::3].index(fitted["temperature"])]
    return figures_of([a[0].text if a else "" for a in answers], wanted, fitted), answers


def truth(example: Example) -> str:
    """The digits that are written."""
    return "".join(DIGITS[number] for number in example.target if number < len(DIGITS))


def figures_of(read: Sequence[str], wanted: Sequence[str], fitted: dict[str, Any]) -> dict[str, Any]:
    """What stands in a row of the table."""
    pairs = [pair for text, got in zip(wanted, read, strict=True) for pair in align(text, got)]
    accepted, wrong = fitted["crossfitted"]["0.01"]
    return {
        "n": len(wanted),
        "exact": sum(text == got for text, got in zip(wanted, read, strict=True)),
        "cer": sum(a != b for a, b in pairs) / sum(map(len, wanted)),
        "accepted": accepted,
        "accepted_wrong": wrong,
        "length": sum(map(len, read)) / sum(map(len, wanted)),
        "often": Counter(read).most_common(3),
    }


def run(
    data: Path, mnist: Path, out: Path, kinds: Sequence[tuple[str, str]], criteria: Sequence[str]
) -> None:
    """Make the rows that are missing."""
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    out.mkdir(parents=True, exist_ok=True)
    for method, network in kinds:
        recipe, budget = recipe_of(method, network), BUDGETS[method, network]
        learned, judged = cached(out / f"{method}-{network}.pkl", partial(strings, data, recipe))
        begin = load_model(default_model_path()).module
        for criterion in ("isolated", *criteria):
            if criterion == "forward" and method == "sdnn":
                continue  # the same loss as discriminative-forward: scores of frames are normalised
            name = f"{method}-{network}-{criterion}"
            path = out / f"{name}.safetensors"
            if path.exists():
                if criterion == "isolated":
                    begin = load_model(path, kind="reader").module
                continue
            figures: dict[str, Any] = {}
            if criterion != "isolated":
                one = replace(recipe, criterion=criterion)
                trained, figures = train(one, learned, budget.passes, out / name, begin)
            elif budget.digits:
                digits = single_digits(mnist, recipe, budget.digits)
                begin, figures = train(recipe, digits, budget.digit_passes, out / name, None)
                trained = begin
            else:
                trained = way(recipe).build(recipe)
                way(recipe).begin(trained, begin)
            trained.eval()
            found, answers = judge(recipe, trained, judged)
            (out / f"{name}.answers").write_bytes(pickle.dumps(answers))
            row = {"method": method, "network": network, "criterion": criterion} | figures | found
            with (out / "rows.jsonl").open("a") as stream:
                stream.write(json.dumps(row) + "\n")
            save_model(path, trained, describe(trained, kind="reader", name=name, version="1"))
            print(json.dumps(row), flush=True)


def pairs(out: Path) -> list[dict[str, Any]]:
    """Rows of both methods together, exponents and thresholds cross-fitted on the judged strings."""
    rows, grammar = [], load_grammar("digits")
    for network in TITLES:
        for criterion in ("isolated", *CRITERIA):
            swept = "discriminative-forward" if criterion == "forward" else criterion
            names = [f"sdnn-{network}-{swept}", f"hos-{network}-{criterion}"]
            if not all((out / f"{name}.answers").exists() for name in names):
                continue
            first, second = (_answers(out / f"{name}.answers") for name in names)
            _, judged = pickle.loads((out / f"sdnn-{network}.pkl").read_bytes())
            wanted = [truth(example) for example in judged]
            fitted = fit_pair(first, second, wanted, SURE)
            joined = [
                joined_answers(a, b, fitted["weights"], SURE, grammar)
                for a, b in zip(first, second, strict=True)
            ]
            figures = figures_of([found[0].text if found else "" for found in joined], wanted, fitted)
            # each string by the exponents that the other folds chose
            figures["exact"] = sum(hits for _, _, hits in fitted["reliability"])
            rows.append({"method": "both", "network": network, "criterion": criterion} | figures)
    return rows


def _answers(path: Path) -> list[list[Answer]]:
    answers: list[list[Answer]] = pickle.loads(path.read_bytes())
    return answers


def table(out: Path) -> None:
    """Print the rows as Markdown."""
    rows = [json.loads(line) for line in (out / "rows.jsonl").read_text().splitlines()]
    print(
        "| method | network | criterion | steps | strings right | CER | read at 1 % error (wrong) | length |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for row in [*rows, *pairs(out)]:
        right = proportion(row["exact"], row["n"])
        read = proportion(row["accepted"], row["n"])
        print(
            f"| {row['method']} | {TITLES[row['network']]} | {row['criterion']} | {row.get('steps', '')} "
            f"| {100 * (right.value or 0):.1f} % ({right.count}; {100 * right.low:.1f} to {100 * right.high:.1f}) "
            f"| {100 * row['cer']:.1f} % | {100 * (read.value or 0):.1f} % ({row['accepted_wrong']}) "
            f"| {row['length']:.2f} |"
        )


def main() -> None:
    """Run, or print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    runs = commands.add_parser("run", help="make the rows that are missing")
    runs.add_argument("data", type=Path)
    runs.add_argument("mnist", type=Path)
    runs.add_argument("--out", type=Path, default=Path("runs/ablation"))
    kinds = [f"{method}-{network}" for method, network in BUDGETS]
    runs.add_argument("--kinds", nargs="*", choices=kinds, default=kinds)
    runs.add_argument("--criteria", nargs="*", choices=CRITERIA, default=list(reversed(CRITERIA)))
    commands.add_parser("table", help="print them").add_argument("out", type=Path)
    given = parser.parse_args()
    if given.command == "table":
        table(given.out)
    else:
        chosen = [kind for kind in BUDGETS if "-".join(kind) in given.kinds]
        run(given.data, given.mnist, given.out, chosen, given.criteria)


if __name__ == "__main__":
    main()
