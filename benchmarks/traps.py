"""Read pictures without a clean amount, and count what is accepted, by kind.

    python benchmarks/traps.py list DIR [--model MODEL]
    python benchmarks/traps.py drawn MNIST [--model MODEL] [--each 4] [--clean 200] [--kinds struck,date_slashes]

`list` reads the pictures of DIR/labels.csv (file, kind, amount; an empty amount must not be accepted). `drawn` reads
those of `docreader synth negatives` with the test digits of MNIST and a fixed seed, and clean amounts of all styles.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
from common import Metric, emit, parser, share, single_thread
from numpy.typing import NDArray

from docreader.pipeline.reader import Reader
from docreader.synthesis.dataset import amount_samples
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.negatives import negative_samples, select_kinds
from segment.errors import SegmentError

SEED = 20
CLEAN = "clean"

Item = tuple[str, Decimal | None, Path | NDArray[np.uint8]]
"""Kind, amount that may be accepted, picture."""


def listed(folder: Path) -> Iterator[Item]:
    """Yield the pictures of a labels.csv."""
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            picture = folder / row["file"]
            if not picture.is_file():  # or it would count as rejected
                raise SystemExit(f"{picture} is listed, but not there")
            yield row["kind"], Decimal(row["amount"]) if row["amount"] else None, picture


def drawn(digits: Path, each: int, clean: int, kinds: str) -> Iterator[Item]:
    """Yield pictures of each kind of negatives, and clean amounts of all styles."""
    bank = DigitBank.from_directory(digits, "test")
    names = select_kinds(kinds)
    for made in negative_samples(bank, each * len(names), kinds=names, seed=SEED):
        yield made.kind, made.amount, np.asarray(made.image, np.uint8)
    for sample in amount_samples(bank, clean, seed=SEED):
        yield CLEAN, sample.amount, np.asarray(sample.image, np.uint8)


def accepted(reader: Reader, picture: Path | NDArray[np.uint8]) -> Decimal | None:
    """Return the amount that is accepted of a picture, None if it is rejected."""
    try:
        readings = reader.read(picture)
    except SegmentError:
        return None
    found = [one.amount for one in readings if one.accepted and one.amount is not None]
    return Decimal(found[0]) if found else None


class Answers:
    """Count answers: false accepts by kind, and accepted and wrong where an amount may be accepted.

    Args:
        valid: Names of what has such an amount.
    """

    def __init__(self, valid: Iterable[str]) -> None:
        self.false: dict[str, list[bool]] = defaultdict(list)
        self.points = {name: {"accepted": 0, "wrong": 0, "n": 0} for name in valid}

    def add(self, kind: str, answer: Decimal | None, amount: Decimal | None) -> None:
        """Count one answer; `amount` is what may be accepted."""
        if amount is None:
            self.false[kind].append(answer is not None)
            return
        point = self.points[kind]
        point["n"] += 1
        point["accepted"] += answer is not None
        point["wrong"] += answer is not None and answer != amount

    def metrics(self) -> dict[str, Metric]:
        """Return all counts, the worst kind first."""
        every = [one for some in self.false.values() for one in some]
        found: dict[str, Metric] = {"false_accepts": share(sum(every), len(every))}
        for name, point in self.points.items():
            if point["n"]:
                found[name] = {**point, "protocol": "threshold of the model"}
        worst_first = sorted(self.false.items(), key=lambda item: (-sum(item[1]) / len(item[1]), item[0]))
        return found | {f"kind:{kind}": share(sum(some), len(some)) for kind, some in worst_first}


def measure(reader: Reader, items: Iterator[Item]) -> dict[str, Metric]:
    """Return false accepts of all pictures and by kind, and answers where an amount may be accepted."""
    answers = Answers(("valid", CLEAN))
    for kind, amount, picture in items:
        name = kind if amount is None or kind == CLEAN else "valid"
        answers.add(name, accepted(reader, picture), amount)
    return answers.metrics()


def main() -> None:
    """Read and print."""
    options = parser(__doc__)
    options.add_argument("source", choices=["list", "drawn"])
    options.add_argument("data", type=Path)
    options.add_argument("--model")
    options.add_argument("--each", type=int, default=4, help="drawn pictures of a kind")
    options.add_argument("--clean", type=int, default=200, help="drawn clean amounts")
    options.add_argument("--kinds", default="all", help="kinds and groups of docreader synth negatives")
    given = options.parse_args()
    single_thread()
    reader = Reader.load(model=given.model, device="cpu")
    if given.source == "list":
        emit(measure(reader, listed(given.data)))
    else:
        emit(measure(reader, drawn(given.data, given.each, given.clean, given.kinds)))


if __name__ == "__main__":
    main()
