"""Lists of images, and the folds of the checks by bank form or writer."""

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np

FOLDS = 3

UNSIGNED = ("in-95151405",)
"""Checks without a printed currency symbol before the amount."""

Row = dict[str, str]


def write(path: Path, rows: Iterable[Row], columns: tuple[str, ...] = ("file", "label")) -> None:
    """Write a labels.csv."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, columns, extrasaction="ignore")
        table.writeheader()
        table.writerows(rows)


def folds(checks: list[Row]) -> dict[str, int]:
    """Assign each group of checks (a bank's form, or a writer) to a fold, each currency evenly."""
    found = {}
    for currency in ("INR", "USD"):
        groups = sorted({row["group"] for row in checks if row["currency"] == currency})
        for number, index in enumerate(np.random.RandomState(1).permutation(len(groups))):
            found[groups[index]] = number % FOLDS
    return found
