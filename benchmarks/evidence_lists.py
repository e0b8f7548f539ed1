"""Write the images that the evidence model of the shipped reader is fitted on, unseen by the model of fold 0.

    python benchmarks/evidence_lists.py SETS MNIST OUT [--fonts FONTS] [--each 8] [--clean 500]

SETS is the output of training_sets.py and negative_sets.py, MNIST the folder of the digits. Written to OUT are lists
for `docreader calibrate --evidence`, with the columns file, amount, label, kind and group:

* `real.csv`: the held strings of car-a, as digits and as amounts; the checks of fold 0 and their amount fields; altered
  fields and images without an amount that are in no list of fold 0;
* `drawn.csv`: clean amounts of all styles, clean twins of the negatives, each kind of negatives; with the fonts of
  fonts.py, fields of the world with and without an amount, too.
"""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from common import parser, read_rows
from training_sets import Row, write

from docreader.synthesis.dataset import amount_samples
from docreader.synthesis.fonts import FontBank
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.negatives import KINDS, clean, negative_samples
from docreader.synthesis.world_field import render_world_field
from docreader.synthesis.world_negatives import render_world_negative

COLUMNS = ("file", "amount", "label", "kind", "group")
SEED = 14_000

REWRITTEN = "fluid_rewritten"
"""Kind that is no amount in one list and a valid one in the other."""


def unseen(sets: Path, whole: str, fold: str) -> list[Row]:
    """Return the rows of a list that are not in the list of a fold."""
    seen = {row["file"] for row in read_rows(sets / f"{fold}.csv")}
    return [row for row in read_rows(sets / f"{whole}.csv") if row["file"] not in seen]


def real(sets: Path) -> Iterator[Row]:
    """Yield images that the model of fold 0 has not seen."""
    held = read_rows(sets / "held.csv")
    files = {row["file"] for row in held}
    for row in held:
        yield {"file": row["file"], "label": row["label"], "kind": "string"}
        yield {"file": row["file"], "amount": row["label"], "kind": "string", "group": row["file"]}
    for row in read_rows(sets / "checks0.csv"):
        yield {"file": row["file"], "amount": row["amount"], "kind": "check", "group": row["group"]}
    for row in unseen(sets, "all", "fold0"):
        if row["file"] not in files:
            yield {"file": row["file"], "label": row["label"], "kind": "field"}
    for row in unseen(sets, "altered", "altered-fold0"):
        yield row
    for row in unseen(sets, "negatives", "negatives-fold0"):
        if row["kind"] != REWRITTEN:
            yield row | {"label": "", "amount": ""}


def drawn(digits: Path, out: Path, each: int, amounts: int) -> Iterator[Row]:
    """Draw images, and yield their rows."""
    bank = DigitBank.from_directory(digits, "train")
    for number, sample in enumerate(amount_samples(bank, amounts, seed=SEED)):
        yield save(out / f"clean-{number:05d}.png", sample.image, str(sample.amount), "clean")
    for number in range(amounts):
        twin = clean(np.random.default_rng([SEED, number]), bank)
        yield save(out / f"twin-{number:05d}.png", twin.image, str(twin.amount), "twin")
    for number, made in enumerate(negative_samples(bank, each * len(KINDS), seed=SEED)):
        amount = "" if made.amount is None else f"{made.amount:f}"
        yield save(out / f"{made.kind}-{number:05d}.png", made.image, amount, made.kind)


def drawn_world(digits: Path, fonts: Path, out: Path, amounts: int) -> Iterator[Row]:
    """Draw fields of the world, as many with an amount as without, and yield their rows."""
    bank, types = DigitBank.from_directory(digits, "train"), FontBank.from_directory(fonts)
    for number in range(amounts):
        rng = np.random.default_rng([SEED, number, 1])
        field = render_world_field(rng, bank, types)
        yield save(out / f"world-{number:05d}.png", field.image, f"{field.amount:f}", "world")
        image = render_world_negative(rng, bank, types)
        yield save(out / f"world-none-{number:05d}.png", image, "", "world_none")


def save(path: Path, image: np.ndarray, amount: str, kind: str) -> Row:
    """Write an image and return its row."""
    cv2.imwrite(str(path), image)
    return {"file": str(path.absolute()), "amount": amount, "kind": kind}


def main() -> None:
    """Write the lists."""
    options = parser(__doc__)
    options.add_argument("sets", type=Path)
    options.add_argument("digits", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--fonts", type=Path, help="folder of fonts.py: fields of the world, too")
    options.add_argument("--each", type=int, default=8, help="drawn images of a kind")
    options.add_argument("--clean", type=int, default=500, help="clean amounts of all styles, and twins")
    given = options.parse_args()
    images = given.out / "images"
    images.mkdir(parents=True, exist_ok=True)
    write(given.out / "real.csv", real(given.sets), COLUMNS)
    rows = list(drawn(given.digits, images, given.each, given.clean))
    if given.fonts is not None:
        rows += drawn_world(given.digits, given.fonts, images, given.clean)
    write(given.out / "drawn.csv", rows, COLUMNS)


if __name__ == "__main__":
    main()
