"""Amounts corrected or arranged so that none stands: digits replaced or inserted, over two lines, in a table."""

from itertools import pairwise

import numpy as np

from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.line import Mark
from docreader.synthesis.negatives.amounts import choose, clean_amount, random_digits
from docreader.synthesis.negatives.canvas import Canvas, extent, printed, written
from docreader.synthesis.negatives.strikes import MANNERS, stack, strike
from docreader.synthesis.paper import draw_line


def digit_corrected(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Strike out a digit and write another one above or below it, smaller."""
    canvas = _roomy(rng, bank, clean_amount(rng, least=3)[0])
    mark = _digit(canvas)
    strike(canvas, [mark], choose(rng, "line", "slash", "cross", "double", "scribble"))
    digit = choose(rng, *(c for c in "0123456789" if c != mark.char))
    scale, sense = float(rng.uniform(0.5, 0.9)), -1 if rng.random() < 0.8 else 1
    left, top, right, bottom = mark.bounds
    foot = top - 0.08 * canvas.size if sense < 0 else bottom + (0.08 + scale) * canvas.size
    canvas.ink(canvas.write(digit, (left + right) / 2 - 0.2 * canvas.size, foot, scale))
    canvas.text += f" / {digit}"
    return canvas


def digit_inserted(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Insert a small digit between two others from above, at times with a caret below."""
    canvas = _roomy(rng, bank, clean_amount(rng, least=3)[0])
    _, top, right, bottom = _digit(canvas).bounds
    scale = float(rng.uniform(0.45, 0.75))
    canvas.ink(canvas.write(random_digits(rng, 1), right - 0.1 * canvas.size, top + 0.1 * canvas.size, scale))
    if rng.random() < 0.7:
        reach = 0.15 * canvas.size
        peak = (right, bottom - 0.1 * canvas.size)
        canvas.ink(
            [
                canvas.pen([(peak[0] - reach, bottom + reach), peak]),
                canvas.pen([peak, (peak[0] + reach, bottom + reach)]),
            ]
        )
    return canvas


def digit_circled(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Circle one digit or several as wrong, with a question mark or another digit beside."""
    canvas = written(
        rng,
        bank,
        clean_amount(rng, least=3)[0] + choose(rng, " ?", "  ??", " " + random_digits(rng, 1) + "?"),
    )
    left, top, right, bottom = _digit(canvas).bounds
    angles = np.linspace(0, 2 * np.pi + float(rng.uniform(-0.1, 0.5)), 16) + float(rng.uniform(0, 6))
    half = (right - left) / 2 + 0.15 * canvas.size, (bottom - top) / 2 + 0.12 * canvas.size
    middle = np.array([(left + right) / 2, (top + bottom) / 2])
    return canvas.ink(
        [canvas.pen(middle + np.stack([half[0] * np.cos(angles), half[1] * np.sin(angles)], axis=1))]
    )


def two_lines(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Break an amount over two lines."""
    text = clean_amount(rng, decimals=True, least=4)[0]
    cut = int(rng.integers(2, len(text) - 1))
    return stack(rng, bank, text[:cut], text[cut:], float(rng.uniform(0.85, 1.1)))


def date_above(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Write a date or a number above an amount, or the other way round."""
    mark = choose(rng, "/", "-", ".")
    date = mark.join(str(rng.integers(1, 29)) if n < 2 else f"{rng.integers(0, 40):02d}" for n in range(3))
    pair = [date if rng.random() < 0.6 else f"No {random_digits(rng, 4)}", clean_amount(rng)[0]]
    above, below = pair if rng.random() < 0.5 else pair[::-1]
    return stack(rng, bank, above, below, float(rng.uniform(0.7, 1.05)))


def column(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Write the digits of an amount one below another."""
    count = int(rng.integers(3, 6))
    canvas = stack(rng, bank, random_digits(rng, 1), random_digits(rng, 1), 1.0)
    for _ in range(count - 2):
        low = canvas.sheet.shape[0]
        room = round(canvas.size * float(rng.uniform(1.1, 1.3)))
        canvas.sheet = np.pad(canvas.sheet, ((0, room), (0, 0)), mode="reflect" if room < low else "edge")
        canvas.sheet[low:] = np.median(canvas.sheet[:low]) + 2 * rng.standard_normal(
            (room, canvas.sheet.shape[1])
        )
        canvas.ink(canvas.write(random_digits(rng, 1), canvas.bounds[0], low + 0.9 * room))
    return canvas


def table_cells(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Write or print several numbers in cells with upright lines between them, at times with a date among them."""
    count = int(rng.integers(2, 5))
    cells = [random_digits(rng, int(rng.integers(1, 5))) for _ in range(count)]
    if rng.random() < 0.5:
        cells[int(rng.integers(count))] = f"{rng.integers(1, 13)}/{rng.integers(1, 29)}"
    if rng.random() < 0.5:
        cells[-1] = clean_amount(rng, decimals=True)[0]
    canvas = (printed if rng.random() < 0.4 else written)(rng, bank, "    ".join(cells))
    boxes = sorted(mark.bounds for mark in canvas.marks) or sorted(canvas.places)
    rows, light = canvas.sheet.shape[0], float(rng.uniform(0.2, 0.6))
    for left, right in pairwise(boxes):
        if right[0] - left[2] > 0.5 * canvas.size:
            x = (right[0] + left[2]) / 2
            draw_line(canvas.sheet, (x, -5.0), (x, rows + 5.0), float(rng.uniform(0.8, 2.5)), light)
    return canvas


def colon_merged(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Write a time of day whose colon is close to its digits or touches them."""
    text = f"{rng.integers(0, 24)}:{rng.integers(0, 60):02d}"
    canvas = written(rng, bank, text, inked=False)
    place = next(n for n, mark in enumerate(canvas.marks) if mark.char == ":")
    shift = float(rng.uniform(0.1, 0.35)) * canvas.size
    marks = [
        mark.moved(shift, 0) if n < place else mark.moved(-shift, 0) if n > place else mark
        for n, mark in enumerate(canvas.marks)
    ]
    canvas.marks, canvas.bounds = marks, extent(marks)
    return canvas.ink(marks)


def point_raised(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Write two points, one at half height, between the digits of an amount."""
    text = clean_amount(rng, decimals=True)[0]
    canvas = written(rng, bank, text)
    points = [mark for mark in canvas.marks if not mark.char.isdigit()]
    mark = points[int(rng.integers(len(points)))]
    return canvas.ink(
        [mark.moved(float(rng.normal(0, 0.03)) * canvas.size, -canvas.size * float(rng.uniform(0.3, 0.6)))]
    )


def struck_twice(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Strike out an amount, and the one written beside it as well."""
    old, new = clean_amount(rng)[0], clean_amount(rng)[0]
    canvas = written(rng, bank, f"{old}   {new}")
    for marks in (canvas.marks[: len(old)], canvas.marks[len(old) :]):
        strike(canvas, marks, list(MANNERS)[int(rng.integers(len(MANNERS)))])
    return canvas


def _roomy(rng: np.random.Generator, bank: DigitBank, text: str) -> Canvas:
    """Write a line with room above and below it."""
    canvas = written(rng, bank, text)
    above, below = (round(canvas.size * float(rng.uniform(*some))) for some in ((0.5, 1.0), (0.1, 0.9)))
    median = np.median(canvas.sheet)
    rows = canvas.sheet.shape[0]
    sheet = np.pad(canvas.sheet, ((above, below), (0, 0)), mode="edge")
    for part in (sheet[:above], sheet[above + rows :]):
        part[:] = median + 2 * rng.standard_normal(part.shape)
    canvas.sheet = sheet.astype(np.float32)
    canvas.marks = [mark.moved(0.0, above) for mark in canvas.marks]
    canvas.bounds = extent(canvas.marks)
    return canvas


def _digit(canvas: Canvas) -> Mark:
    """Return the mark of a digit, chosen at random."""
    marks = [mark for mark in canvas.marks if mark.char.isdigit()]
    return marks[int(canvas.rng.integers(len(marks)))]
