"""Field with a line of writing or print, open to strikes, stains, stamps and shade before it is scanned."""

import dataclasses
from collections.abc import Iterable, Sequence
from decimal import Decimal

import cv2
import numpy as np

from docreader.synthesis.field import arrange_marks, lay_ink, print_paper
from docreader.synthesis.form import print_form
from docreader.synthesis.glyph import curve
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.line import LineCharacter, Mark, write
from docreader.synthesis.machine_print import print_line
from docreader.synthesis.negatives.glyphs import FORMS
from docreader.synthesis.scan import apply_scan, sample_camera, sample_scan
from docreader.synthesis.style import STYLES, Style
from docreader.synthesis.writer import Writer

Bounds = tuple[float, float, float, float]
"""Left, top, right, bottom, pixels."""


@dataclasses.dataclass(eq=False)
class Canvas:
    """Field in the making.

    Attributes:
        rng: Random generator of the picture.
        bank: Handwritten digits.
        style: Style of paper and form.
        writer: Writer of the line.
        sheet: (H, W) float32, 0..255; the ink that is laid is part of it.
        size: Height of a digit, pixels.
        marks: Handwritten characters, pixels; empty where the line is printed.
        bounds: Extent of the line, pixels.
        text: Line as drawn.
        amount: Value to accept; None where nothing may be accepted.
        symbol: Whether a currency symbol is printed before the line.
        places: Extents of the printed characters as high as a digit, pixels; empty where the line is handwritten.
    """

    rng: np.random.Generator
    bank: DigitBank
    style: Style
    writer: Writer
    sheet: np.ndarray
    size: float
    marks: list[Mark]
    bounds: Bounds
    text: str
    amount: Decimal | None = None
    symbol: bool = False
    places: list[Bounds] = dataclasses.field(default_factory=list)

    def digits(self) -> list[Bounds]:
        """Return the extents of the digits, written or printed, pixels."""
        return [mark.bounds for mark in self.marks if mark.char.isdigit()] or self.places

    def ink(self, marks: Iterable[Mark], darkness: float | None = None) -> "Canvas":
        """Lay the ink of marks; the darkness is the writer's if None."""
        self.sheet = lay_ink(self.rng, self.sheet, list(marks), darkness or self.writer.darkness)
        return self

    def write(self, text: str, x: float, baseline: float, scale: float = 1.0) -> list[Mark]:
        """Return the marks of a text of the same writer at a position, pixels, without laying their ink."""
        characters = [LineCharacter(c) for c in text]
        marks = write(self.rng, self.writer, self.bank, characters, self.size * scale)
        left = extent(marks)[0]
        return [mark.moved(x - left, baseline) for mark in marks]

    def pen(self, points: Sequence[Sequence[float]] | np.ndarray, weight: float = 1.0) -> Mark:
        """Return a smooth pen stroke through points (x, y), pixels, of the writer's pen times `weight`."""
        smooth = curve(np.asarray(points, float) * 100 / self.size) * self.size / 100
        stroke = np.asarray(smooth, np.float32)
        return Mark("", (stroke,), (self.writer.thickness(stroke / self.size) * self.size * weight,))

    def scan(self) -> np.ndarray:
        """Return the scanned picture, (H, W) uint8."""
        scan = sample_scan(self.rng) if self.rng.random() < 0.9 else sample_camera(self.rng)
        return apply_scan(self.rng, np.ascontiguousarray(self.sheet, np.float32), scan)


def extent(marks: Sequence[Mark]) -> Bounds:
    """Return the box around marks, pixels."""
    bounds = np.array([mark.bounds for mark in marks])
    low, high = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def sample_writer(rng: np.random.Generator, bank: DigitBank, style: Style) -> Writer:
    """Draw a writer who has signs and characters of other scripts, too."""
    writer = Writer.sample(rng, bank, style.continental)
    extra: dict[str, int | str] = {
        char: form if isinstance(form, str) else form[int(rng.integers(len(form)))]
        for char, form in FORMS.items()
    }
    return dataclasses.replace(writer, forms={**writer.forms, **extra})


def sample_style(
    rng: np.random.Generator, names: Sequence[str] = ("usd", "usd", "eur", "inr", "chile")
) -> Style:
    """Draw a style among names."""
    return STYLES[names[int(rng.integers(len(names)))]]


def written(
    rng: np.random.Generator,
    bank: DigitBank,
    text: str | Sequence[LineCharacter],
    *,
    amount: Decimal | None = None,
    inked: bool = True,
    symbol: bool | None = None,
) -> Canvas:
    """Write a line by hand.

    Args:
        rng: Random generator.
        bank: Handwritten digits.
        text: Characters of the line.
        amount: Value to accept.
        inked: Whether the ink is laid; if not, only the marks are placed.
        symbol: Whether a currency symbol is printed; by the style's rate if None.

    Returns:
        Canvas with the marks of the line.
    """
    style = sample_style(rng)
    writer = sample_writer(rng, bank, style)
    rows, size = _dimensions(rng, style)
    characters = [LineCharacter(c) for c in text] if isinstance(text, str) else list(text)
    marks, shape = arrange_marks(rng, write(rng, writer, bank, characters, size), rows)
    sheet, room, shown = _form(rng, style, shape, size, symbol)
    marks = [mark.moved(room, 0.0) for mark in marks]
    drawn = "".join(c.char for c in characters)
    canvas = Canvas(rng, bank, style, writer, sheet, size, marks, extent(marks), drawn, amount, shown)
    return canvas.ink(marks) if inked else canvas


