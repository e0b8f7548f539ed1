"""Transcripts of pictures without an amount, where the text is what the picture shows."""

from docreader.decoding import alphabet
from docreader.synthesis.negatives.registry import GROUPS, RenderedNegative

_SHOWN = frozenset(
    kind for group in ("dates", "numbers", "references", "words", "malformed") for kind in GROUPS[group]
)
"""Kinds that are neither damaged nor struck, turned, shaded or stamped."""

_KEPT = {char: char for char in alphabet.CHARACTERS} | {",": alphabet.POINT, "=": alphabet.DASH}


def transcript(sample: RenderedNegative) -> str | None:
    """Return the line of a picture in characters of the alphabet.

    Args:
        sample: Picture without an amount.

    Returns:
        Characters of amounts, a comma as a point, an equals sign as a dash, `alphabet.OTHER` for every other
        character; a printed currency symbol first, no spaces. None where the picture does not show the text as written.
    """
    if sample.kind not in _SHOWN:
        return None
    line = "".join(_KEPT.get(char, alphabet.OTHER) for char in sample.text if char != " ")
    return (alphabet.CURRENCY if sample.symbol else "") + line
