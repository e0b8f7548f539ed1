"""Amount fields: a handwritten amount on check paper, with its ground truth."""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from docreader.synthesis.amounts import write_amount
from docreader.synthesis.clutter import add_bars, add_left_clutter, draw_flourish, write_words_above
from docreader.synthesis.form import print_form
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.line import LineCharacter, Mark, draw_ink, write
from docreader.synthesis.paper import grid, mottle, pattern
from docreader.synthesis.rendered import MarkBox, RenderedAmount
from docreader.synthesis.scan import apply_scan, sample_camera, sample_scan
from docreader.synthesis.style import Paper, Style, get_style
from docreader.synthesis.writer import Writer


def render_amount(
    rng: np.random.Generator,
    digits: DigitBank,
    style: str | Style = "chile",
    *,
    amount: Decimal | None = None,
    height: tuple[int, int] | None = None,
    writer: Writer | None = None,
) -> RenderedAmount:
    """Render a handwritten amount field.

    Args:
        rng: Random generator; the same state gives the same image.
        digits: Handwritten digits.
        style: Style, or `mixed`.
        amount: Value to write; random if None.
        height: Range of the image's height, pixels; the style's if None.
        writer: Writer; random if None.

    Returns:
        Image with its ground truth.

    Raises:
        UnknownStyleError: No such style.
        DigitsError: A digit that is needed has no image with strokes.
    """
    style = get_style(rng, style)
    written = write_amount(rng, style.name, amount)
    writer = writer or Writer.sample(rng, digits, style.continental)
    low, high = height or style.height
    rows = round(low + (high - low) * float(rng.beta(2.0, 3.6)))
    size = rows * float(np.clip(rng.normal(*style.fill), 0.34, 0.86))
    printed = bool(rng.random() < style.symbol_rate)
    often = 0.2 if style.symbols else 0.05
    by_hand = "" if printed or rng.random() >= often else style.by_hand[int(rng.integers(len(style.by_hand)))]
    characters = (*(LineCharacter(c) for c in by_hand), *written.characters)
    marks = write(rng, writer, digits, characters, size)
    marks, shape = arrange_marks(rng, marks, rows)
    paper = print_paper(rng, style, shape)
    sheet, room = print_form(rng, paper.copy(), style, size, symbol=printed)
    marks = [m.moved(room, 0.0) for m in marks]
    if rng.random() < style.crowded:
        sheet, room = add_left_clutter(rng, sheet, paper, size)
        marks = [m.moved(room, 0.0) for m in marks]
    if rng.random() < 0.3 * style.crowded:
        sheet = add_bars(rng, sheet, size)
    others = write_words_above(rng, writer, digits, shape, size) if rng.random() < 0.6 * style.crowded else []
    if rng.random() < 0.06:
        others.append(draw_flourish(rng, writer, marks, size))
    image = scan_field(rng, sheet, [*marks, *others], writer)
    boxes = _mark_boxes(marks[len(by_hand) :], image.shape)
    return RenderedAmount.from_written(
        image, written, style.name, symbol=printed or bool(by_hand), marks=boxes
    )


def print_paper(rng: np.random.Generator, style: Style, shape: tuple[int, int]) -> np.ndarray:
    """Print the paper of a field.

    Args:
        rng: Random generator.
        style: Style of the field.
        shape: (H, W) pixels.

    Returns:
        (H, W) float32, 0..255.
    """
    weights = np.array([p.weight for p in style.papers])
    paper = style.papers[int(rng.choice(len(weights), p=weights / weights.sum()))]
    sheet: np.ndarray = np.full(shape, rng.normal(*paper.light), np.float32)
    sheet += 1.5 * mottle(rng, shape, 3.0) + 2.0 * mottle(rng, shape, 40.0)
    depth = _print(rng, paper, shape)
    if rng.random() < 0.18:  # a second pattern above a slanted edge
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


def arrange_marks(
    rng: np.random.Generator, marks: list[Mark], rows: int
) -> tuple[list[Mark], tuple[int, int]]:
    """Choose the crop around the writing, which at times clips a tall character.

    Args:
        rng: Random generator.
        marks: Marks of the writing, pixels.
        rows: Height of the crop, pixels; at most times enlarged to the writing.

    Returns:
        Marks in pixels of the crop, and its shape (H, W).
    """
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


def scan_field(rng: np.random.Generator, sheet: np.ndarray, marks: list[Mark], writer: Writer) -> np.ndarray:
    """Draw marks on paper and scan it.

    Args:
        rng: Random generator.
        sheet: (H, W) float32 paper, 0..255.
        marks: Marks to draw.
        writer: Writer, source of the ink's darkness.

    Returns:
        (H, W) uint8.
    """
    page = lay_ink(rng, sheet, marks, writer.darkness)
    scan = sample_scan(rng) if rng.random() < 0.95 else sample_camera(rng)
    return apply_scan(rng, page, scan)


def lay_ink(
    rng: np.random.Generator, sheet: np.ndarray, marks: Sequence[Mark], darkness: float
) -> np.ndarray:
    """Draw marks on paper, in ink of uneven flow.

    Args:
        rng: Random generator.
        sheet: (H, W) float32 paper, 0..255.
        marks: Marks to draw.
        darkness: Share of the paper's light that ink absorbs, 0..1.

    Returns:
        (H, W) float32, 0..255.
    """
    cover = draw_ink(marks, (sheet.shape[0], sheet.shape[1]))
    flow = np.clip(1.0 + 0.10 * mottle(rng, sheet.shape[:2], 5.0), 0.6, 1.15)
    return np.asarray(sheet * (1.0 - np.minimum(cover * flow * darkness, 0.97)))


def _mark_boxes(marks: list[Mark], shape: tuple[int, ...]) -> tuple[MarkBox, ...]:
    """Return the boxes of marks, clipped to the image."""
    rows, columns = shape
    boxes: list[MarkBox] = []
    for mark in marks:
        left, top, right, bottom = mark.bounds
        left, right = np.clip([left, right], 0, columns).tolist()
        top, bottom = np.clip([top, bottom], 0, rows).tolist()
        boxes.append((mark.char, left, top, right - left, bottom - top))
    return tuple(boxes)
