"""An amount field: a handwritten amount on check paper, with all that is known about it."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from docreader.synthesis.amounts import WrittenAmount, write_amount
from docreader.synthesis.clutter import bars, beside, flourish, words_above
from docreader.synthesis.form import rules, with_sign
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.line import Mark, Sign, ink, write
from docreader.synthesis.paper import grid, mottle, pattern
from docreader.synthesis.scan import sample_camera, sample_scan, take
from docreader.synthesis.style import Paper, Style, get_style
from docreader.synthesis.writer import Writer

Box = tuple[str, float, float, float, float]


@dataclass(frozen=True)
class Rendered:
    """A made image and its truth.

    Attributes:
        image: (H, W) uint8, 0 black .. 255 white.
        label: The digits alone, from left to right.
        text: What is written, in canonical characters.
        read: What a reader shall say, in the characters of `alphabet.INPUT_SYMBOLS` and those that look alike: the text
            and, where the crop shows one, the currency sign as `$`.
        amount: Its value.
        currency: ISO 4217 code.
        style: Name of the look.
        marks: Character, x, y, w, h in pixels of every handwritten mark, in the order of the text.
    """

    image: np.ndarray
    label: str
    text: str
    read: str
    amount: Decimal
    currency: str
    style: str
    marks: tuple[Box, ...]

    @property
    def boxes(self) -> list[list[int]]:
        """[class, x, y, w, h] of every digit, whole pixels, from left to right: the form of boxes.json."""
        return [[int(c), *(round(v) for v in box)] for c, *box in self.marks if c.isdigit()]


def render_amount(
    rng: np.random.Generator,
    digits: DigitBank,
    style: str | Style = "chile",
    *,
    amount: Decimal | None = None,
    height: tuple[int, int] | None = None,
    writer: Writer | None = None,
) -> Rendered:
    """Make an image of an amount field.

    Args:
        rng: The source of all chance: the same state gives the same image.
        digits: The handwritten digits to use.
        style: A look, or `mixed`.
        amount: The value to write; drawn by chance when None.
        height: Range of the image's height in pixels; the style's when None.
        writer: Who writes; drawn by chance when None.

    Returns:
        The image and its truth.

    Raises:
        UnknownStyleError: No such style.
        DigitsError: A digit that is needed has no image with strokes.
    """
    look = get_style(rng, style)
    written = write_amount(rng, look.name, amount)
    writer = writer or Writer.sample(rng, digits, look.continental)
    low, high = height or look.height
    rows = round(low + (high - low) * float(rng.beta(2.0, 3.6)))
    size = rows * float(np.clip(rng.normal(*look.fill), 0.34, 0.86))
    printed = bool(rng.random() < look.sign_rate)
    often = 0.2 if look.signs else 0.05
    by_hand = "" if printed or rng.random() >= often else look.by_hand[int(rng.integers(len(look.by_hand)))]
    signs = (*(Sign(c) for c in by_hand), *written.signs)
    marks = write(rng, writer, digits, signs, size)
    marks, shape = _arrange(rng, marks, rows)
    sheet = field_paper(rng, look, shape)
    paper, margin = sheet.copy(), (2.0, 0.0, 0.0)
    if printed:
        sheet, margin = with_sign(rng, sheet, look, size)
        marks = [m.moved(margin[2], 0.0) for m in marks]
    rules(rng, sheet, look, margin)
    if rng.random() < look.crowded:
        sheet, room = beside(rng, sheet, paper, size)
        marks = [m.moved(room, 0.0) for m in marks]
    if rng.random() < 0.3 * look.crowded:
        sheet = bars(rng, sheet, size)
    others = words_above(rng, writer, digits, shape, size) if rng.random() < 0.6 * look.crowded else []
    if rng.random() < 0.06:
        others.append(flourish(rng, writer, marks, size))
    image = take_field(rng, sheet, [*marks, *others], writer)
    return _rendered(image, written, look, marks[len(by_hand) :], signed=printed or bool(by_hand))


def field_paper(rng: np.random.Generator, style: Style, shape: tuple[int, int]) -> np.ndarray:
    """Print the paper of a field.

    Args:
        rng: The source of chance.
        style: The look.
        shape: (H, W) pixels.

    Returns:
        (H, W) float32, 0..255.
    """
    weights = np.array([p.weight for p in style.papers])
    paper = style.papers[int(rng.choice(len(weights), p=weights / weights.sum()))]
    sheet: np.ndarray = np.full(shape, rng.normal(*paper.light), np.float32)
    sheet += 1.5 * mottle(rng, shape, 3.0) + 2.0 * mottle(rng, shape, 40.0)
    depth = _print(rng, paper, shape)
    if rng.random() < 0.18:  # another pattern begins above a slanted edge
        x, y = grid(shape)
        edge = rng.uniform(0.05, 0.5) * shape[0] + x * rng.normal(0, 0.05)
        depth = np.where(y < edge, _print(rng, paper, shape), depth)
    sheet -= depth
    return sheet


def _print(rng: np.random.Generator, paper: Paper, shape: tuple[int, int]) -> np.ndarray:
    depth = np.zeros(shape, np.float32)
    for _ in range(int(rng.integers(1, paper.layers + 1))):
        kind = paper.patterns[int(rng.integers(len(paper.patterns)))]
        strength = rng.uniform(*paper.contrast)
        depth = np.maximum(depth, strength * pattern(rng, kind, shape, rng.uniform(*paper.pitch)))
    return depth


def _arrange(rng: np.random.Generator, marks: list[Mark], rows: int) -> tuple[list[Mark], tuple[int, int]]:
    """Choose the crop around the writing; now and then it shaves a tall character."""
    bounds = np.array([m.bounds for m in marks])
    left, top = bounds[:, 0].min(), bounds[:, 1].min()
    right, bottom = bounds[:, 2].max(), bounds[:, 3].max()
    tall = float(bottom - top)
    if rng.random() < 0.94:
        rows = max(rows, int(np.ceil(tall)) + 2)
    spare = rows - tall
    above = spare * float(np.clip(rng.normal(0.5, 0.22), 0.05, 0.95))
    before = float(rng.gamma(1.6, 3.6))
    after = float(rng.gamma(1.5, 5.0)) if rng.random() < 0.88 else float(rng.uniform(20, 70))
    shape = (rows, max(8, int(np.ceil(before + float(right - left) + after))))
    return [m.moved(before - float(left), above - float(top)) for m in marks], shape


def take_field(rng: np.random.Generator, sheet: np.ndarray, marks: list[Mark], writer: Writer) -> np.ndarray:
    """Write on paper and take the image.

    Args:
        rng: The source of chance.
        sheet: (H, W) float32 paper, 0..255.
        marks: What is written.
        writer: By whom: the darkness of the ink.

    Returns:
        (H, W) uint8.
    """
    cover = ink(marks, (sheet.shape[0], sheet.shape[1]))
    flow = np.clip(1.0 + 0.10 * mottle(rng, sheet.shape[:2], 5.0), 0.6, 1.15)
    page = sheet * (1.0 - np.minimum(cover * flow * writer.darkness, 0.97))
    scan = sample_scan(rng) if rng.random() < 0.95 else sample_camera(rng)
    return take(rng, page, scan)


def _rendered(
    image: np.ndarray, written: WrittenAmount, style: Style, marks: list[Mark], signed: bool
) -> Rendered:
    rows, columns = image.shape
    boxes: list[Box] = []
    for mark in marks:
        left, top, right, bottom = mark.bounds
        left, right = np.clip([left, right], 0, columns).tolist()
        top, bottom = np.clip([top, bottom], 0, rows).tolist()
        boxes.append((mark.char, left, top, right - left, bottom - top))
    return Rendered(
        image=image,
        label=written.digits,
        text=written.text,
        read=("$" if signed else "") + written.read,
        amount=written.amount,
        currency=written.currency,
        style=style.name,
        marks=tuple(boxes),
    )
