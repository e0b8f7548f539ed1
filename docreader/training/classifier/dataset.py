"""The images that a classifier is trained on: a folder for each class, or a csv with file and label."""

import csv
import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from docreader.errors import LabelsError
from docreader.io.inputs import IMAGE_SUFFIXES
from docreader.training.common.errors import TrainingError
from segment.errors import SegmentError

MOST_DAMAGED = 0.1
"""Share of the images beyond which a run is refused: that many are no accident."""


class DataError(TrainingError):
    """The folder or csv gives nothing to train on."""


@dataclass(frozen=True)
class Labeled:
    """Files and what each shows.

    Attributes:
        files: Paths.
        targets: Class number of each, into `labels`.
        labels: Names of the classes, sorted.
    """

    files: tuple[Path, ...]
    targets: tuple[int, ...]
    labels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.files)

    def part(self, chosen: Sequence[int]) -> "Labeled":
        """Those of the given numbers, in that order."""
        return Labeled(
            tuple(self.files[i] for i in chosen), tuple(self.targets[i] for i in chosen), self.labels
        )

    def fingerprint(self) -> str:
        """A hash of names, classes and sizes: another one means other data."""
        digest = hashlib.sha256("\n".join(self.labels).encode())
        for file, target in zip(self.files, self.targets, strict=True):
            size = file.stat().st_size if file.is_file() else -1
            digest.update(
                f"{file.parent.name}/{file.name}\0{target}\0{size}\n".encode(errors="surrogateescape")
            )
        return digest.hexdigest()


def read_parts(source: Path) -> tuple[Labeled, Labeled | None]:
    """Training images, and validation images where the user keeps these apart.

    `source` is a folder with `train` and `val` in it (each a folder for each class, or `train.csv` and `val.csv`),
    a folder for each class, a folder with `labels.csv`, or a csv.

    Raises:
        DataError: There is nothing to train on, or a validation class is unknown.
        LabelsError: A csv cannot be used.
    """
    for train, val in ((source / "train", source / "val"), (source / "train.csv", source / "val.csv")):
        if train.exists():
            found = read_labeled(train)
            if not val.exists():
                return found, None
            held = read_labeled(val)
            unknown = sorted(set(held.labels) - set(found.labels))
            if unknown:
                raise DataError(f"{val} has classes that {train} has not: {', '.join(unknown)}")
            return found, _renumbered(held, found.labels)
    return read_labeled(source), None


def read_labeled(source: Path) -> Labeled:
    """The images of one folder or csv, sorted by class and name; raises as `read_parts`."""
    if source.is_dir() and (source / "labels.csv").is_file():
        source = source / "labels.csv"
    if source.is_dir():
        pairs = [
            (file, folder.name)
            for folder in sorted(source.iterdir())
            if folder.is_dir() and not folder.name.startswith(".")
            for file in sorted(folder.rglob("*"))
            if file.suffix.lower() in IMAGE_SUFFIXES and not file.name.startswith(".")
        ]
    elif source.is_file():
        pairs = _read_csv(source)
    else:
        raise DataError(f"there is no folder or csv {source}")
    labels = tuple(sorted({label for _, label in pairs}))
    if len(labels) < 2:
        raise DataError(
            f"{source} has images of {len(labels)} classes, at least 2 are needed: give a folder for each class "
            "(cat/1.jpg, dog/2.jpg, ...), or a csv with the columns file and label"
        )
    numbers = {label: number for number, label in enumerate(labels)}
    return Labeled(tuple(file for file, _ in pairs), tuple(numbers[label] for _, label in pairs), labels)


def _read_csv(path: Path) -> list[tuple[Path, str]]:
    with path.open(newline="", encoding="utf-8-sig", errors="surrogateescape") as stream:
        rows = csv.DictReader(stream)
        if not {"file", "label"} <= set(rows.fieldnames or ()):
            raise LabelsError(f"{path}: the first line must name the columns file and label")
        pairs = []
        for row in rows:
            if not row["file"] or not row["label"]:
                raise LabelsError(f"{path}, line {rows.line_num}: file or label is missing")
            pairs.append((path.parent / row["file"], row["label"]))
    return pairs


def _renumbered(part: Labeled, labels: tuple[str, ...]) -> Labeled:
    numbers = {label: number for number, label in enumerate(labels)}
    return Labeled(part.files, tuple(numbers[part.labels[target]] for target in part.targets), labels)


def split(data: Labeled, share: float, seed: int) -> tuple[Labeled, Labeled]:
    """Training and held-out part, with the same share of each class.

    Args:
        data: All images.
        share: Held out, 0 to 0.5; of each class at least one image stays on each side where it has two.
        seed: Start of the draw.
    """
    rng = np.random.default_rng([seed, 0x5E11])
    targets = np.array(data.targets)
    held: list[int] = []
    for number in range(len(data.labels)):
        own = rng.permutation(np.flatnonzero(targets == number))
        count = min(len(own) - 1, max(1, round(share * len(own)))) if share > 0 else 0
        held += own[:count].tolist()
    chosen = set(held)
    return data.part([i for i in range(len(data)) if i not in chosen]), data.part(sorted(held))


def load_all(
    data: Labeled,
    load: Callable[[Path], np.ndarray],
    on_damaged: Callable[[str], None],
    on_image: Callable[[int], None] | None = None,
    workers: int = 1,
) -> tuple[list[np.ndarray], Labeled]:
    """Read every image; those that cannot be read are named and left out.

    Args:
        data: What to read.
        load: Makes the pixels of a file.
        on_damaged: Gets a sentence with the file's name for each image that is missing or damaged.
        on_image: Gets the number of images read so far.
        workers: Threads that load; with more than one, `load` is called in any order.

    Returns:
        The pixels, and the images that they are of.

    Raises:
        DataError: More than `MOST_DAMAGED` of them cannot be read.
    """
    pixels: list[np.ndarray] = []
    good: list[int] = []
    bad = 0

    def attempt(file: Path) -> np.ndarray | SegmentError:
        try:
            return load(file)
        except SegmentError as error:
            return error

    with ThreadPoolExecutor(workers) as pool:
        found = map(attempt, data.files) if workers == 1 else pool.map(attempt, data.files)
        for number, (file, loaded) in enumerate(zip(data.files, found, strict=True)):
            if isinstance(loaded, SegmentError):
                bad += 1
                message = str(loaded)
                on_damaged(message if str(file) in message else f"{file}: {message}")
            else:
                pixels.append(loaded)
                good.append(number)
            if on_image is not None:
                on_image(number + 1)
    if not good or bad > MOST_DAMAGED * len(data):
        raise DataError(f"{bad} of {len(data)} images cannot be read: mend or remove them first")
    return pixels, data.part(good)
