"""Amount fields of the world as a locator crops them: form box, label, amount and what stands around."""

from dataclasses import dataclass

import numpy as np

from docreader.decoding.currencies import CURRENCIES, Currency
from docreader.synthesis.fonts import FontBank, built_in
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.rendered import RenderedAmount
from docreader.synthesis.world_amounts import pick
from docreader.synthesis.world_capture import capture, sample_capture
from docreader.synthesis.world_form import (
    BORDERS,
    WORDS,
    FormBox,
    currency_label,
    draw_barcode,
    draw_border,
    draw_cells,
    draw_divider,
    lay_paper,
    print_label,
)
from docreader.synthesis.world_text import draw_amount, draw_words, sample_hand

COMBS = 0.08
"""Share of fields with a cell for each digit."""

OFTEN = {
    "INR": 12.0,
    "USD": 9.0,
    "PKR": 5.0,
    "CLP": 3.0,
    "BRL": 3.0,
    "GBP": 3.0,
    "EUR": 3.0,
    "TND": 2.0,
    "LKR": 2.0,
}
"""Weights of currencies; those of others are 1."""


@dataclass(frozen=True)
class Content:
    """Ink in a field.

    Attributes:
        ink: (h, w) float32 coverage 0..1; a column without ink for an empty field.
        height: Height of a digit, pixels.
        darkness: Share of the paper's light that it absorbs, 0..1.
        cells: Width of a cell of a comb, pixels; None without.
    """

    ink: np.ndarray
    height: float
    darkness: float
    cells: float | None = None


def render_world_field(
    rng: np.random.Generator, digits: DigitBank, fonts: FontBank | None = None
) -> RenderedAmount:
    """Render an amount field of any country.

    Args:
        rng: Random generator; the same state gives the same image.
        digits: Handwritten digits.
        fonts: Fonts; None for the built-in one.

    Returns:
        Image with its ground truth, without marks. The style is `world`.

    Raises:
        DigitsError: A digit that is needed has no image with strokes.
    """
    fonts = fonts or built_in()
    currency = sample_currency(rng)
    final = sample_height(rng)
    size = working_height(final)
    drawn = draw_amount(rng, digits, fonts, currency, size=size, comb=bool(rng.random() < COMBS))
    kind = sample_capture(rng)
    content = Content(drawn.ink, size, sample_darkness(rng, drawn.hand.darkness, kind), drawn.cells)
    sheet, label = compose_field(rng, digits, fonts, content, currency)
    image = capture(rng, sheet, final / size, kind)
    written = drawn.written
    return RenderedAmount(
        image=image,
        label=written.digits,
        text=written.text,
        transcript=("$" if label else "") + drawn.transcript,
        amount=written.amount,
        currency=written.currency,
        style="world",
        marks=(),
    )


def sample_currency(rng: np.random.Generator) -> Currency:
    """Draw a currency, those with many checks more often."""
    code = pick(rng, [(code, OFTEN.get(code, 0.5)) for code in CURRENCIES])
    return CURRENCIES[code]


def sample_height(rng: np.random.Generator) -> float:
    """Draw the height of a digit in the picture, pixels: from web pictures to large photographs."""
    return float(np.clip(np.exp(rng.normal(np.log(23.0), 0.48)), 9.0, 110.0))


def working_height(final: float) -> float:
    """Return the height of a digit at which a field is drawn, pixels: small ones are reduced as by a camera."""
    return float(np.clip(1.3 * final, 26.0, max(46.0, final)))


def sample_darkness(rng: np.random.Generator, usual: float, kind: str) -> float:
    """Draw the share of the light that ink absorbs, around its usual one, for a kind of capture."""
    if kind in ("bilevel", "copy"):  # faint ink would be lost
        return float(np.clip(usual + rng.normal(0.1, 0.1), 0.65, 0.97))
    if rng.random() < 0.1:  # pencil, worn ribbon
        return float(rng.uniform(0.3, 0.5))
    return float(np.clip(usual + rng.normal(0.03, 0.1), 0.45, 0.97))


