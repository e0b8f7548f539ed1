"""Styles of amount fields: print, paper and height, by country."""

from dataclasses import dataclass

import numpy as np

from docreader.synthesis.errors import UnknownStyleError


@dataclass(frozen=True)
class Paper:
    """Check paper.

    Attributes:
        weight: Relative frequency.
        light: Mean and deviation of the paper's gray level, 0..255.
        patterns: Names of the printed patterns, of which one to `layers` are drawn.
        layers: Maximum number of overlaid patterns.
        contrast: Range of the print's contrast, gray levels.
        pitch: Range of the distance between lines, pixels.
    """

    weight: float
    light: tuple[float, float]
    patterns: tuple[str, ...]
    layers: int
    contrast: tuple[float, float]
    pitch: tuple[float, float]


@dataclass(frozen=True)
class Style:
    """Style of a country's amount fields.

    Attributes:
        name: `chile`, `usd`, `inr` or `eur`.
        papers: Papers with their frequencies.
        height: Range of the image's height, pixels; most lie in its lower half.
        fill: Mean and deviation of the digits' height over the image's.
        symbols: Currency symbols printed before the amount; may be empty.
        symbol_rate: Probability of a printed symbol inside the crop.
        ruled_lines: Probability of a printed line at the (top, bottom, left, right).
        continental: Continental forms of 1 and 7.
        by_hand: Currency symbols written by hand, at times, where none is printed.
        crowded: Probability of a corner or a caption of the form beside the field.
    """

    name: str
    papers: tuple[Paper, ...]
    height: tuple[int, int]
    fill: tuple[float, float]
    symbols: tuple[str, ...]
    symbol_rate: float
    ruled_lines: tuple[float, float, float, float]
    continental: bool
    by_hand: tuple[str, ...]
    crowded: float


_DARK = Paper(0.4, (166, 5), ("waves", "waves", "waves", "hatch"), 1, (18, 36), (3.4, 6.0))
_CLOTH = Paper(0.08, (170, 5), ("weave",), 1, (26, 42), (2.6, 4.5))
_ENGRAVED = Paper(0.52, (212, 5), ("hatch", "arcs", "fan", "braid", "waves"), 3, (28, 56), (3.5, 9.0))
_PLAIN = Paper(0.3, (232, 12), ("plain",), 1, (0, 0), (4, 8))
_DOTTED = Paper(0.5, (215, 16), ("halftone", "weave", "hatch"), 1, (20, 70), (3.0, 6.0))
_TINTED = Paper(0.5, (222, 12), ("waves", "arcs", "braid", "hatch"), 2, (6, 25), (4.0, 9.0))

STYLES: dict[str, Style] = {
    "chile": Style(
        "chile",
        (_DARK, _CLOTH, _ENGRAVED),
        (36, 86),
        (0.64, 0.11),
        (),
        0.0,
        (0.2, 0.42, 0.06, 0.02),
        True,
        ("$",),
        0.04,
    ),
    "usd": Style(
        "usd",
        (_PLAIN, _DOTTED, _TINTED),
        (44, 110),
        (0.5, 0.09),
        ("$",),
        0.75,
        (0.35, 0.4, 0.35, 0.3),
        False,
        ("$",),
        0.35,
    ),
    "inr": Style(
        "inr",
        (_PLAIN, _TINTED),
        (50, 120),
        (0.48, 0.09),
        ("₹", "₹", "₹", "₹", "Rs", "Rs."),
        0.8,
        (0.75, 0.75, 0.6, 0.45),
        False,
        ("₹", "Rs", "Rs."),
        0.3,
    ),
    "eur": Style(
        "eur",
        (_PLAIN, _TINTED, _ENGRAVED),
        (44, 100),
        (0.52, 0.1),
        ("€", "€", "€", "£"),
        0.6,
        (0.5, 0.5, 0.4, 0.3),
        True,
        ("€", "£"),
        0.2,
    ),
}


def get_style(rng: np.random.Generator, name: str | Style) -> Style:
    """Return a style by name; `mixed` is a random one.

    Args:
        rng: Random generator for `mixed`.
        name: Name of a style, or the style itself.

    Returns:
        Style.

    Raises:
        UnknownStyleError: No such style.
    """
    if isinstance(name, Style):
        return name
    if name == "mixed":
        return STYLES[list(STYLES)[int(rng.integers(len(STYLES)))]]
    if name not in STYLES:
        raise UnknownStyleError(f"no style {name!r}; there are {', '.join(STYLES)} and mixed")
    return STYLES[name]
