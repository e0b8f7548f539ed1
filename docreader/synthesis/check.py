"""Whole checks: a printed form, filled in by one writer, scanned."""

import dataclasses
from dataclasses import dataclass
from decimal import Decimal

import cv2
import numpy as np

from docreader.synthesis.amounts import WrittenAmount, write_amount
from docreader.synthesis.errors import UnknownStyleError
from docreader.synthesis.glyph import curve
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.layouts import LAYOUTS, Area, FieldPositions
from docreader.synthesis.line import LineCharacter, Mark, write
from docreader.synthesis.page import Color, Page
from docreader.synthesis.rendered import MarkBox, digit_boxes
from docreader.synthesis.scan import Scan, apply_scan
from docreader.synthesis.words import english, indian, spanish
from docreader.synthesis.writer import Writer

_INKS: tuple[Color, ...] = ((40, 34, 34), (60, 50, 48), (130, 52, 28), (150, 70, 40))
_PAYEES = {
    "usd": ("Test Account", "Jane Sample", "Example Grocery", "City of Anytown", "Pat Specimen", "Cash"),
    "inr": ("Ravi Sample", "Example Traders", "Self", "Anita Specimen", "Sample Stores"),
    "chile": ("Juan Ejemplo", "Comercial Muestra", "Maria Ejemplo", "Servicios Muestra Ltda"),
}
_MEMOS = ("Rent", "Test", "Invoice 12", "Gift", "June", "")
_MONTHS = ("January", "Feb", "March", "April", "May", "June", "July", "August", "Sept", "Oct", "Nov", "Dec")
_MESES = ("enero", "feb", "marzo", "abril", "mayo", "junio", "julio", "agosto", "sept", "oct", "nov", "dic")


@dataclass(frozen=True)
class RenderedCheck:
    """Synthetic check with its ground truth.

    Attributes:
        image: (H, W, 3) uint8, BGR.
        label: Digits of the amount field, from left to right.
        text: Contents of the amount field in canonical characters.
        amount: Value.
        currency: ISO 4217 code.
        layout: Name of the layout.
        field: Box (x, y, w, h) of the amount field, pixels.
        marks: Character and box (x, y, w, h), pixels, of each handwritten mark in the amount field.
    """

    image: np.ndarray
    label: str
    text: str
    amount: Decimal
    currency: str
    layout: str
    field: tuple[int, int, int, int]
    marks: tuple[MarkBox, ...]

    @property
    def boxes(self) -> list[list[int]]:
        """Return [class, x, y, w, h] of each digit of the amount, whole pixels."""
        return digit_boxes(self.marks)


def render_check(
    rng: np.random.Generator,
    digits: DigitBank,
    layout: str = "mixed",
    *,
    amount: Decimal | None = None,
    width: tuple[int, int] = (1200, 1600),
) -> RenderedCheck:
    """Render a whole check.

    Args:
        rng: Random generator; the same state gives the same image.
        digits: Handwritten digits.
        layout: Name in LAYOUTS, or `mixed`.
        amount: Value to write; random if None.
        width: Range of the image's width in pixels.

    Returns:
        Image with its ground truth.

    Raises:
        UnknownStyleError: No such layout.
    """
    if layout == "mixed":
        layout = list(LAYOUTS)[int(rng.integers(len(LAYOUTS)))]
    if layout not in LAYOUTS:
        raise UnknownStyleError(f"no layout {layout!r}; there are {', '.join(LAYOUTS)} and mixed")
    form = LAYOUTS[layout]
    scale = float(rng.uniform(*width)) / form.size[0]
    color = form.colors[int(rng.integers(len(form.colors)))]
    page = Page.blank(rng, form.size, scale, color)
    places = form.draw(rng, page)
    written = write_amount(rng, form.amounts, amount)
    pen = _FormFiller(rng, digits, Writer.sample(rng, digits, form.amounts == "chile"), page)
    marks = pen.fill_in(places, written, form.amounts)
    scan = Scan(
        blur=float(rng.uniform(0.4, 0.8)),
        noise=float(rng.uniform(0.5, 4.0)),
        shade=float(rng.uniform(0.0, 8.0)),
        contrast=float(rng.uniform(0.85, 1.05)),
        quality=int(rng.integers(70, 96)),
    )
    matrix = _rotate_and_shift(rng, page)
    return RenderedCheck(
        image=apply_scan(rng, page.sheet, scan),
        label=written.digits,
        text=written.text,
        amount=written.amount,
        currency=written.currency,
        layout=layout,
        field=_round_box(_transform_box(matrix, tuple(v * scale for v in places.amount))),
        marks=tuple((m.char, *_transform_box(matrix, _area(m))) for m in marks),
    )


