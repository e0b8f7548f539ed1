"""Ground-truth transcriptions as numbers of the alphabet's characters."""

from collections.abc import Sequence
from itertools import pairwise

from docreader.decoding import alphabet
from docreader.decoding.alphabet import CHARACTERS
from docreader.errors import LabelsError

_EQUIVALENT = str.maketrans(
    {",": alphabet.POINT, "=": alphabet.DASH, " ": None} | dict.fromkeys("₹£€", alphabet.CURRENCY)
)
"""Characters that share a class, such as comma and point; spaces are not read."""

_WORDS = {"Rs.": alphabet.CURRENCY, "Rs": alphabet.CURRENCY} | dict.fromkeys(
    ("XX", "no", "No", "NO"), 2 * alphabet.LETTER
)
"""Words that are read as other characters; a single letter is a typing error."""


SPOILED = (CHARACTERS.index(alphabet.OTHER),)
"""Transcription of an image without a clean amount: some of its ink, wherever it is, is no character of an amount."""


class UnreachableLabelError(LabelsError):
    """No path through the graph of an image accepts its transcription."""


def encode(text: str, where: str, characters: Sequence[str] = CHARACTERS) -> tuple[tuple[int, ...], bool]:
    """Encode a transcription.

    Args:
        text: Transcription.
        where: File and line of the label, for messages.
        characters: Characters of the network.

    Returns:
        Numbers of the characters in `CHARACTERS`, and whether the transcription has digits alone.

    Raises:
        LabelsError: A character is not in `characters`.

    >>> encode("1.2", "labels.csv, line 2")
    ((1, 10, 2), False)
    """
    known = text
    for word, replacement in _WORDS.items():
        known = known.replace(word, replacement)
    known = known.translate(_EQUIVALENT)
    for character in known:
        if character not in characters:
            raise LabelsError(
                f"{where}: '{text}' holds {character!r}, which is not read; write digits, and the separators "
                f"and fillers that are to be learned; this network reads {''.join(characters)}"
            )
    if not known:
        raise LabelsError(f"{where}: the label is empty; write the characters in the image or remove the row")
    return tuple(CHARACTERS.index(character) for character in known), known.isdigit()


def to_text(target: Sequence[int]) -> str:
    """Return the characters of an encoded transcription."""
    return "".join(CHARACTERS[number] for number in target)


def to_classes(targets: Sequence[Sequence[int]], characters: Sequence[str]) -> list[list[int]]:
    """Map encoded transcriptions to the classes of a network.

    Args:
        targets: Numbers of characters in `CHARACTERS`.
        characters: Characters of the network's classes.
    """
    number = {CHARACTERS.index(character): own for own, character in enumerate(characters)}
    return [[number[value] for value in target] for target in targets]


def min_time_steps(target: Sequence[int]) -> int:
    """Return the fewest time steps of a transcription: one a character, and one between two equal ones.

    >>> min_time_steps([1, 1, 2])
    4
    """
    return len(target) + sum(a == b for a, b in pairwise(target))


def check_time_steps(target: Sequence[int], steps: int, where: str) -> None:
    """Check that some path through a score sequence accepts a transcription.

    Args:
        target: Numbers of the characters.
        steps: Time steps of the score sequence.
        where: File and line of the label, for messages.

    Raises:
        UnreachableLabelError: There are fewer time steps than `min_time_steps`.
    """
    needed = min_time_steps(target)
    if steps < needed:
        raise UnreachableLabelError(
            f"{where}: no path accepts '{to_text(target)}': the line has {steps} time steps and the label needs "
            f"{needed}; is it the right label of the right image?"
        )
