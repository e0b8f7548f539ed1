"""Text of the world's checks as ink: amounts and words, by hand or by machine."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from docreader.decoding.currencies import Currency
from docreader.synthesis.alphabet import LETTERS
from docreader.synthesis.amounts import WrittenAmount
from docreader.synthesis.fonts import FontBank, built_in
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.line import LineCharacter, draw_ink, write
from docreader.synthesis.negatives.glyphs import FORMS
from docreader.synthesis.world_amounts import pick, write_world_amount
from docreader.synthesis.world_print import MACHINES, Typesetting, set_line
from docreader.synthesis.writer import Writer

BY_MACHINE = 0.45
"""Share of printed amounts."""

HAND_FONTS = 0.35
"""Share of handwriting fonts in the written lines, where there are any."""

_MANNERS = (("laser", 0.52), ("typewriter", 0.17), ("dots", 0.19), ("strips", 0.08), ("hollow", 0.04))


@dataclass(frozen=True)
class Hand:
    """Instrument of a line: a writer with strokes, or a font.

    Attributes:
        writer: Writer; None for a font.
        setting: Font and setting; None for a writer.
    """

    writer: Writer | None
    setting: Typesetting | None

    @property
    def by_machine(self) -> bool:
        """Return whether the line is printed."""
        return self.setting is not None and self.setting.manner in MACHINES

    @property
    def manner(self) -> str:
        """Return `strokes`, `hand` or one of `world_print.MACHINES`."""
        return self.setting.manner if self.setting is not None else "strokes"

    def has(self, text: str) -> bool:
        """Return whether the instrument has all characters of a text, spaces aside."""
        if self.setting is not None:
            return self.setting.font.has(text)
        assert self.writer is not None
        return all(char in self.writer.forms or char in LETTERS for char in set(text) - {" "})

    @property
    def darkness(self) -> float:
        """Return the share of the paper's light that the ink absorbs, 0..1."""
        return self.writer.darkness if self.writer is not None else 0.85


@dataclass(frozen=True)
class DrawnText:
    """Line of an amount as ink.

    Attributes:
        ink: (h, w) float32 coverage 0..1, cropped to the ink.
        height: Height of a digit, pixels.
        baseline: Row of the baseline, pixels from the top.
        written: Amount.
        transcript: Target of a reader, currency and fillers included, see `world_amounts.WorldAmount`.
        symbol: Whether the line has a currency sign or word.
        hand: Instrument.
        cells: Width of a cell, pixels, where each character is in one; None otherwise.
    """

    ink: np.ndarray
    height: float
    baseline: int
    written: WrittenAmount
    transcript: str
    symbol: bool
    hand: Hand
    cells: float | None = None


def draw_amount(
    rng: np.random.Generator,
    digits: DigitBank,
    fonts: FontBank | None,
    currency: Currency,
    *,
    size: float = 40.0,
    comb: bool = False,
    hand: Hand | None = None,
) -> DrawnText:
    """Draw an amount in one of the forms of its currency.

    Args:
        rng: Random generator; the same state gives the same ink.
        digits: Handwritten digits.
        fonts: Fonts; None for the built-in one.
        currency: Currency and its forms.
        size: Height of a digit, pixels.
        comb: Whether whole units alone are written, one digit to a cell.
        hand: Instrument; random if None.

    Raises:
        DigitsError: A digit that is needed has no image with strokes.
    """
    hand = hand or sample_hand(rng, digits, fonts)
    amount = None
    while amount is None or not hand.has("".join(character.char for character in amount.line)):
        amount = write_world_amount(
            rng, currency, by_machine=hand.by_machine, drawable=_drawable(hand), digits_only=comb
        )
    pitch = size * float(rng.uniform(0.85, 1.6)) if comb else None
    ink, baseline = draw_line(rng, digits, hand, amount.line, size, pitch)
    return DrawnText(ink, size, baseline, amount.written, amount.transcript, amount.symbol, hand, pitch)


def sample_hand(rng: np.random.Generator, digits: DigitBank, fonts: FontBank | None) -> Hand:
    """Draw an instrument: a writer with strokes of the bank, a handwriting font, or a machine."""
    fonts = fonts or built_in()
    if rng.random() < BY_MACHINE:
        return Hand(None, Typesetting.sample(rng, fonts, pick(rng, _MANNERS)))
    if fonts.fonts.get("hand") and rng.random() < HAND_FONTS:
        return Hand(None, Typesetting.sample(rng, fonts, "hand"))
    writer = Writer.sample(rng, digits, continental=bool(rng.random() < 0.5))
    extra = {c: f if isinstance(f, str) else f[int(rng.integers(len(f)))] for c, f in FORMS.items()}
    return Hand(dataclasses.replace(writer, forms={**writer.forms, **extra}), None)


def draw_line(
    rng: np.random.Generator,
    digits: DigitBank,
    hand: Hand,
    characters: Sequence[LineCharacter],
    size: float,
    pitch: float | None = None,
) -> tuple[np.ndarray, int]:
    """Draw a line of characters; those that the instrument lacks are left out.

    Args:
        rng: Random generator.
        digits: Handwritten digits.
        hand: Instrument.
        characters: Characters of the line.
        size: Height of a digit, pixels.
        pitch: Width of a cell, pixels, for one character in each; None for a line.

    Returns:
        (h, w) float32 coverage 0..1, and the row of the baseline.
    """
    if hand.setting is not None:
        return set_line(rng, hand.setting, characters, size, pitch)
    assert hand.writer is not None
    known = [c for c in characters if hand.has(c.char)]
    marks = []
    if pitch is None:
        marks = write(rng, hand.writer, digits, known, size)
    else:
        for number, character in enumerate(known):
            for mark in write(rng, hand.writer, digits, [character], size):
                left, _, right, _ = mark.bounds
                center = (number + 0.5 + float(rng.normal(0.0, 0.07))) * pitch
                marks.append(mark.moved(center - (left + right) / 2, float(rng.normal(0.0, 0.05)) * size))
    if not marks:
        return np.zeros((max(1, round(size)), 1), np.float32), round(size)
    bounds = np.array([mark.bounds for mark in marks])
    left = np.floor(bounds[:, 0].min()) - 1 if pitch is None else 0.0
    top = np.floor(bounds[:, 1].min()) - 1
    shape = int(bounds[:, 3].max() - top) + 2, int(bounds[:, 2].max() - left) + 2
    return draw_ink([mark.moved(-float(left), -float(top)) for mark in marks], shape), int(-top)


def draw_words(
    rng: np.random.Generator, digits: DigitBank, hand: Hand, text: str, size: float
) -> tuple[np.ndarray, int]:
    """Draw a text of any kind, as `draw_line` does."""
    return draw_line(rng, digits, hand, [LineCharacter(c) for c in text], size)


def _drawable(hand: Hand) -> str:
    """Return the currency signs beyond ASCII that an instrument has."""
    signs = "₹€£₦₱৳¥₵₺₫฿"
    return "".join(c for c in signs if hand.has(c))