def printed(
    rng: np.random.Generator,
    bank: DigitBank,
    text: str,
    *,
    amount: Decimal | None = None,
    symbol: bool | None = None,
) -> Canvas:
    """Print a line by machine; the arguments are those of `written`."""
    style = sample_style(rng)
    _, size = _dimensions(rng, style)
    return printed_coverage(
        rng, bank, print_line(rng, text, size), text, amount=amount, symbol=symbol, style=style
    )


def printed_coverage(
    rng: np.random.Generator,
    bank: DigitBank,
    line: np.ndarray,
    text: str,
    *,
    amount: Decimal | None = None,
    symbol: bool | None = None,
    style: Style | None = None,
) -> Canvas:
    """Print a rendered line, (h, w) coverage 0..1, onto a field; other arguments are those of `written`."""
    style = style or sample_style(rng)
    writer = sample_writer(rng, bank, style)
    height, width = line.shape
    rows = max(round(height / float(rng.uniform(0.35, 0.85))), height + 4)
    before, after = (float(rng.gamma(1.6, 4.0)) for _ in range(2))
    sheet, room, shown = _form(rng, style, (rows, int(before + width + after) + 1), float(height), symbol)
    x, y = int(room + before), int((rows - height) * rng.uniform(0.2, 0.8))
    sheet[y : y + height, x : x + width] *= 1.0 - float(rng.uniform(0.5, 0.92)) * line
    bounds = (x, y, x + width, y + height)
    places = [(x + left, y + top, x + right, y + bottom) for left, top, right, bottom in _high_parts(line)]
    return Canvas(rng, bank, style, writer, sheet, float(height), [], bounds, text, amount, shown, places)


def empty(
    rng: np.random.Generator, bank: DigitBank, *, symbol: bool | None = None, wide: float = 3.5
) -> Canvas:
    """Make a field without writing, about `wide` times as wide as high; its bounds are those of the free place."""
    style = sample_style(rng)
    writer = sample_writer(rng, bank, style)
    rows, size = _dimensions(rng, style)
    shape = (rows, max(24, round(rows * wide * float(rng.uniform(0.7, 1.4)))))
    sheet, room, shown = _form(rng, style, shape, size, symbol)
    margin = 0.15 * rows
    bounds = (room + margin, margin, sheet.shape[1] - margin, rows - margin)
    return Canvas(rng, bank, style, writer, sheet, size, [], bounds, "", symbol=shown)


def paste(sheet: np.ndarray, cover: np.ndarray, x: float, y: float, depth: float) -> None:
    """Darken a sheet by a coverage (h, w) at x, y, pixels, in place; parts beyond the sheet are cut off."""
    moved = cv2.warpAffine(cover, np.array([[1.0, 0.0, x], [0.0, 1.0, y]]), (sheet.shape[1], sheet.shape[0]))
    sheet *= 1.0 - depth * moved


def _high_parts(line: np.ndarray) -> list[Bounds]:
    """Return the extents of the parts between empty columns that are nearly as high as a line, (h, w) coverage."""
    inked = np.concatenate([[False], (line > 0.3).any(axis=0), [False]])
    starts, ends = np.flatnonzero(np.diff(inked.astype(np.int8))).reshape(-1, 2).T
    found = []
    for left, right in zip(starts.tolist(), ends.tolist(), strict=True):
        rows = np.flatnonzero((line[:, left:right] > 0.3).any(axis=1))
        if rows[-1] - rows[0] > 0.6 * line.shape[0] and right - left < 2 * line.shape[0]:
            found.append((float(left), float(rows[0]), float(right), float(rows[-1] + 1)))
    return found


def _dimensions(rng: np.random.Generator, style: Style) -> tuple[int, float]:
    """Draw the height of the picture and of a digit, pixels."""
    low, high = style.height
    rows = round(low + (high - low) * float(rng.beta(2.0, 3.6)))
    return rows, rows * float(np.clip(rng.normal(*style.fill), 0.34, 0.86))


def _form(
    rng: np.random.Generator, style: Style, shape: tuple[int, int], size: float, symbol: bool | None
) -> tuple[np.ndarray, float, bool]:
    """Print paper and form; return the sheet, the pixels put before it, and whether a symbol is printed."""
    paper = print_paper(rng, style, shape)
    shown = bool(rng.random() < style.symbol_rate) if symbol is None else symbol
    shown = shown and bool(style.symbols)
    return (*print_form(rng, paper, style, size, symbol=shown), shown)
