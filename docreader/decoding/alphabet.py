"""The characters of graphs and answers, and the numbers that stand for them on arcs."""

from collections.abc import Iterable

DIGITS = "0123456789"
POINT = "."
"""As read: a point or a comma, which look alike on paper and mean what their place says.
In an answer: the decimal point."""
DASH = "-"
"""A dash, an equals sign or a line that fills the rest of the field."""
SLASH = "/"
"""A slash, or the stroke of a fraction."""
CURRENCY = "$"
"""A currency sign, printed or written: $, ₹, Rs, £, €."""
STAR = "*"
"""A star, or another sign that fills the field."""
LETTER = "x"
"""A letter that stands for no cents: each of those of xx and of no."""
NON_CHARACTER = "#"
"""Ink that is no character. It stands in paths but never in an answer."""
GROUP = ","
"""The separator of thousands (or lakhs) in an answer; never read as such."""

FILLERS = DASH + SLASH + CURRENCY + STAR + LETTER
"""What stands beside the digits and points of an amount."""

CHARACTERS = DIGITS + POINT + FILLERS
"""The characters that ink can be."""

INPUT_SYMBOLS = CHARACTERS + NON_CHARACTER
"""What the arcs of an interpretation graph may say. A model says some of these, in this order, digits first: what it
cannot say has no arc."""

ALPHABET = INPUT_SYMBOLS + GROUP
"""Every character; its position is its label on an arc."""

INDEX = {character: index for index, character in enumerate(ALPHABET)}


def encode(text: str) -> list[int]:
    """The labels of a string of the alphabet's characters.

    Raises:
        KeyError: for a character outside the alphabet.

    >>> encode("60.-")
    [6, 0, 10, 11]
    """
    return [INDEX[character] for character in text]


def decode(labels: Iterable[int]) -> str:
    """The string that labels stand for; epsilons (negative labels) are passed over.

    >>> decode([6, -1, 0])
    '60'
    """
    return "".join(ALPHABET[label] for label in labels if label >= 0)
