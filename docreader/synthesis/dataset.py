"""Synthetic data sets on disk: images, labels.csv and boxes.json; the same seed gives the same bytes."""

import csv
import io
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from docreader.synthesis.check import render_check
from docreader.synthesis.errors import OutputExistsError
from docreader.synthesis.field import render_amount
from docreader.synthesis.glyph_bank import DigitBank

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Sample:
    """Synthetic image with its entries of labels.csv and boxes.json.

    Attributes:
        image: (H, W) or (H, W, 3) BGR, uint8.
        label: Digits, or text.
        amount: Value.
        text: Written characters in canonical form.
        kind: `amount` or `check`.
        currency: ISO 4217 code.
        style: Name of the style or layout.
        field: Box (x, y, w, h) of the amount field, pixels.
        boxes: [class, x, y, w, h] of each digit of the amount, pixels.
    """

    image: np.ndarray
    label: str
    amount: Decimal
    text: str
    kind: str
    currency: str
    style: str
    field: Box
    boxes: list[list[int]]


COLUMNS = ("file", "label", "amount", "text", "kind", "currency", "style", "x", "y", "w", "h")
"""Columns of labels.csv; x, y, w, h are the amount field in pixels of the image."""


def amount_samples(
    bank: DigitBank,
    count: int,
    *,
    style: str = "mixed",
    seed: int = 0,
    height: tuple[int, int] | None = None,
    labels: str = "digits",
) -> Iterator[Sample]:
    """Generate amount fields, each from a random generator of its own: the first n do not depend on the count.

    Args:
        bank: Handwritten digits.
        count: Number of samples.
        style: Name in docreader.synthesis.STYLES, or `mixed`.
        seed: Random seed.
        height: Range of the images' height in pixels; the style's if None.
        labels: Contents of the labels: `digits` or the whole `text`.

    Yields:
        Samples.
    """
    for index in range(count):
        made = render_amount(_sample_generator(seed, index, style), bank, style, height=height)
        rows, columns = made.image.shape
        yield Sample(
            image=made.image,
            label=made.text if labels == "text" else made.label,
            amount=made.amount,
            text=made.text,
            kind="amount",
            currency=made.currency,
            style=made.style,
            field=(0, 0, columns, rows),
            boxes=made.boxes,
        )


def check_samples(
    bank: DigitBank,
    count: int,
    *,
    layout: str = "mixed",
    seed: int = 0,
    width: tuple[int, int] = (1200, 1600),
    labels: str = "digits",
) -> Iterator[Sample]:
    """Generate whole checks, each from a random generator of its own.

    Args:
        bank: Handwritten digits.
        count: Number of samples.
        layout: Name in docreader.synthesis.LAYOUTS, or `mixed`.
        seed: Random seed.
        width: Range of the images' width in pixels.
        labels: Contents of the labels: `digits` or the whole `text` of the amount field.

    Yields:
        Samples.
    """
    for index in range(count):
        made = render_check(_sample_generator(seed, index, layout), bank, layout, width=width)
        yield Sample(
            image=made.image,
            label=made.text if labels == "text" else made.label,
            amount=made.amount,
            text=made.text,
            kind="check",
            currency=made.currency,
            style=made.layout,
            field=made.field,
            boxes=made.boxes,
        )


def _sample_generator(seed: int, index: int, kind: str) -> np.random.Generator:
    """Return the random generator of a sample; it depends on the style, so that writers differ between styles."""
    return np.random.default_rng([seed, index, zlib.crc32(kind.encode())])


def prepare_folder(folder: Path, force: bool = False) -> None:
    """Create the folder of a data set.

    Args:
        folder: Folder of the data set.
        force: Whether a folder with files in it is accepted.

    Raises:
        OutputExistsError: The folder contains files and `force` is off, or it is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputExistsError(f"{folder} is a file: name a folder")
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise OutputExistsError(
            f"{folder} is not empty: name another folder, add to it with --append, or write over it with --force"
        )
    (folder / "images").mkdir(parents=True, exist_ok=True)


def write_dataset(
    folder: Path,
    samples: Iterator[Sample],
    *,
    prefix: str,
    suffix: str = ".png",
    append: bool = False,
    progress: Callable[[], None] | None = None,
) -> int:
    """Write samples as images with labels.csv and boxes.json.

    Both lists are written last, so that an interrupted run leaves no list of missing images.

    Args:
        folder: Folder of the data set, from prepare_folder.
        samples: Samples to write.
        prefix: Prefix of the image names.
        suffix: `.png`, `.jpg`, or `.tif` (bilevel).
        append: Keep the entries of other images in both lists.
        progress: Callback after each image.

    Returns:
        Number of samples.

    Raises:
        OutputExistsError: The lists in the folder have another form.
    """
    rows, boxes = _read_lists(folder) if append else ({}, {})
    count = 0
    for index, sample in enumerate(samples):
        name = f"images/{prefix}-{index:06d}{suffix}"
        (folder / name).write_bytes(encode(sample.image, suffix))
        facts = (sample.label, str(sample.amount), sample.text, sample.kind, sample.currency, sample.style)
        rows[name] = (name, *facts, *(str(v) for v in sample.field))
        boxes[name] = sample.boxes
        count += 1
        if progress is not None:
            progress()
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows.values())
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(found)}" for name, found in boxes.items())
    (folder / "boxes.json").write_text("{\n" + lines + "\n}\n", encoding="utf-8")
    return count


def encode(image: np.ndarray, suffix: str) -> bytes:
    """Encode an image.

    Args:
        image: (H, W) or (H, W, 3) BGR, uint8.
        suffix: `.png`, `.jpg`, or `.tif`: bilevel, CCITT group 4, 200 dpi, the exchange format of banks.

    Returns:
        Contents of the file.
    """
    if suffix == ".tif":
        gray = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        # the threshold separates ink from the lighter security print
        black = cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 41, 26)
        stream = io.BytesIO()
        Image.fromarray(black).convert("1").save(stream, "TIFF", compression="group4", dpi=(200, 200))
        return stream.getvalue()
    options = [cv2.IMWRITE_JPEG_QUALITY, 90] if suffix == ".jpg" else []
    _, data = cv2.imencode(suffix, image, options)
    return data.tobytes()


def _read_lists(folder: Path) -> tuple[dict[str, tuple[str, ...]], dict[str, list[list[int]]]]:
    """Return the contents of labels.csv and boxes.json, empty if there are none."""
    if not (folder / "labels.csv").is_file():
        return {}, {}
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as stream:
        header, *rows = [tuple(row) for row in csv.reader(stream)] or [()]
    if header != COLUMNS:
        raise OutputExistsError(
            f"{folder / 'labels.csv'} has the columns {','.join(header)}, not those of docreader synth: "
            f"nothing can be appended to it"
        )
    found = folder / "boxes.json"
    boxes = json.loads(found.read_text(encoding="utf-8")) if found.is_file() else {}
    return {row[0]: row for row in rows}, boxes
