"""The strings to train on: labels.csv and its images, each checked, made ready for a method."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from docreader.decoding import alphabet
from docreader.decoding.alphabet import CHARACTERS
from docreader.errors import LabelsError
from docreader.io.ground_truth import LabeledImage, TruthColumn, read_corrections, read_ground_truth
from docreader.recognition.line_views import make_line_views
from docreader.recognition.sdnn import time_steps
from segment.errors import SegmentError
from segment.io.limits import Limits
from segment.io.pages import load_pages
from segment.line_image import LineConfig

_SAME = str.maketrans(
    {",": alphabet.POINT, "=": alphabet.DASH, " ": None} | dict.fromkeys("₹£€", alphabet.CURRENCY)
)
"""A comma looks like a point and is read as one, and likewise with others; spaces are not read."""

_WORDS = {"Rs.": alphabet.CURRENCY, "Rs": alphabet.CURRENCY} | dict.fromkeys(
    ("XX", "no", "No", "NO"), 2 * alphabet.LETTER
)
"""What is read as other characters as a whole; a letter alone is a slip of the typist."""

OnItem = Callable[[int, int], None]
"""Called with the number of strings made ready and of all."""


NAMED = 10
"""Labels that a message names at most; it counts them all."""


class UnreachableLabelError(LabelsError):
    """No path through the graph of a line or of a field can say its label."""


class Example(Protocol):
    """What training knows of a labeled image, whichever the method."""

    @property
    def where(self) -> str:
        """File and line of the label, for messages."""

    @property
    def target(self) -> tuple[int, ...]:
        """Numbers of the characters in `alphabet.CHARACTERS`."""

    @property
    def latent(self) -> bool:
        """Whether points and fillers are not transcribed."""

    @property
    def size(self) -> int:
        """Examples of about the same size are learned together."""

    def hashed(self) -> Iterator[bytes]:
        """All that is learned from it, for a fingerprint."""


E = TypeVar("E", bound=Example)

Make = Callable[[NDArray[np.uint8], str, tuple[int, ...], bool], E | None]
"""Makes an example of an image, where its label stands, target and latent; None where the image is blank.

Raises UnreachableLabelError where no path says the label."""


def spelled(target: Sequence[int]) -> str:
    """The characters of a label's numbers."""
    return "".join(CHARACTERS[number] for number in target)


@dataclass(frozen=True, eq=False)
class LabeledLine:
    """A line and what it says.

    Attributes:
        where: file and line of the label, for messages.
        picture: (2, H, W) uint8.
        views: the line as the reader looks at it, `picture` first.
        target: numbers of the characters in `alphabet.CHARACTERS`.
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
        return spelled(self.target)

    @property
    def size(self) -> int:
        """Its width, pixels."""
        return int(self.picture.shape[2])

    def hashed(self) -> Iterator[bytes]:
        """Picture and label."""
        yield repr((self.picture.shape, self.target, self.latent)).encode()
        yield self.picture.tobytes()


def encode(text: str, where: str, characters: Sequence[str] = CHARACTERS) -> tuple[tuple[int, ...], bool]:
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
    return tuple(CHARACTERS.index(character) for character in read), read.isdigit()


def spell(lines: Sequence[Example], characters: Sequence[str]) -> list[list[int]]:
    """The labels of strings as numbers of a network's own labels.

    Args:
        lines: Strings of those characters.
        characters: The network's labels.
    """
    number = {CHARACTERS.index(character): own for own, character in enumerate(characters)}
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
        raise UnreachableLabelError(
            f"{where}: no path can say '{spelled(target)}': the line has {frames} frames and the label needs {needed}; "
            "is it the right label of the right image?"
        )


def load_strings(
    path: Path,
    make: Make[E],
    *,
    corrections: Path | None = None,
    characters: Sequence[str] = CHARACTERS,
    limits: Limits | None = None,
    on_item: OnItem | None = None,
    left_out: list[str] | None = None,
) -> list[E]:
    """Read a labels.csv and make an example of each image.

    Args:
        path: With columns `file` and `label`.
        make: Makes the examples of a method.
        corrections: A file of corrected labels, see `docreader.io.ground_truth.read_corrections`.
        characters: The labels of the network that is to learn.
        limits: Of images.
        on_item: Told of each.
        left_out: Gets a sentence for each label that no path can say, and they are left out; None is an error.

    Raises:
        LabelsError: The file, a label or an image cannot be used; the message names the line.
        UnreachableLabelError: No path can say some labels; the message counts them and names the lines.
    """
    found = read_ground_truth(path, TruthColumn.LABEL)
    corrected = read_corrections(corrections, TruthColumn.LABEL) if corrections else {}
    unknown = set(corrected) - {item.file for item in found.items}
    if corrections and unknown:
        first = min(unknown, key=lambda name: corrected[name].line)
        raise LabelsError(f"{corrections}, line {corrected[first].line}: '{first}' is not in {path}")
    examples: list[E] = []
    unreachable: list[str] = []
    for number, item in enumerate(found.items, start=1):
        truth = corrected[item.file].truth if item.file in corrected else item.truth
        where = f"{path}, line {item.line}"
        target, latent = encode(truth, where, characters)
        try:
            example = make(load_image(item, where, limits), where, target, latent)
        except UnreachableLabelError as error:
            unreachable.append(str(error))
        else:
            if example is None:
                raise LabelsError(f"{where}: no ink was found in '{item.file}'; remove the row")
            examples.append(example)
        if on_item is not None:
            on_item(number, len(found.items))
    if left_out is not None:
        left_out += unreachable
    elif unreachable:
        more = f"; and {len(unreachable) - NAMED} more" if len(unreachable) > NAMED else ""
        raise UnreachableLabelError(
            "\n".join(unreachable[:NAMED])
            + f"{more}\n{len(unreachable)} of {len(found.items)} labels cannot be said: correct or remove them, or "
            "leave them out with --leave-out-unreachable"
        )
    return examples


def make_line(
    image: NDArray[np.uint8],
    where: str,
    target: tuple[int, ...],
    latent: bool,
    views: Sequence[LineConfig],
) -> LabeledLine | None:
    """The example of an image for a network that sweeps over lines; None where the image is blank.

    Args:
        image: (H, W) gray.
        where: File and line of the label, for messages.
        target: Numbers of its characters.
        latent: Whether separators are latent.
        views: How lines are made of it; the first is learned.

    Raises:
        UnreachableLabelError: The line is too short for its label.
    """
    found = make_line_views(image, views)
    if found.empty:
        return None
    line = found.line
    check_reachable(target, time_steps(line.pixels.shape[2]), where)
    return LabeledLine(where, line.pixels, target, latent, tuple(view.pixels for view in found.lines))


def load_image(item: LabeledImage, where: str, limits: Limits | None = None) -> NDArray[np.uint8]:
    """The page that a row of a labels.csv means, (H, W) gray.

    Raises:
        LabelsError: It cannot be read, or there is no such page.
    """
    try:
        page = next(
            (page for page in load_pages(item.path, limits or Limits()) if page.number == item.page), None
        )
    except SegmentError as error:
        raise LabelsError(f"{where}: '{item.file}' cannot be read: {error}") from error
    if page is None:
        raise LabelsError(f"{where}: '{item.file}' has no page {item.page}")
    return page.image


def split(lines: Sequence[E], held_out: float, seed: int) -> tuple[list[E], list[E]]:
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


def fingerprint(examples: Iterable[Example]) -> str:
    """Hash of pictures and labels, 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for example in examples:
        for part in example.hashed():
            digest.update(part)
    return digest.hexdigest()
