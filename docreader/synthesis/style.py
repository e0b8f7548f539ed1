"""The looks of amount fields: what is printed, how light the paper is, how tall the field."""

from dataclasses import dataclass

import numpy as np

from docreader.synthesis.errors import UnknownStyleError


@dataclass(frozen=True)
class Paper:
    """One kind of check paper.

    Attributes:
        weight: How often it is met.
        light: Mean and deviation of the paper's gray level, 0..255.
        patterns: What may be printed on it, one to `layers` of them.
        layers: How many patterns may lie on one another.
        contrast: Range of the print's depth, gray levels.
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
    """The look of a country's amount fields.

    Attributes:
        name: `chile`, `usd`, `inr` or `eur`.
        papers: The kinds of paper.
        height: Range of the image's height, pixels; most lie in its lower half.
        fill: Mean and deviation of the digits' height over the image's.
        signs: What may be printed before the amount, if anything.
        sign_rate: How often the printed sign is inside the crop.
        rules: How often a printed line is seen at the (top, bottom, left, right).
        continental: Whether 1 and 7 are written in the continental way.
        by_hand: Currency signs that are written, now and then, where none is printed.
        crowded: How often the crop shows a corner or a caption beside the field.
    """

    name: str
    papers: tuple[Paper, ...]
    height: tuple[int, int]
    fill: tuple[float, float]
    signs: tuple[str, ...]
    sign_rate: float
    rules: tuple[float, float, float, float]
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
    """Look a style up; `mixed` draws one of them by chance.

    Args:
        rng: The source of chance for `mixed`.
        name: A style's name, or the style itself.

    Returns:
        The style.

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
