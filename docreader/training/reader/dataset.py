"""Labeled images of a training set, each checked and prepared for a method."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from docreader.decoding.alphabet import CHARACTERS
from docreader.errors import LabelsError
from docreader.io.ground_truth import (
    LabeledImage,
    TruthColumn,
    read_corrections,
    read_file_list,
    read_ground_truth,
)
from docreader.training.reader.transcription import SPOILED, UnreachableLabelError, encode
from segment.errors import SegmentError
from segment.io.pages import load_pages

OnItem = Callable[[int, int], None]
"""Callback with the number of finished strings and of all strings."""

MAX_NAMED = 10
"""Largest number of labels that a message names."""


class Example(Protocol):
    """Labeled image, prepared for a method."""

    @property
    def where(self) -> str:
        """File and line of the label, for messages."""

    @property
    def target(self) -> tuple[int, ...]:
        """Numbers of the characters in `alphabet.CHARACTERS`."""

    @property
    def digits_only(self) -> bool:
        """Whether separators and fillers are not transcribed."""

    @property
    def size(self) -> int:
        """Size by which the examples of a batch are chosen, to save padding."""

    def content(self) -> Iterator[bytes]:
        """Yield all data that training uses, for a fingerprint."""


ExampleT = TypeVar("ExampleT", bound=Example)

ExampleFactory = Callable[[NDArray[np.uint8], str, tuple[int, ...], bool], ExampleT | None]
"""Makes an example of an image, the location of its label, its target and `digits_only`; None for a blank image.

Raises UnreachableLabelError if no path accepts the label."""


def load_examples(
    path: Path,
    make: ExampleFactory[ExampleT],
    *,
    corrections: Path | None = None,
    characters: Sequence[str] = CHARACTERS,
    on_item: OnItem | None = None,
    skipped: list[str] | None = None,
) -> list[ExampleT]:
    """Load a labels.csv and make an example of each image.

    Args:
        path: File with columns `file` and `label`.
        make: Factory of a method's examples.
        corrections: File of corrected labels, see `docreader.io.ground_truth.read_corrections`.
        characters: Characters of the network.
        on_item: Callback of examples.
        skipped: List that gets a sentence for each unreachable label, which is skipped; None raises an error.

    Raises:
        LabelsError: The file, a label or an image is invalid; the message names the line.
        UnreachableLabelError: No path accepts some labels; the message counts them and names the lines.
    """
    found = read_ground_truth(path, TruthColumn.LABEL)
    corrected = read_corrections(corrections, TruthColumn.LABEL) if corrections else {}
    unknown = set(corrected) - {item.file for item in found.items}
    if corrections and unknown:
        first = min(unknown, key=lambda name: corrected[name].line)
        raise LabelsError(f"{corrections}, line {corrected[first].line}: '{first}' is not in {path}")
    examples: list[ExampleT] = []
    unreachable: list[str] = []
    for number, item in enumerate(found.items, start=1):
        truth = corrected[item.file].truth if item.file in corrected else item.truth
        where = f"{path}, line {item.line}"
        target, digits_only = encode(truth, where, characters)
        try:
            example = make(load_image(item, where), where, target, digits_only)
        except UnreachableLabelError as error:
            unreachable.append(str(error))
        else:
            if example is None:
                raise LabelsError(f"{where}: no ink was found in '{item.file}'; remove the row")
            examples.append(example)
        if on_item is not None:
            on_item(number, len(found.items))
    if skipped is not None:
        skipped += unreachable
    elif unreachable:
        more = f"; and {len(unreachable) - MAX_NAMED} more" if len(unreachable) > MAX_NAMED else ""
        raise UnreachableLabelError(
            "\n".join(unreachable[:MAX_NAMED])
            + f"{more}\n{len(unreachable)} of {len(found.items)} labels are unreachable: correct or remove them, or "
            "skip them with --skip-unreachable"
        )
    return examples


def load_negatives(
    path: Path, make: ExampleFactory[ExampleT], *, on_item: OnItem | None = None
) -> list[ExampleT]:
    """Load images without a clean amount; those without ink are skipped, as there is nothing to learn from.

    Args:
        path: File with a column `file`; its other columns are not read.
        make: Factory of a method's examples.
        on_item: Callback of examples.

    Raises:
        LabelsError: The file or an image is invalid; the message names the line.
    """
    items = read_file_list(path)
    examples = []
    for number, item in enumerate(items, start=1):
        where = f"{path}, line {item.line}"
        example = make(load_image(item, where), where, SPOILED, False)
        if example is not None:
            examples.append(example)
        if on_item is not None:
            on_item(number, len(items))
    return examples


def load_image(item: LabeledImage, where: str) -> NDArray[np.uint8]:
    """Load the page of a row of a labels.csv, (H, W) gray.

    Raises:
        LabelsError: The file is unreadable, or has no such page.
    """
    try:
        page = next((page for page in load_pages(item.path) if page.number == item.page), None)
    except SegmentError as error:
        raise LabelsError(f"{where}: '{item.file}' cannot be read: {error}") from error
    if page is None:
        raise LabelsError(f"{where}: '{item.file}' has no page {item.page}")
    return page.image


def split(
    examples: Sequence[ExampleT], val_fraction: float, seed: int
) -> tuple[list[ExampleT], list[ExampleT]]:
    """Split examples at random into a training and a validation set.

    Args:
        examples: All examples.
        val_fraction: Share of the validation set, which has at least one example unless it is 0.
        seed: Random seed.
    """
    total = len(examples)
    count = min(max(1, round(val_fraction * total)), total - 1) if val_fraction and total > 1 else 0
    order = np.random.default_rng([seed, 77]).permutation(total)
    chosen = set(order[:count].tolist())
    train = [example for number, example in enumerate(examples) if number not in chosen]
    return train, [examples[number] for number in sorted(chosen)]


def fingerprint(examples: Iterable[Example]) -> str:
    """Return the SHA-256 of images and labels, 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for example in examples:
        for part in example.content():
            digest.update(part)
    return digest.hexdigest()
