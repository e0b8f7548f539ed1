"""The lists of images that the shipped readers are trained and judged on, from the folders of the data sets.

    python benchmarks/training_sets.py DATA OUT

DATA holds `car-a` and `checks`, each with `images/` and `labels.csv` (and for the checks the box of the amount field).
OUT gets, with the corrections of car-a-corrections.csv made:

* `learn.csv` and `held.csv`: 600 and 300 strings of car-a;
* `all.csv`: all 900, and cuts of the amount fields of the checks, whose pictures go to `fields/`;
* `fold0.csv` .. `fold2.csv`: the 600, and the cuts of two thirds of the checks; `checks0.csv` .. are the other checks.
"""

import argparse
import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np

from docreader.evaluation.judging import LOCATED, overlap
from docreader.fields import Box, prepare_branch
from segment.grey import Grey
from segment.location import locate_fields
from segment.overview import look

HERE = Path(__file__).parent
FOLDS = 3
HELD_OUT = 300

UNSIGNED = ("in-95151405",)
"""Checks whose form prints no currency sign before the amount."""

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """Rows of a labels.csv, the files as absolute paths."""
    with path.open(encoding="utf-8", newline="") as stream:
        return [row | {"file": str((path.parent / row["file"]).absolute())} for row in csv.DictReader(stream)]


def write(path: Path, rows: Iterable[Row], columns: tuple[str, ...] = ("file", "label")) -> None:
    """A labels.csv."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, columns, extrasaction="ignore")
        table.writeheader()
        table.writerows(rows)


def strings(data: Path) -> tuple[list[Row], list[Row]]:
    """Those of car-a to learn from, and those held out."""
    rows = read(data / "car-a" / "labels.csv")
    with (HERE / "car-a-corrections.csv").open(encoding="utf-8", newline="") as stream:
        corrected = {Path(row["file"]).name: row["label"] for row in csv.DictReader(stream)}
    for row in rows:
        row["label"] = corrected.get(Path(row["file"]).name, row["label"])
    held = set(np.random.RandomState(0).permutation(len(rows))[:HELD_OUT].tolist())
    return (
        [row for number, row in enumerate(rows) if number not in held],
        [row for number, row in enumerate(rows) if number in held],
    )


def folds(checks: list[Row]) -> dict[str, int]:
    """Which fold each group of checks (a bank's form, or a writer) belongs to: currencies are dealt evenly."""
    found = {}
    for currency in ("INR", "USD"):
        groups = sorted({row["group"] for row in checks if row["currency"] == currency})
        for number, index in enumerate(np.random.RandomState(1).permutation(len(groups))):
            found[groups[index]] = number % FOLDS
    return found


def cuts(checks: list[Row], out: Path) -> Iterator[Row]:
    """Amount fields of checks as pictures, with more or less around them, and what is written: the sign, too.

    Indian forms are many and each field is cut three ways; of the few US forms that fill a group, the first is cut
    twice, the next two once, and more would teach the form.
    """
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.RandomState(5)
    seen: Counter[str] = Counter()
    for row in checks:
        image = cv2.imread(row["file"], cv2.IMREAD_GRAYSCALE)
        height, width = image.shape
        x, y, w, h = (int(row[name]) for name in "xywh")
        seen[row["group"]] += 1
        number = seen[row["group"]]
        ways = 3 if row["currency"] == "INR" else (2 if number == 1 else 1 if number <= 3 else 0)
        for way in range(ways):
            left = top = right = bottom = 0.0
            if way:
                left, top = rng.uniform(-0.02, 0.12) * w, rng.uniform(-0.06, 0.2) * h
                right, bottom = rng.uniform(-0.02, 0.1) * w, rng.uniform(-0.06, 0.2) * h
            x0, y0 = round(max(0, x - left)), round(max(0, y - top))
            x1, y1 = round(min(width, x + w + right)), round(min(height, y + h + bottom))
            path = out / f"{Path(row['file']).stem}-{way}.png"
            cv2.imwrite(str(path), image[y0:y1, x0:x1])
            sign = "" if Path(row["file"]).stem in UNSIGNED else "$"
            label = sign + row["text"].replace(" ", "")
            yield {"file": str(path.absolute()), "label": label, "group": row["group"]}
        found = as_read(image, (x, y, w, h)) if ways else None
        if found is not None:
            path = out / f"{Path(row['file']).stem}-read.png"
            cv2.imwrite(str(path), found)
            yield {"file": str(path.absolute()), "label": row["text"].replace(" ", ""), "group": row["group"]}


class AsRead:
    """A method that keeps the picture that it is given to prepare."""

    def prepare(self, image: Grey, inner: Box) -> tuple[Grey, Box]:
        """The picture, and the field in it."""
        return image, inner


def as_read(image: Grey, box: Box) -> Grey | None:
    """A field as it is read on a whole check, without the printed sign; None where it is not found."""
    overview = look(image)
    field = next((some for some in locate_fields(overview) if overlap(some.bbox, box) >= LOCATED), None)
    if field is None:
        return None
    crop, (left, top, width, height) = prepare_branch(image, overview, field, AsRead()).prepared  # type: ignore[arg-type]
    return crop[top : top + height, max(0, left - height // 4) : left + width]


def main() -> None:
    """Write all lists."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    learned, held = strings(options.data)
    checks = read(options.data / "checks" / "labels.csv")
    fold = folds(checks)
    fields = list(cuts(checks, options.out / "fields"))
    lists = {"learn": learned, "held": held, "all": [*learned, *held, *fields]}
    for number in range(FOLDS):
        lists[f"fold{number}"] = learned + [row for row in fields if fold[row["group"]] != number]
    for name, rows in lists.items():
        write(options.out / f"{name}.csv", rows)
        print(f"{name}.csv: {len(rows)}")
    for number in range(FOLDS):
        write(
            options.out / f"checks{number}.csv",
            (row for row in checks if fold[row["group"]] == number),
            tuple(checks[0]),
        )


if __name__ == "__main__":
    main()
