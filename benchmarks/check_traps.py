"""Read whole checks that are altered so that no amount stands on them, and count what is accepted, by kind.

    python benchmarks/check_traps.py DATA [--blank BLANK] [--model MODEL] [--method METHOD] [--kinds erased,void]

DATA is a folder with a labels.csv of whole checks (file, amount, box of the field); each is altered in memory, with a
seed of its own, in every manner. BLANK is one whose rows with the amount `blank` are empty forms. The checks as they
are come beside them.
"""

import csv
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np
from check_alterations import ALTERATIONS, READABLE, Box, Image
from common import Metric, emit, parser, single_thread
from traps import CLEAN, Answers, accepted

from docreader.pipeline.reader import Reader
from segment.io.pages import load_pages

BLANK = "blank"


def rows(folder: Path) -> Iterator[tuple[dict[str, str], Image]]:
    """Yield the rows of a labels.csv with their page."""
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield row, next(load_pages(folder / row["file"])).image


def measure(
    reader: Reader, data: Path, blank: Path | None, kinds: list[str], every: int
) -> dict[str, Metric]:
    """Read every check as it is and in every alteration, and the blank forms."""
    answers = Answers((CLEAN, *READABLE))
    for number, (row, page) in enumerate(rows(data)):
        if number % every:
            continue
        amount = Decimal(row["amount"])
        box: Box = (int(row["x"]), int(row["y"]), int(row["w"]), int(row["h"]))
        answers.add(CLEAN, accepted(reader, page), amount)
        for kind in kinds:
            rng = np.random.default_rng([number, list(ALTERATIONS).index(kind)])
            altered = ALTERATIONS[kind](page, box, rng)
            answers.add(kind, accepted(reader, altered), amount if kind in READABLE else None)
    for row, page in rows(blank) if blank is not None else ():
        try:
            Decimal(row["amount"])
        except InvalidOperation:
            if row["amount"] == BLANK:
                answers.add(BLANK, accepted(reader, page), None)
    return answers.metrics()


def main() -> None:
    """Read and print."""
    options = parser(__doc__)
    options.add_argument("data", type=Path)
    options.add_argument("--blank", type=Path)
    options.add_argument("--model")
    options.add_argument("--method")
    options.add_argument("--kinds", default=",".join(ALTERATIONS), help="alterations, separated by commas")
    options.add_argument("--every", type=int, default=1, help="read each n-th check only")
    given = options.parse_args()
    single_thread()
    reader = Reader.load(model=given.model, method=given.method, device="cpu")
    emit(
        measure(
            reader, given.data, given.blank, [kind for kind in given.kinds.split(",") if kind], given.every
        )
    )


if __name__ == "__main__":
    main()
