"""Alphabet of lattices and texts, and the labels of its characters on arcs."""

from collections.abc import Iterable

DIGITS = "0123456789"
POINT = "."
"""In a lattice: a point or a comma, which are alike on paper. In a text: the decimal point."""
DASH = "-"
"""A dash, an equals sign or a line that fills the rest of the field."""
SLASH = "/"
"""A slash, or the stroke of a fraction."""
CURRENCY = "$"
"""A currency sign, printed or written: $, ₹, Rs, £, €."""
STAR = "*"
"""A star, or another sign that fills the field."""
LETTER = "x"
"""A letter in place of cents: each of those of xx and of no."""
OTHER = "?"
"""Ink that is no character of an amount: a letter, a bracket, a sign, or a character that is cut, struck or altered.
No built-in grammar reads it."""
NON_CHARACTER = "#"
"""Ink that is no character. It occurs in paths but never in a text."""
GROUP = ","
"""Separator of thousands (or lakhs) in a text; never in a lattice."""

FILLERS = DASH + SLASH + CURRENCY + STAR + LETTER
"""Characters beside the digits and points of an amount."""

CHARACTERS = DIGITS + POINT + FILLERS + OTHER
"""Characters that ink can show."""

INPUT_SYMBOLS = CHARACTERS + NON_CHARACTER
"""Input symbols of interpretation graphs. A model has some of them as classes, in this order, digits first."""

ALPHABET = INPUT_SYMBOLS + GROUP
"""Every character; its index is its label on an arc."""

INDEX = {character: index for index, character in enumerate(ALPHABET)}


def is_alphabet(classes: Iterable[str]) -> bool:
    """Return whether classes are a usable alphabet: the digits, then any of the other characters, in their order.

    >>> is_alphabet("0123456789.-"), is_alphabet("0123456789-."), is_alphabet("01.")
    (True, False, False)
    """
    given = list(classes)
    return given == [character for character in CHARACTERS if character in DIGITS or character in given]


def digits_of(text: str) -> str:
    """Return the digits of a text.

    >>> digits_of("1,234.50")
    '123450'
    """
    return "".join(character for character in text if character in DIGITS)


def encode(text: str) -> list[int]:
    """Encode a string of the alphabet as labels.

    Raises:
        KeyError: A character is outside the alphabet.

    >>> encode("60.-")
    [6, 0, 10, 11]
    """
    return [INDEX[character] for character in text]


def decode(labels: Iterable[int]) -> str:
    """Decode labels to a string; epsilons (negative labels) are skipped.

    >>> decode([6, -1, 0])
    '60'
    """
    return "".join(ALPHABET[label] for label in labels if label >= 0)
