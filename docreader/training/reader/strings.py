"""The strings to train on: labels.csv and its images, each checked, as lines and labels."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docreader import labels
from docreader.errors import LabelsError
from docreader.evaluation.labels import Compare, Labelled, read_corrections, read_labels
from docreader.labels import WRITTEN
from docreader.sdnn import find_views, frames
from segment.errors import SegmentError
from segment.loading import Limits, load_pages

_SAME = str.maketrans(
    {",": labels.POINT, "=": labels.DASH, " ": None} | dict.fromkeys("₹£€", labels.CURRENCY)
)
"""A comma looks like a point and is read as one, and likewise with others; spaces are not read."""

_WORDS = {"Rs.": labels.CURRENCY, "Rs": labels.CURRENCY} | dict.fromkeys(
    ("XX", "no", "No", "NO"), 2 * labels.LETTER
)
"""What is read as other characters as a whole; a letter alone is a slip of the typist."""

OnItem = Callable[[int, int], None]
"""Called with the number of strings made ready and of all."""


class UnreachableLabelError(LabelsError):
    """A line is too short for its label: no path through its frames can say it."""


@dataclass(frozen=True, eq=False)
class LabelledLine:
    """A line and what it says.

    Attributes:
        where: file and line of the label, for messages.
        picture: (2, H, W) uint8.
        views: the line as the reader looks at it, `picture` first.
        target: numbers of the characters in `docreader.labels.WRITTEN`.
        latent: whether points and fillers are not transcribed: the label has digits alone, and whatever else stands
            between them is for the network to explain.
    """

    where: str
    picture: NDArray[np.uint8]
    target: tuple[int, ...]
    latent: bool
    views: tuple[NDArray[np.uint8], ...] = ()

    @property
    def text(self) -> str:
        """The label in the characters that are read."""
        return "".join(WRITTEN[number] for number in self.target)


def encode(text: str, where: str, characters: Sequence[str] = WRITTEN) -> tuple[tuple[int, ...], bool]:
    """The numbers of a label's characters, and whether separators are latent in it.

    Args:
        text: The label.
        where: Its file and line, for messages.
        characters: Those that are read.

    Raises:
        LabelsError: A character is not one that can be read.

    >>> encode("1.2", "labels.csv, line 2")
    ((1, 10, 2), False)
    """
    read = text
    for word, characters_read in _WORDS.items():
        read = read.replace(word, characters_read)
    read = read.translate(_SAME)
    for character in read:
        if character not in characters:
            raise LabelsError(
                f"{where}: '{text}' holds {character!r}, which is not read; write digits, and the separators "
                f"and fillers that are to be learned; this network reads {''.join(characters)}"
            )
    if not read:
        raise LabelsError(f"{where}: the label is empty; write what stands in the image or remove the row")
    return tuple(WRITTEN.index(character) for character in read), read.isdigit()


def spell(lines: Sequence[LabelledLine], characters: Sequence[str]) -> list[list[int]]:
    """The labels of strings as numbers of a network's own labels.

    Args:
        lines: Strings of those characters.
        characters: The network's labels.
    """
    number = {WRITTEN.index(character): own for own, character in enumerate(characters)}
    return [[number[value] for value in line.target] for line in lines]


def needed_frames(target: Sequence[int]) -> int:
    """Frames without which no path says a label: one for each character, and one between two that are equal.

    >>> needed_frames([1, 1, 2])
    4
    """
    return len(target) + sum(a == b for a, b in pairwise(target))


def check_reachable(target: Sequence[int], frames: int, where: str) -> None:
    """Make sure that some path says a label.

    Raises:
        UnreachableLabelError: The line has fewer frames than the label needs: one for each character, and one between
            two that are equal.
    """
    needed = needed_frames(target)
    if frames < needed:
        text = "".join(WRITTEN[number] for number in target)
        raise UnreachableLabelError(
            f"{where}: no path can say '{text}': the line has {frames} frames and the label needs {needed}; is it the "
            "right label of the right image?"
        )


def load_strings(
    path: Path,
    *,
    corrections: Path | None = None,
    characters: Sequence[str] = WRITTEN,
    limits: Limits | None = None,
    on_item: OnItem | None = None,
) -> list[LabelledLine]:
    """Read a labels.csv and make a line of each image.

    Args:
        path: With columns `file` and `label`.
        corrections: A file of corrected labels, see `docreader.evaluation.labels.read_corrections`.
        characters: The labels of the network that is to learn.
        limits: Of images.
        on_item: Told of each.

    Raises:
        LabelsError: The file, a label or an image cannot be used; the message names the line.
    """
    found = read_labels(path, Compare.LABEL)
    corrected = read_corrections(corrections, Compare.LABEL) if corrections else {}
    unknown = set(corrected) - {item.file for item in found.items}
    if corrections and unknown:
        first = min(unknown, key=lambda name: corrected[name].line)
        raise LabelsError(f"{corrections}, line {corrected[first].line}: '{first}' is not in {path}")
    lines = []
    for number, item in enumerate(found.items, start=1):
        truth = corrected[item.file].truth if item.file in corrected else item.truth
        lines.append(_line(path, item, truth, characters, limits or Limits()))
        if on_item is not None:
            on_item(number, len(found.items))
    return lines


def _line(path: Path, item: Labelled, truth: str, characters: Sequence[str], limits: Limits) -> LabelledLine:
    where = f"{path}, line {item.line}"
    target, latent = encode(truth, where, characters)
    try:
        page = next((page for page in load_pages(item.path, limits) if page.number == item.page), None)
    except SegmentError as error:
        raise LabelsError(f"{where}: '{item.file}' cannot be read: {error}") from error
    if page is None:
        raise LabelsError(f"{where}: '{item.file}' has no page {item.page}")
    found = find_views(page.image)
    line = found.lines[0]
    if found.empty:
        raise LabelsError(f"{where}: no ink was found in '{item.file}'; remove the row")
    check_reachable(target, frames(line.picture.shape[2]), where)
    return LabelledLine(where, line.picture, target, latent, tuple(view.picture for view in found.lines))


def split(
    lines: Sequence[LabelledLine], held_out: float, seed: int
) -> tuple[list[LabelledLine], list[LabelledLine]]:
    """Deal strings into those to learn from and those held out, by a seed.

    Args:
        lines: All.
        held_out: Share to hold out, at least one string unless it is 0.
        seed: Of the dealing.
    """
    count = min(max(1, round(held_out * len(lines))), len(lines) - 1) if held_out and len(lines) > 1 else 0
    order = np.random.default_rng([seed, 77]).permutation(len(lines))
    chosen = set(order[:count].tolist())
    learned = [line for number, line in enumerate(lines) if number not in chosen]
    return learned, [lines[number] for number in sorted(chosen)]


def fingerprint(lines: Iterable[LabelledLine]) -> str:
    """Hash of pictures and labels, 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for part in _bytes(lines):
        digest.update(part)
    return digest.hexdigest()


def _bytes(lines: Iterable[LabelledLine]) -> Iterator[bytes]:
    for line in lines:
        yield repr((line.picture.shape, line.target, line.latent)).encode()
        yield line.picture.tobytes()
