"""Labeled images of a classifier: a folder for each class, or a CSV file with the columns file and label."""

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

MAX_DAMAGED = 0.1
"""Greatest fraction of unreadable images; more is no accident."""


class DataError(TrainingError):
    """The folder or CSV file has no usable training images."""


@dataclass(frozen=True)
class LabeledFiles:
    """Image files with their classes.

    Attributes:
        files: Paths.
        targets: Class number of each file, an index into `labels`.
        labels: Class names, sorted.
    """

    files: tuple[Path, ...]
    targets: tuple[int, ...]
    labels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.files)

    def part(self, chosen: Sequence[int]) -> "LabeledFiles":
        """Return the files with the given indices, in that order."""
        return LabeledFiles(
            tuple(self.files[i] for i in chosen), tuple(self.targets[i] for i in chosen), self.labels
        )

    def fingerprint(self) -> str:
        """Compute a hash of names, classes and sizes."""
        digest = hashlib.sha256("\n".join(self.labels).encode())
        for file, target in zip(self.files, self.targets, strict=True):
            size = file.stat().st_size if file.is_file() else -1
            digest.update(
                f"{file.parent.name}/{file.name}\0{target}\0{size}\n".encode(errors="surrogateescape")
            )
        return digest.hexdigest()


def read_parts(source: Path) -> tuple[LabeledFiles, LabeledFiles | None]:
    """List the training images and, if they are separate, the validation images.

    Args:
        source: A folder with `train` and `val` (folders, or `train.csv` and `val.csv`), a folder with a folder for each
            class, a folder with `labels.csv`, or a CSV file.

    Raises:
        DataError: There are no training images, or a validation class is unknown.
        LabelsError: A CSV file is invalid.
    """
    for train, val in ((source / "train", source / "val"), (source / "train.csv", source / "val.csv")):
        if train.exists():
            training = read_labeled(train)
            if not val.exists():
                return training, None
            validation = read_labeled(val)
            unknown = sorted(set(validation.labels) - set(training.labels))
            if unknown:
                raise DataError(f"{val} has classes that {train} has not: {', '.join(unknown)}")
            return training, _renumbered(validation, training.labels)
    return read_labeled(source), None


def read_labeled(source: Path) -> LabeledFiles:
    """List the images of one folder or CSV file, sorted by class and name; raises like `read_parts`."""
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
        raise DataError(f"there is no folder or CSV file {source}")
    labels = tuple(sorted({label for _, label in pairs}))
    if len(labels) < 2:
        raise DataError(
            f"{source} has images of {len(labels)} classes, at least 2 are needed: give a folder for each class "
            "(cat/1.jpg, dog/2.jpg, ...), or a CSV file with the columns file and label"
        )
    numbers = {label: number for number, label in enumerate(labels)}
    return LabeledFiles(tuple(file for file, _ in pairs), tuple(numbers[label] for _, label in pairs), labels)


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


def _renumbered(part: LabeledFiles, labels: tuple[str, ...]) -> LabeledFiles:
    numbers = {label: number for number, label in enumerate(labels)}
    return LabeledFiles(part.files, tuple(numbers[part.labels[target]] for target in part.targets), labels)


def split(data: LabeledFiles, fraction: float, seed: int) -> tuple[LabeledFiles, LabeledFiles]:
    """Split images into a training set and a validation set, stratified by class.

    Args:
        data: All images.
        fraction: Fraction of the validation set, 0 to 0.5; classes of two or more images have one in each set.
        seed: Random seed.
    """
    rng = np.random.default_rng([seed, 0x5E11])
    targets = np.array(data.targets)
    held: list[int] = []
    for number in range(len(data.labels)):
        own = rng.permutation(np.flatnonzero(targets == number))
        count = min(len(own) - 1, max(1, round(fraction * len(own)))) if fraction > 0 else 0
        held += own[:count].tolist()
    chosen = set(held)
    return data.part([i for i in range(len(data)) if i not in chosen]), data.part(sorted(held))


def load_all(
    data: LabeledFiles,
    load: Callable[[Path], np.ndarray],
    on_damaged: Callable[[str], None],
    on_image: Callable[[int], None] | None = None,
    workers: int = 1,
) -> tuple[list[np.ndarray], LabeledFiles]:
    """Load all images; report and skip those that cannot be read.

    Args:
        data: Image files.
        load: Function that loads the pixels of a file.
        on_damaged: Callback with a message for each missing or damaged image.
        on_image: Callback with the number of images read.
        workers: Number of threads; with more than one, `load` is called in any order.

    Returns:
        Pixels, and the files that they belong to.

    Raises:
        DataError: More than `MAX_DAMAGED` of the images cannot be read.
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
    if not good or bad > MAX_DAMAGED * len(data):
        raise DataError(f"{bad} of {len(data)} images cannot be read: repair or remove them first")
    return pixels, data.part(good)
