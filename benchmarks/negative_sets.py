"""Write pictures without a clean amount, cut out of real pages and drawn onto real fields, and harmless damage.

    python benchmarks/negative_sets.py DATA OUT

DATA holds `car-a` and `checks` as for training_sets.py, `mnist`, and `documents/train`, `cats-dogs/train` and
`imagenette10/train` where there are any. Images go to OUT/negatives; lists have the columns file, label, kind, group
and amount:

* `negatives.csv`: pictures to refuse; label and amount are empty;
* `altered.csv`: damaged amounts that are valid, with the label of the field;
* `negatives-600.csv`, `altered-600.csv`: those made without a check and without the 300 held strings of car-a;
* `negatives-fold0.csv` .., `altered-fold0.csv` ..: those of the 600 strings and of two thirds of the checks.

Shares of the negatives: documents 0.22, photographs 0.1, checks beside their amount 0.2, faults of fields 0.48.
"""

import zlib
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from common import car_a, parser, read_rows
from field_faults import FAULTS, Fault, spoil
from harmless_damage import HARMLESS
from lists import FOLDS, UNSIGNED, Row, folds, write
from page_crops import check_crops, document_crops, photograph_crops
from real_fields import Field, analyze, beside, stacked

from docreader.recognition.locator import Locator
from docreader.synthesis.glyph_bank import DigitBank

COLUMNS = ("file", "label", "kind", "group", "amount")
SEED = 14
SCALE = {"document_line": 900, "document_block": 400, "photograph": 600, "faults": 2880, "harmless": 1500}
"""Number of pictures; `check` is that of each check, beside those that resemble a field."""
PER_CHECK = 10
CHECK_SHARE = 0.15
"""Share of the fields of checks among the fields with a fault."""
TWO = 0.05
"""Share of two fields in one picture among the faults."""


class Pool:
    """Fields of one origin: `600`, `held` or `check`."""

    def __init__(self, fields: list[Field]) -> None:
        self.fields = fields

    def draw(self, rng: np.random.Generator) -> Field:
        """Return one of the fields."""
        return self.fields[int(rng.integers(len(self.fields)))]


def string_fields(rows: list[Row]) -> Pool:
    """Return the fields of strings of car-a."""
    found = (
        analyze(cv2.imread(row["file"], cv2.IMREAD_GRAYSCALE), row["label"], Path(row["file"]).stem)
        for row in rows
    )
    return Pool([field for field in found if field is not None])


def check_fields(rows: list[Row]) -> Pool:
    """Return the amount fields of checks, 60 to 110 pixels high, labeled with the currency symbol."""
    rng = np.random.default_rng(SEED)
    fields = []
    for row in rows:
        check = cv2.imread(row["file"], cv2.IMREAD_GRAYSCALE)
        x, y, w, h = (int(row[name]) for name in "xywh")
        scale = float(rng.uniform(60, 110)) / h
        image = cv2.resize(
            check[y : y + h, x : x + w], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA
        )
        sign = "" if Path(row["file"]).stem in UNSIGNED else "$"
        field = analyze(np.asarray(image, np.uint8), sign + row["text"].replace(" ", ""), row["group"])
        if field is not None and field.exact:  # other tall components are of the form, or a bar code
            fields.append(field)
    return Pool(fields)


class Writer:
    """Writes pictures and remembers their rows with their origin."""

    def __init__(self, out: Path) -> None:
        self.folder = out / "negatives"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.rows: list[Row] = []
        self._numbers: dict[str, int] = {}

    def add(self, image: np.ndarray, kind: str, group: str, origin: str, label: str = "") -> None:
        """Write a picture."""
        number = self._numbers[kind] = self._numbers.get(kind, -1) + 1
        path = self.folder / f"{kind}-{number:04d}.png"
        cv2.imwrite(str(path), image)
        self.rows.append(
            {
                "file": str(path.absolute()),
                "label": label,
                "kind": kind,
                "group": group,
                "amount": "",
                "origin": origin,
            }
        )


def quota(table: dict[str, tuple[float, Fault]], total: int) -> Iterator[tuple[str, Fault, int]]:
    """Yield each kind with its number of pictures, by weight."""
    whole = sum(weight for weight, _ in table.values())
    for kind, (weight, fault) in table.items():
        yield kind, fault, round(total * weight / whole)