@dataclass
class _FormFiller:
    """Writer that fills in the fields of a page."""

    rng: np.random.Generator
    bank: DigitBank
    writer: Writer
    page: Page

    def __post_init__(self) -> None:
        self.color = _INKS[int(self.rng.integers(len(_INKS)))]
        closer = min(self.writer.gap, 0.16)
        self.letters = dataclasses.replace(
            self.writer, gap=closer, gap_sd=0.04, pen=min(self.writer.pen, 0.1)
        )

    def fill_in(self, places: FieldPositions, written: WrittenAmount, kind: str) -> list[Mark]:
        """Fill in all fields and return the marks of the amount."""
        rng = self.rng
        x, y, room = places.amount_line
        marks = self.write_characters(written.characters, (x, y, room), places.digit, self.writer)
        letter = places.letter * float(rng.uniform(0.85, 1.15))
        payees = _PAYEES[kind]
        self.write_text(payees[int(rng.integers(len(payees)))], places.payee, letter)
        self.write_text(_in_words(written, kind), places.words, letter)
        self.write_date(places, kind, letter)
        if places.memo is not None:
            self.write_text(_MEMOS[int(rng.integers(len(_MEMOS)))], places.memo, letter)
        self.write_signature(places.signature, letter)
        return marks

    def write_text(self, text: str, place: tuple[float, float, float], height: float) -> None:
        """Write a text in the spacing of words."""
        self.write_characters(tuple(LineCharacter(c) for c in text), place, height, self.letters)

    def write_characters(
        self,
        characters: tuple[LineCharacter, ...],
        place: tuple[float, float, float],
        height: float,
        writer: Writer,
    ) -> list[Mark]:
        """Write characters, shrunk to the available width; return the marks in pixels of the page."""
        x, y, room = place
        marks = write(self.rng, writer, self.bank, characters, height * self.page.scale)
        if not marks:
            return []
        bounds = np.array([m.bounds for m in marks])
        long = float(bounds[:, 2].max() - bounds[:, 0].min()) / self.page.scale
        shrink = min(1.0, room / long)
        spare = max(0.0, room - long)
        x += spare * float(self.rng.beta(1.2, 4.0))
        drop = float(self.rng.normal(-1.0, 2.5))
        left = float(bounds[:, 0].min())
        start = np.array([left, 0.0], np.float32)
        origin = np.array([x, y + drop], np.float32) * self.page.scale
        moved = [
            Mark(m.char, tuple((s - start) * shrink + origin for s in m.strokes), m.thickness) for m in marks
        ]
        self.page.write(moved, writer.darkness, self.color)
        return moved

    def write_date(self, places: FieldPositions, kind: str, height: float) -> None:
        """Write the date, one digit a cell where the form has cells."""
        rng = self.rng
        day, month, year = int(rng.integers(1, 29)), int(rng.integers(1, 13)), int(rng.integers(2012, 2027))
        if places.date_cells:
            for x, char in zip(places.date_cells, f"{day:02d}{month:02d}{year}", strict=True):
                self.write_characters((LineCharacter(char),), (x + 9, places.date[1], 28), 28.0, self.writer)
        elif kind == "chile":
            self.write_text(f"Santiago {day} de {_MESES[month - 1]} de {year}", places.date, 0.85 * height)
        elif rng.random() < 0.5:
            self.write_text(f"{month}/{day}/{year}", places.date, 0.85 * height)
        else:
            self.write_text(f"{_MONTHS[month - 1]} {day} {year}", places.date, 0.85 * height)

    def write_signature(self, place: tuple[float, float, float], height: float) -> None:
        """Draw a signature: slanted, shrinking loops and a long final stroke."""
        rng, scale = self.rng, self.page.scale
        x, y, room = place
        loops = float(rng.uniform(2.5, 5.5))
        turn = np.linspace(rng.uniform(0, 3), 2 * np.pi * loops, int(24 * loops))
        part = np.linspace(0.0, 1.0, len(turn))
        tall = height * rng.uniform(0.7, 1.1) * (1.0 - rng.uniform(0.4, 0.8) * part)
        tall = tall * (1.0 + 0.4 * np.sin(turn * rng.uniform(0.3, 0.7) + rng.uniform(0, 6.3)))
        rise = tall * np.cos(turn)
        across = rng.uniform(4, 9) * turn + rng.uniform(0.2, 0.9) * tall * np.sin(turn) + 0.5 * rise
        loop = np.stack([across, -rise], axis=1)
        end = loop[-1] + [rng.uniform(30, 110), rng.uniform(-14, 6)]
        points = np.concatenate([loop, curve(np.stack([loop[-1], 0.5 * (loop[-1] + end) + [0, 6], end]))])
        points -= points.min(axis=0) * [1, 0]
        points[:, 0] *= min(1.0, room / float(points[:, 0].max()))
        path = ((points + np.array([x, y - 0.4 * height])) * scale).astype(np.float32)
        width = self.writer.thickness(path / (height * scale)) * height * scale
        self.page.write([Mark("~", (path,), (width,))], self.writer.darkness, self.color)


def _in_words(written: WrittenAmount, kind: str) -> str:
    whole = int(written.amount)
    cents = round((written.amount - whole) * 100)
    if kind == "inr":
        text = indian(whole) + " only"
    elif kind == "chile":
        text = spanish(whole)
    else:
        text = f"{english(whole)} and {cents:02d}/100"
    return text.capitalize()


def _rotate_and_shift(rng: np.random.Generator, page: Page) -> np.ndarray:
    """Rotate the page by about a degree at most; return the (2, 3) matrix from page to image pixels."""
    rows, columns = page.sheet.shape[:2]
    matrix = cv2.getRotationMatrix2D((columns / 2, rows / 2), float(rng.normal(0.0, 0.35)), 1.0)
    matrix[0, 2] += float(rng.normal(0.0, 1.5))
    matrix[1, 2] += float(rng.normal(0.0, 1.5))
    glass = float(rng.uniform(225, 255))
    page.sheet = cv2.warpAffine(
        page.sheet,
        matrix,
        (columns, rows),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(glass, glass, glass),
    )
    return np.asarray(matrix, np.float64)


def _area(mark: Mark) -> Area:
    left, top, right, bottom = mark.bounds
    return left, top, right - left, bottom - top


def _transform_box(matrix: np.ndarray, area: tuple[float, ...]) -> Area:
    """Return the axis-aligned bounding box of a transformed box."""
    x, y, w, h = area
    corners = np.array([[x, y, 1], [x + w, y, 1], [x, y + h, 1], [x + w, y + h, 1]]) @ matrix.T
    low, high = corners.min(axis=0), corners.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])


def _round_box(area: Area) -> tuple[int, int, int, int]:
    x, y, w, h = (round(v) for v in area)
    return x, y, w, h