def compose_field(
    rng: np.random.Generator, digits: DigitBank, fonts: FontBank, content: Content, currency: Currency
) -> tuple[np.ndarray, bool]:
    """Compose paper, form, label, ink and clutter.

    Args:
        rng: Random generator.
        digits: Handwritten digits, for writing around the field.
        fonts: Fonts of label and clutter.
        content: Ink in the field.
        currency: Currency of the label.

    Returns:
        (H, W) float32, 0..255, and whether a label of the currency is printed.
    """
    size, (tall, wide) = content.height, content.ink.shape
    high = size / float(rng.uniform(0.25, 0.85) if rng.random() < 0.6 else rng.uniform(0.4, 0.7))
    label = _label(rng, fonts, currency, size, high) if rng.random() < 0.72 else None
    inside = bool(rng.random() < 0.62)
    apart = float(rng.uniform(0.1, 0.7)) * size
    room = label.shape[1] + apart if label is not None else 0.0
    before = float(rng.gamma(1.5, 0.3)) * size
    free = float(rng.gamma(1.3, 0.6)) * size + (
        float(rng.uniform(0.2, 2.2)) * wide if rng.random() < 0.45 else 0.0
    )
    free = min(free, 9 * size)
    if rng.random() < 0.35:  # centered, or at the right
        share = 0.5 if rng.random() < 0.6 else float(rng.uniform(0.7, 1.0))
        before, free = before + share * free, (1 - share) * free + 0.1 * size
    above, below = (_margin(rng, high) for _ in range(2))
    outside = _margin(rng, high) + (float(rng.uniform(0.0, 2.0)) * size if rng.random() < 0.35 else 0.0)
    beyond = _margin(rng, high) + (float(rng.uniform(0.0, 2.5)) * size if rng.random() < 0.25 else 0.0)
    left = max(outside, 0.1 * size) + (0.0 if inside else room)
    start = left + (room if inside else 0.0) + before
    end = start + wide + free
    shape = max(12, round(high + above + below)), max(12, round(end + beyond))
    foot = 0.5 + float(np.clip(rng.normal(0.0, 0.12), -0.3, 0.35))
    y = round(above + (high - tall) * foot)
    y = int(np.clip(y, min(1, shape[0] - tall), max(1, shape[0] - tall - 1)))
    if tall > shape[0] - 2:
        shape, y = (tall + 2, shape[1]), 1
    box = FormBox(left, above, end, above + high)
    sheet = lay_paper(rng, fonts, shape, size)
    dark = _lay_panel(rng, sheet, box)
    light, pen = float(rng.uniform(0.15, 0.75)), float(rng.uniform(0.03, 0.09)) * size
    _draw_form(rng, sheet, box, content, start, light, pen)
    if label is not None:
        x = left + 0.4 * apart if inside else left - room + 0.2 * apart
        middle = above + high * float(rng.uniform(0.4, 0.6)) - label.shape[0] / 2
        paint(sheet, label, round(x), round(middle), float(rng.uniform(0.4, 0.95)), white=dark and inside)
        if inside and rng.random() < 0.35:
            draw_divider(sheet, box, left + room, light, pen)
    _surround(rng, digits, fonts, sheet, box, size)
    paint(sheet, content.ink, round(start), y, content.darkness, white=dark)
    return sheet, label is not None


def paint(sheet: np.ndarray, cover: np.ndarray, x: int, y: int, depth: float, *, white: bool = False) -> None:
    """Lay ink on a sheet, in place, cut off at its edges.

    Args:
        sheet: (H, W) float32, 0..255; changed.
        cover: (h, w) float32 coverage 0..1.
        x: Column of its left edge.
        y: Row of its upper edge.
        depth: Share of the light that it absorbs; with `white`, share of the way to white.
        white: Whether it is light on dark.
    """
    top, left = max(y, 0), max(x, 0)
    part = sheet[top : max(y + cover.shape[0], 0), left : max(x + cover.shape[1], 0)]
    if not part.size:
        return
    seen = depth * cover[top - y : top - y + part.shape[0], left - x : left - x + part.shape[1]]
    part += (245.0 - part) * seen if white else -part * seen


def _label(
    rng: np.random.Generator, fonts: FontBank, currency: Currency, size: float, high: float
) -> np.ndarray | None:
    tall = min(size * float(rng.uniform(0.4, 1.3)), 0.75 * high)
    return print_label(rng, fonts, currency_label(rng, currency), tall)


def _margin(rng: np.random.Generator, high: float) -> float:
    """Draw the margin of a located box, pixels; at times the crop cuts it."""
    return high * float(rng.uniform(-0.06, 0.0) if rng.random() < 0.12 else rng.uniform(0.0, 0.3))


