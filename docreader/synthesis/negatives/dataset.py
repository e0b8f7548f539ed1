"""Negatives on disk: images and labels.csv; the same seed gives the same bytes."""

import csv
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from docreader.synthesis.dataset import encode
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.negatives.registry import KINDS, RenderedNegative, negative

COLUMNS = ("file", "kind", "amount", "text")
"""Columns of labels.csv; an empty amount means that nothing may be accepted."""


def negative_samples(
    bank: DigitBank, count: int, *, kinds: Sequence[str] = tuple(KINDS), seed: int = 0
) -> Iterator[RenderedNegative]:
    """Generate negatives, kind by kind in turn, each from a random generator of its own.

    The n-th picture of a kind depends neither on the count nor on the other kinds.

    Args:
        bank: Handwritten digits.
        count: Number of pictures.
        kinds: Names in KINDS.
        seed: Random seed.

    Yields:
        Pictures with their ground truth.
    """
    for index in range(count):
        kind = kinds[index % len(kinds)]
        rng = np.random.default_rng([seed, index // len(kinds), zlib.crc32(kind.encode())])
        yield negative(rng, bank, kind)


def write_negatives(
    folder: Path,
    samples: Iterator[RenderedNegative],
    *,
    suffix: str = ".png",
    progress: Callable[[], None] | None = None,
) -> int:
    """Write negatives as images with labels.csv, which is written last.

    Args:
        folder: Folder of the data set, from docreader.synthesis.dataset.prepare_folder.
        samples: Pictures to write.
        suffix: `.png`, `.jpg`, or `.tif` (bilevel).
        progress: Callback after each image.

    Returns:
        Number of pictures.
    """
    rows = []
    numbers: dict[str, int] = {}
    for sample in samples:
        number = numbers[sample.kind] = numbers.get(sample.kind, -1) + 1
        name = f"images/{sample.kind}-{number:05d}{suffix}"
        (folder / name).write_bytes(encode(sample.image, suffix))
        rows.append((name, sample.kind, "" if sample.amount is None else f"{sample.amount:f}", sample.text))
        if progress is not None:
            progress()
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    return len(rows)
