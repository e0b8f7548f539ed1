"""Write the lists of images that the shipped readers are trained and judged on.

    python benchmarks/training_sets.py DATA OUT

DATA holds `car-a` and `checks`, each with `images/` and `labels.csv` (and for the checks the box of the amount field).
Written to OUT, labels corrected by car-a-corrections.csv:

* `learn.csv` and `held.csv`: 600 and 300 strings of car-a, the latter those of splits/car-a-heldout.txt;
* `all.csv`: all 900, and crops of the amount fields of the checks, whose images go to `fields/`;
* `fold0.csv` .. `fold2.csv`: the 600, and the crops of two thirds of the checks; `checks0.csv` .. are the other checks;
* where DATA has `mnist`, the lists of negative_sets.py; and `reader-learn.csv`, `reader-all.csv`, `reader-fold0.csv` ..
  with the altered fields whose amount is valid.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from common import car_a, parser, read_rows
from lists import FOLDS, UNSIGNED, Row, folds, write
from negative_sets import write_negatives

from docreader.evaluation.comparison import FIELD_FOUND_IOU
from docreader.recognition.locator import Locator
from segment.cleaning.pipeline import clean
from segment.image.arrays import GrayImage
from segment.image.box import Box
from segment.page.analysis import PageLayout
from segment.page.field_location import locate_fields
from segment.page.overview import make_overview


def cuts(checks: list[Row], out: Path) -> Iterator[Row]:
    """Crop the amount fields of checks, with random margins, labeled with the currency symbol.

    Each field of the many Indian forms is cropped three times; of the few US forms of a group, the first is cropped
    twice and the next two once, so that no form is overrepresented.
    """
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.RandomState(5)
    locator = Locator.load()
    seen: Counter[str] = Counter()
    for row in checks:
        image = cv2.imread(row["file"], cv2.IMREAD_GRAYSCALE)
        height, width = image.shape
        x, y, w, h = box = Box(*(int(row[name]) for name in "xywh"))
        seen[row["group"]] += 1
        number = seen[row["group"]]
        count = 3 if row["currency"] == "INR" else (2 if number == 1 else 1 if number <= 3 else 0)
        for number in range(count):
            left = top = right = bottom = 0.0
            if number:
                left, top = rng.uniform(-0.02, 0.12) * w, rng.uniform(-0.06, 0.2) * h
                right, bottom = rng.uniform(-0.02, 0.1) * w, rng.uniform(-0.06, 0.2) * h
            x0, y0 = round(max(0, x - left)), round(max(0, y - top))
            x1, y1 = round(min(width, x + w + right)), round(min(height, y + h + bottom))
            path = out / f"{Path(row['file']).stem}-{number}.png"
            cv2.imwrite(str(path), image[y0:y1, x0:x1])
            sign = "" if Path(row["file"]).stem in UNSIGNED else "$"
            label = sign + row["text"].replace(" ", "")
            yield {"file": str(path.absolute()), "label": label, "group": row["group"]}
        found = as_read(image, box, locator) if count else None
        if found is not None:
            path = out / f"{Path(row['file']).stem}-read.png"
            cv2.imwrite(str(path), found)
            yield {"file": str(path.absolute()), "label": row["text"].replace(" ", ""), "group": row["group"]}


def as_read(image: GrayImage, box: Box, locator: Locator) -> GrayImage | None:
    """Crop a field as on a whole check, without the printed currency symbol; None if it is not located."""
    layout = PageLayout("check", image, overview=make_overview(image))
    assert layout.overview is not None
    fields = locate_fields(image, layout.overview, locator.propose(image).fields)
    located = next((field for field in fields if field.box.iou(box) >= FIELD_FOUND_IOU), None)
    if located is None:
        return None
    candidate = layout.crop(located)
    assert candidate.field_box is not None
    left, top, width, height = candidate.field_box
    return candidate.image[top : top + height, max(0, left - height // 4) : left + width]


def main() -> None:
    """Write the lists."""
    options = parser(__doc__)
    options.add_argument("data", type=Path)
    options.add_argument("out", type=Path)
    given = options.parse_args()
    train, held = car_a(given.data / "car-a")
    checks = read_rows(given.data / "checks" / "labels.csv")
    fold = folds(checks)
    fields = list(cuts(checks, given.out / "fields"))
    lists = {"learn": train, "held": held, "all": [*train, *held, *fields]}
    for number in range(FOLDS):
        lists[f"fold{number}"] = train + [row for row in fields if fold[row["group"]] != number]
    for name, rows in lists.items():
        write(given.out / f"{name}.csv", rows)
        print(f"{name}.csv: {len(rows)}")
    for number in range(FOLDS):
        write(
            given.out / f"checks{number}.csv",
            (row for row in checks if fold[row["group"]] == number),
            tuple(checks[0]),
        )
    if (given.data / "mnist").is_dir():
        write_negatives(given.data, given.out)
        names = {"learn": "600", "all": None} | {f"fold{number}": f"fold{number}" for number in range(FOLDS)}
        for name, part in names.items():
            altered = read_rows(given.out / ("altered.csv" if part is None else f"altered-{part}.csv"))
            # without ink there is nothing to learn: the shade is too deep
            inked = [row for row in altered if not clean(cv2.imread(row["file"], cv2.IMREAD_GRAYSCALE)).empty]
            write(given.out / f"reader-{name}.csv", [*lists[name], *inked])
            print(f"reader-{name}.csv: {len(lists[name]) + len(inked)}")


if __name__ == "__main__":
    main()