def _lay_panel(rng: np.random.Generator, sheet: np.ndarray, box: FormBox) -> bool:
    """Print a white or a dark panel at times, in place; return whether it is dark."""
    lot = rng.random()
    if lot > 0.2:
        return False
    part = sheet[max(0, round(box.top)) : round(box.bottom), max(0, round(box.left)) : round(box.right)]
    if lot < 0.03:
        part[:] = 0.35 * part * float(rng.uniform(0.6, 1.2))
        return True
    part[:] = float(rng.uniform(0.0, 0.3)) * part + (1 - 0.15) * 250.0 * float(rng.uniform(0.8, 1.0))
    np.minimum(part, 255.0, out=part)
    return False


def _draw_form(
    rng: np.random.Generator,
    sheet: np.ndarray,
    box: FormBox,
    content: Content,
    start: float,
    light: float,
    pen: float,
) -> None:
    """Print the border, and the cells of a comb, whose unused ones stand to the left or right."""
    if content.cells is None:
        draw_border(rng, sheet, box, pick(rng, BORDERS), light, pen)
        return
    pitch, used = content.cells, round(content.ink.shape[1] / content.cells)
    before = min(int(rng.integers(0, 4)), max(0, int((start - box.left) // pitch)))
    after = min(int(rng.integers(0, 6)), max(0, int((box.right - start) // pitch - used)))
    first = start - before * pitch
    row = FormBox(first, box.top, first + (before + used + after) * pitch, box.bottom)
    light = max(light, 0.35)
    draw_border(rng, sheet, row, "full" if rng.random() < 0.8 else "underline", light, pen)
    tall = 1.0 if rng.random() < 0.75 else float(rng.uniform(0.2, 0.6))
    draw_cells(sheet, row, first, pitch, before + used + after, light, pen, tall)


def _surround(
    rng: np.random.Generator,
    digits: DigitBank,
    fonts: FontBank,
    sheet: np.ndarray,
    box: FormBox,
    size: float,
) -> None:
    """Print and write what stands around the box and reaches into the crop, in place."""
    rows, columns = sheet.shape

    def word(height: float) -> np.ndarray | None:
        return print_label(rng, fonts, WORDS[int(rng.integers(len(WORDS)))], height)

    if rng.random() < 0.3 and (text := word(size * float(rng.uniform(0.35, 0.9)))) is not None:
        y = round(box.top) - text.shape[0] - int(rng.integers(0, 4))  # above, cut by the crop
        paint(sheet, text, int(rng.uniform(-0.3, 0.8) * columns), min(y, 1), float(rng.uniform(0.4, 0.95)))
    if rng.random() < 0.15 and (text := word(size * float(rng.uniform(0.35, 0.9)))) is not None:
        y = max(round(box.bottom) + int(rng.integers(1, 5)), rows - int(0.8 * text.shape[0]))
        paint(sheet, text, int(rng.uniform(-0.3, 0.8) * columns), y, float(rng.uniform(0.4, 0.9)))
    if (
        rng.random() < 0.3
        and box.left > 0.4 * size
        and (text := word(size * float(rng.uniform(0.3, 1.0)))) is not None
    ):
        text = text[:, -max(1, int(min(box.left, 0.9 * size)) - 2) :]  # the end of a caption
        paint(sheet, text, 0, int(rng.uniform(0.0, 0.8) * rows), float(rng.uniform(0.4, 0.9)))
    if rng.random() < 0.16:  # the line above or the signature below, by hand
        hand = sample_hand(rng, digits, fonts)
        text, _ = draw_words(rng, digits, hand, _scrawl(rng), size * float(rng.uniform(0.7, 1.4)))
        above = rng.random() < 0.5
        y = round(box.top) - text.shape[0] + 2 if above else round(box.bottom) - 2
        paint(sheet, text, int(rng.uniform(-0.3, 0.7) * columns), y, float(rng.uniform(0.4, 0.9)))
    if rng.random() < 0.06 and columns - box.right > 0.5 * size:
        draw_barcode(rng, sheet, round(box.right + 0.2 * size), columns)
    if rng.random() < 0.08 and columns - box.right > 0.4 * size:
        draw_divider(sheet, FormBox(0, -5, columns, rows + 5), box.right + 0.3 * size, 0.4, 0.06 * size)


def _scrawl(rng: np.random.Generator) -> str:
    names = (
        "Mohammad",
        "Sanjay",
        "thousand",
        "hundred only",
        "Alvarez",
        "J Smith",
        "Lakh",
        "mil pesos",
        "Ahmed Khan",
    )
    return names[int(rng.integers(len(names)))]