def add_faults(
    writer: Writer, pools: dict[str, Pool], bank: DigitBank, table: dict[str, tuple[float, Fault]], total: int
) -> None:
    """Draw each fault of a table onto fields chosen at random; harmless damage keeps the label."""
    strings = {name: len(pool.fields) for name, pool in pools.items() if name != "check"}
    for kind, fault, count in quota(table, total):
        for number in range(count):
            rng = np.random.default_rng([SEED, zlib.crc32(kind.encode()), number])
            image = None
            while image is None:
                names = list(strings)
                shares = np.array([strings[name] for name in names], float)
                origin = names[int(rng.choice(len(names), p=shares / shares.sum()))]
                if rng.random() < CHECK_SHARE and pools["check"].fields:
                    origin = "check"
                field = pools[origin].draw(rng)
                image = spoil(rng, bank, field, fault)
            writer.add(image, kind, field.group, origin, field.label if table is HARMLESS else "")


def add_pairs(writer: Writer, pools: dict[str, Pool], count: int) -> None:
    """Put two strings of the same origin beside or above one another."""
    for number in range(count):
        rng = np.random.default_rng([SEED, 2, number])
        origin = "600" if rng.random() < 0.67 or not pools["held"].fields else "held"
        first, second = pools[origin].draw(rng), pools[origin].draw(rng)
        kind, join = (("two_beside", beside), ("two_stacked", stacked))[number % 2]
        writer.add(join(rng, first, second), kind, first.group, origin)


def write_lists(out: Path, rows: list[Row], fold: dict[str, int]) -> None:
    """Write the lists of all, of the 600 strings, and of the folds."""
    for name, some in (
        ("negatives", [row for row in rows if not row["label"]]),
        ("altered", [row for row in rows if row["label"]]),
    ):
        free = [row for row in some if row["origin"] in ("page", "600")]
        checks = [row for row in some if row["origin"] == "check"]
        lists = {name: some, f"{name}-600": free}
        for number in range(FOLDS):
            lists[f"{name}-fold{number}"] = free + [row for row in checks if fold[row["group"]] != number]
        for title, chosen in lists.items():
            write(out / f"{title}.csv", chosen, COLUMNS)
            print(f"{title}.csv: {len(chosen)}")


def write_negatives(data: Path, out: Path, share: float = 1.0) -> None:
    """Write pictures and lists.

    Args:
        data: Folder of the data sets.
        out: Folder of the lists.
        share: Share of the pictures that are made.
    """
    cv2.setNumThreads(1)
    counts = {name: max(1, round(share * count)) for name, count in SCALE.items()}
    bank = DigitBank.from_directory(data / "mnist")
    writer, rng = Writer(out), np.random.default_rng(SEED)
    if (folder := data / "documents" / "train").is_dir():
        lines, blocks = counts["document_line"], counts["document_block"]
        for image, kind, group in document_crops(rng, folder, lines, blocks):
            writer.add(image, kind, group, "page")
    for name in ("cats-dogs", "imagenette10"):
        if (folder := data / name / "train").is_dir():
            for image, kind, group in photograph_crops(rng, folder, counts["photograph"] // 2):
                writer.add(image, kind, group, "page")
    train, held = car_a(data / "car-a")
    checks = read_rows(data / "checks" / "labels.csv")
    locator = Locator.load()
    for row in checks:
        for image, kind, group in check_crops(rng, row, max(1, round(share * PER_CHECK)), locator):
            writer.add(image, kind, group, "check")
    pools = {"600": string_fields(train), "held": string_fields(held), "check": check_fields(checks)}
    add_pairs(writer, pools, round(TWO * counts["faults"]))
    add_faults(writer, pools, bank, FAULTS, round((1 - TWO) * counts["faults"]))
    add_faults(writer, pools, bank, HARMLESS, counts["harmless"])
    write_lists(out, writer.rows, folds(checks))


def main() -> None:
    """Write the lists."""
    options = parser(__doc__)
    options.add_argument("data", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--share", type=float, default=1.0, help="share of the pictures that are made")
    given = options.parse_args()
    write_negatives(given.data, given.out, given.share)


if __name__ == "__main__":
    main()
