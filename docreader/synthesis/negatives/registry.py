"""Kinds of pictures without a clean amount, by group, and the picture of a kind."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from docreader.synthesis.errors import UnknownKindError
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.negatives import (
    alterations,
    blanks,
    corrections,
    damage,
    faults,
    light,
    orientation,
    shapes,
    stamps,
    strikes,
)
from docreader.synthesis.negatives.canvas import Canvas, printed, written
from docreader.synthesis.negatives.dates import DATES
from docreader.synthesis.negatives.malformed import MALFORMED
from docreader.synthesis.negatives.numbers import NUMBERS, Text
from docreader.synthesis.negatives.references import REFERENCES
from docreader.synthesis.negatives.words import SCRIPTS, WORDS

Draw = Callable[[np.random.Generator, DigitBank], Canvas]
"""Draw a picture of a kind."""


@dataclass(frozen=True)
class RenderedNegative:
    """Picture without a clean amount.

    Attributes:
        image: (H, W) uint8, 0 black .. 255 white.
        kind: Name in KINDS.
        text: Line as drawn; parts that lie over one another are separated by ` / `.
        amount: Value of an amount that is valid in spite of its state; None where nothing may be accepted.
        symbol: Whether a currency symbol is printed before the line.
    """

    image: np.ndarray
    kind: str
    text: str
    amount: Decimal | None
    symbol: bool = False


def negative(rng: np.random.Generator, digits: DigitBank, kind: str | None = None) -> RenderedNegative:
    """Render a picture without a clean amount.

    Args:
        rng: Random generator; the same state gives the same image.
        digits: Handwritten digits.
        kind: Name in KINDS; random among those without an amount if None.

    Returns:
        Image with its ground truth.

    Raises:
        UnknownKindError: No such kind.
        DigitsError: A digit that is needed has no image with strokes.
    """
    if kind is None:
        kind = _SPOILED[int(rng.integers(len(_SPOILED)))]
    if kind not in KINDS:
        raise UnknownKindError(f"no kind {kind!r} of negatives; there are {', '.join(KINDS)}")
    canvas = KINDS[kind](rng, digits)
    return RenderedNegative(canvas.scan(), kind, canvas.text, canvas.amount, canvas.symbol)


def select_kinds(names: str) -> tuple[str, ...]:
    """Return the kinds of a comma-separated list of kinds and groups, `all` for all of them.

    Args:
        names: Names in KINDS and GROUPS.

    Returns:
        Names in KINDS, each once, in the order of KINDS.

    Raises:
        UnknownKindError: A name is neither a kind nor a group.
    """
    chosen: set[str] = set()
    for name in (part.strip() for part in names.split(",")):
        if name != "all" and name not in GROUPS and name not in KINDS:
            raise UnknownKindError(
                f"no kind or group {name!r} of negatives; groups are {', '.join(GROUPS)}, kinds are {', '.join(KINDS)}"
            )
        chosen.update(KINDS if name == "all" else GROUPS.get(name, (name,)))
    return tuple(kind for kind in KINDS if kind in chosen)


def _by_hand(text: Text) -> Draw:
    return lambda rng, bank: written(rng, bank, text(rng))


def _by_machine(text: Text) -> Draw:
    return lambda rng, bank: printed(rng, bank, text(rng))


def _texts(texts: dict[str, Text]) -> dict[str, Draw]:
    """Return two kinds for each text: written and printed."""
    made = {name: _by_hand(text) for name, text in texts.items()}
    return made | {f"printed_{name}": _by_machine(text) for name, text in texts.items()}


def _with(draw: Callable[[np.random.Generator, DigitBank, str], Canvas], option: str) -> Draw:
    return lambda rng, bank: draw(rng, bank, option)


_TABLE: dict[str, dict[str, Draw]] = {
    "dates": _texts(DATES),
    "numbers": _texts(NUMBERS),
    "references": _texts(REFERENCES),
    "words": _texts(WORDS),
    "scripts": {name: _by_hand(text) for name, text in SCRIPTS.items()},
    "malformed": _texts(MALFORMED),
    "several": {
        "two_stacked": strikes.two_stacked,
        "between_lines": damage.between_lines,
        "two_lines": corrections.two_lines,
        "date_above": corrections.date_above,
        "column": corrections.column,
        "table_cells": corrections.table_cells,
    },
    "struck": {
        **{f"struck_{name}": _with(strikes.struck, name) for name in strikes.MANNERS},
        **{f"struck_digit_{name}": _with(strikes.struck_digit, name) for name in strikes.MANNERS},
        "struck_digit_print": strikes.struck_digit_print,
        "struck_part": strikes.struck_part,
        "struck_print": strikes.struck_print,
        "struck_new_beside": strikes.struck_new_beside,
        "struck_new_above": strikes.struck_new_above,
        "struck_twice": corrections.struck_twice,
    },
    "corrected": {
        "digit_corrected": corrections.digit_corrected,
        "digit_inserted": corrections.digit_inserted,
        "digit_circled": corrections.digit_circled,
        "colon_merged": corrections.colon_merged,
        "point_raised": corrections.point_raised,
    },
    "altered": {
        "overwritten": alterations.overwritten,
        "overwritten_digit": alterations.overwritten_digit,
        "blot_digit": alterations.blot_digit,
        "blots": alterations.blots,
        "blots_alone": alterations.blots_alone,
        "smeared": alterations.smeared,
        "erased": alterations.erased,
        "erased_part": alterations.erased_part,
        "fluid": alterations.fluid,
        "fluid_digit": alterations.fluid_digit,
        "fluid_rewritten": alterations.fluid_rewritten,
    },
    "cut": {
        "cut_left": _with(orientation.cut_side, "left"),
        "cut_right": _with(orientation.cut_side, "right"),
        "cut_top": _with(orientation.cut_level, "top"),
        "cut_bottom": _with(orientation.cut_level, "bottom"),
        "cut_askew": faults.cut_askew,
        "half_missing": faults.half_missing,
        "rows_lost": faults.rows_lost,
        "halves_shifted": faults.halves_shifted,
        "folded_away": faults.folded_away,
    },
    "turned": {
        "mirrored": orientation.mirrored,
        "flipped": orientation.flipped,
        "upside_down": orientation.upside_down,
        "quarter_turn_cw": _with(orientation.quarter_turn, "cw"),
        "quarter_turn_ccw": _with(orientation.quarter_turn, "ccw"),
        "tilted": orientation.tilted,
    },
    "light": {
        "shade_half": light.shade_half,
        "shade_black": light.shade_black,
        "light_falloff": light.light_falloff,
        "glare": light.glare,
        "dropout_level": light.dropout_level,
        "dropout_upright": light.dropout_upright,
        "streaks": light.streaks,
        "streaks_dense": light.streaks_dense,
        "show_through": light.show_through,
        "show_through_alone": light.show_through_alone,
    },
    "damage": {
        "redacted": damage.redacted,
        "hole": damage.hole,
        "torn": damage.torn,
        "defocused": damage.defocused,
        "mosaic": damage.mosaic,
        "digit_missing": damage.digit_missing,
        "pen_dry": faults.pen_dry,
        "washed": faults.washed,
        "covered": faults.covered,
        "pasted": faults.pasted,
        "laid_twice": faults.laid_twice,
    },
    "stamps": {
        **{f"stamp_{kind}": _with(stamps.stamped, kind) for kind in stamps.STAMPS},
        "stamp_alone": stamps.stamp_alone,
        "void_written": stamps.void_written,
    },
    "marks": {
        **{kind: _with(shapes.row_of_shapes, kind) for kind in shapes.SHAPES},
        "mixed_shapes": shapes.mixed_shapes,
        "signature": shapes.signature,
        "scribbled": shapes.scribbled,
    },
    "blank": {
        "paper": blanks.paper,
        "noisy_paper": blanks.noisy_paper,
        "specks": blanks.specks,
        "noise": blanks.noise,
        "ruled_lines": blanks.ruled_lines,
        "comb": blanks.comb,
        "security_print": blanks.security_print,
        "symbol_alone": blanks.symbol_alone,
        "barcode": blanks.barcode,
        "matrix_code": blanks.matrix_code,
        "photograph": blanks.photograph,
        "micr": blanks.micr,
        "field_struck": blanks.field_struck,
        "paragraph": blanks.paragraph,
        "chart": blanks.chart,
    },
}

KINDS: dict[str, Draw] = {kind: draw for group in _TABLE.values() for kind, draw in group.items()}
"""Drawing function of each kind."""

GROUPS: dict[str, tuple[str, ...]] = {name: tuple(group) for name, group in _TABLE.items()}
"""Kinds of each group."""

VALID = frozenset(
    {
        *("struck_new_beside", "struck_new_above", "fluid_rewritten"),
        *("shade_half", "light_falloff", "streaks", "show_through"),
    }
)
"""Kinds whose amount is valid: it is read right or refused."""

_SPOILED = tuple(kind for kind in KINDS if kind not in VALID)
