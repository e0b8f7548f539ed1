"""Amounts struck out: by lines, crosses, scribbles and hatching, all or in part, at times with a new amount."""

from collections.abc import Callable, Sequence

import numpy as np

from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.line import Mark
from docreader.synthesis.negatives.amounts import clean_amount
from docreader.synthesis.negatives.canvas import Bounds, Canvas, extent, printed, written

Manner = Callable[[Canvas, Bounds], list[Mark]]
"""Draw the strokes that strike out a box."""

_CONFUSED = "017"
"""Digits that a single stroke turns into another form of the same digit."""


def _wide(canvas: Canvas, box: Bounds, x: float, y: float) -> tuple[float, float]:
    """Return a point at the relative place x, y of a box, with the unsteadiness of a hand."""
    left, top, right, bottom = box
    shake = canvas.rng.normal(0, 0.03, 2) * (bottom - top)
    return left + x * (right - left) + float(shake[0]), top + y * (bottom - top) + float(shake[1])


def _weight(canvas: Canvas) -> float:
    """Draw the width of a stroke in widths of the writer's pen: at times a hairline, of a pixel at least."""
    rng = canvas.rng
    weight = float(rng.uniform(0.3, 0.7) if rng.random() < 0.35 else rng.uniform(0.7, 1.7))
    return max(weight, 1.1 / (canvas.writer.pen * canvas.size))


def _through(canvas: Canvas, box: Bounds, low: float, high: float) -> Mark:
    """Return a stroke from side to side, by hand or along a ruler, that at times ends inside of the box."""
    rng = canvas.rng
    over = rng.uniform(-0.06, 0.16, 2)
    ends = (-over[0], low), (1 + over[1], high)
    middle = (0.5, (low + high) / 2 + rng.normal(0, 0.05))
    places = ends if rng.random() < 0.25 else (ends[0], middle, ends[1])
    return canvas.pen([_wide(canvas, box, x, y) for x, y in places], _weight(canvas))


def line(canvas: Canvas, box: Bounds) -> list[Mark]:
    """Draw one line through the middle, level, rising or falling."""
    low, rise = canvas.rng.uniform(0.3, 0.75), canvas.rng.normal(0, 0.12)
    return [_through(canvas, box, low + rise, low - rise)]


def double(canvas: Canvas, box: Bounds) -> list[Mark]:
    """Draw two or three nearly parallel lines."""
    rng = canvas.rng
    places = np.linspace(0.3, 0.7, int(rng.integers(2, 4))) + rng.normal(0, 0.03)
    return [_through(canvas, box, float(y), float(y + rng.normal(0, 0.06))) for y in places]


def slash(canvas: Canvas, box: Bounds) -> list[Mark]:
    """Draw one diagonal from corner to corner."""
    ends = (1.05, -0.05) if canvas.rng.random() < 0.75 else (-0.05, 1.05)
    return [_through(canvas, box, *ends)]


def cross(canvas: Canvas, box: Bounds) -> list[Mark]:
    """Draw both diagonals."""
    return [_through(canvas, box, 1.05, -0.05), _through(canvas, box, -0.05, 1.05)]


def scribble(canvas: Canvas, box: Bounds) -> list[Mark]:
    """Draw a pen that runs back and forth over the box."""
    rng, (left, top, right, bottom) = canvas.rng, box
    turns = max(5, round((right - left) / (bottom - top) * rng.uniform(5, 16)))
    x = np.linspace(-0.03, 1.03, turns) + rng.normal(0, 0.25 / turns, turns)
    y = np.where(np.arange(turns) % 2, rng.uniform(0.65, 1.1, turns), rng.uniform(-0.1, 0.35, turns))
    if rng.random() < 0.3:  # strokes from side to side instead of up and down
        rows = max(5, round(float(rng.uniform(5, 10))))
        y = np.linspace(0.05, 0.95, rows) + rng.normal(0, 0.05, rows)
        x = np.where(np.arange(rows) % 2, rng.uniform(0.85, 1.1, rows), rng.uniform(-0.1, 0.15, rows))
    return [canvas.pen([_wide(canvas, box, a, b) for a, b in zip(x, y, strict=True)], _weight(canvas))]


def scrawl(canvas: Canvas, box: Bounds) -> list[Mark]:
    """Draw a pen that runs to and fro inside of the box without order, until it is nearly filled."""
    rng, (left, top, right, bottom) = canvas.rng, box
    count = round(max(1.0, (right - left) / (bottom - top)) * float(rng.uniform(10, 30)))
    x = np.sort(rng.uniform(0, 1, count)) + rng.normal(0, 0.3 * (bottom - top) / (right - left), count)
    y = rng.uniform(-0.05, 1.05, count)
    return [
        canvas.pen(
            [_wide(canvas, box, a, b) for a, b in zip(np.clip(x, -0.05, 1.05), y, strict=True)],
            _weight(canvas),
        )
    ]


def loops(canvas: Canvas, box: Bounds) -> list[Mark]:
    """Draw a row of loops over the box."""
    rng, (left, top, right, bottom) = canvas.rng, box
    tall = bottom - top
    count = max(3, round((right - left) / tall * rng.uniform(2.5, 4)))
    angle = np.linspace(0, 2 * np.pi * count, 8 * count)
    x = left + (right - left) * angle / angle[-1] + 0.25 * tall * np.sin(angle)
    y = (top + bottom) / 2 + float(rng.uniform(0.25, 0.5)) * tall * np.cos(angle)
    points = np.stack([x, y], axis=1) + rng.normal(0, 0.02 * tall, (8 * count, 2))
    return [canvas.pen(points, _weight(canvas))]


def hatch(canvas: Canvas, box: Bounds) -> list[Mark]:
    """Draw several slanted strokes side by side."""
    rng, (left, top, right, bottom) = canvas.rng, box
    count = max(3, round((right - left) / (bottom - top) * rng.uniform(2.5, 5)))
    lean = float(rng.normal(0.15, 0.25)) * (bottom - top) / (right - left)
    weight = _weight(canvas)
    starts = np.linspace(0, 1, count) + rng.normal(0, 0.15 / count, count)
    return [
        canvas.pen([_wide(canvas, box, x - lean, 1.05), _wide(canvas, box, x + lean, -0.05)], weight)
        for x in starts
    ]


def wave(canvas: Canvas, box: Bounds) -> list[Mark]:
    """Draw a wavy line through the middle."""
    rng, (left, top, right, bottom) = canvas.rng, box
    count = max(6, round((right - left) / (bottom - top) * 5))
    x = np.linspace(-0.05, 1.05, count)
    y = 0.5 + float(rng.uniform(0.08, 0.2)) * np.sin(np.arange(count) * 1.7 + rng.uniform(0, 6))
    return [canvas.pen([_wide(canvas, box, a, b) for a, b in zip(x, y, strict=True)], _weight(canvas))]


MANNERS: dict[str, Manner] = {
    one.__name__: one for one in (line, double, slash, cross, scribble, scrawl, loops, hatch, wave)
}
"""Manners of striking out, by name."""


def struck(rng: np.random.Generator, bank: DigitBank, manner: str) -> Canvas:
    """Strike out a whole amount."""
    return strike(written(rng, bank, clean_amount(rng)[0]), None, manner)


def struck_print(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Strike out a printed amount by hand."""
    return strike(printed(rng, bank, clean_amount(rng)[0]), None, _any(rng))


def struck_digit(rng: np.random.Generator, bank: DigitBank, manner: str) -> Canvas:
    """Strike out one digit."""
    while True:
        canvas = written(rng, bank, clean_amount(rng, least=3)[0])
        marks = [m for m in canvas.marks if m.char.isdigit() and m.char not in _CONFUSED]
        if marks:
            return strike(canvas, [marks[int(rng.integers(len(marks)))]], manner)


def struck_digit_print(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Strike out one digit of a printed amount by hand."""
    while True:
        canvas = printed(rng, bank, clean_amount(rng, least=3)[0])
        if canvas.places:
            return _strike_box(canvas, canvas.places[int(rng.integers(len(canvas.places)))], _any(rng))


def struck_part(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Strike out two or more neighbors, but not all."""
    canvas = written(rng, bank, clean_amount(rng, least=4)[0])
    count = int(rng.integers(2, len(canvas.marks) - 1))
    first = int(rng.integers(0, len(canvas.marks) - count + 1))
    return strike(canvas, canvas.marks[first : first + count], _any(rng))


def struck_new_beside(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Strike out an amount and write the valid one to its right."""
    old, (new, value) = clean_amount(rng)[0], clean_amount(rng)
    canvas = written(rng, bank, f"{old}   {new}", amount=value)
    return strike(canvas, canvas.marks[: len(old)], _any(rng))


def struck_new_above(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Strike out an amount and write the valid one above it, smaller."""
    old, (new, value) = clean_amount(rng)[0], clean_amount(rng)
    canvas = stack(rng, bank, new, old, float(rng.uniform(0.6, 0.95)))
    canvas.amount = value
    return strike(canvas, canvas.marks, _any(rng))


def two_stacked(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Write two amounts, one above the other."""
    return stack(rng, bank, clean_amount(rng)[0], clean_amount(rng)[0], float(rng.uniform(0.8, 1.05)))


def stack(rng: np.random.Generator, bank: DigitBank, above: str, below: str, scale: float) -> Canvas:
    """Write two lines; the marks of the canvas are those of the lower one."""
    canvas = written(rng, bank, below)
    room = round(canvas.size * (scale + float(rng.uniform(0.1, 0.3))) - canvas.bounds[1] * 0.7)
    room = max(room, 1)
    paper = np.pad(canvas.sheet, ((room, 0), (0, 0)), mode="symmetric")
    paper[:room] = np.median(canvas.sheet) + 2 * rng.standard_normal(paper[:room].shape)
    canvas.sheet = paper.astype(np.float32)
    canvas.marks = [mark.moved(0.0, room) for mark in canvas.marks]
    canvas.bounds = left, top, *_ = extent(canvas.marks)
    x = left + canvas.size * float(rng.uniform(-0.3, 0.8))
    upper = canvas.write(above, x, top - canvas.size * float(rng.uniform(0.05, 0.2)), scale)
    beyond = int(np.ceil(extent(upper)[2] + 4 - canvas.sheet.shape[1]))
    if beyond > 0:
        canvas.sheet = np.pad(canvas.sheet, ((0, 0), (0, beyond)), mode="symmetric")
    canvas.ink(upper)
    canvas.text = f"{above} / {below}"
    return canvas


def _any(rng: np.random.Generator) -> str:
    return list(MANNERS)[int(rng.integers(len(MANNERS)))]


def strike(canvas: Canvas, marks: Sequence[Mark] | None, manner: str) -> Canvas:
    """Strike out marks, or the whole line if None, with the same pen or another."""
    if marks and len(marks) == 1:
        return _strike_box(canvas, marks[0].bounds, manner)
    return _strike(canvas, extent(marks) if marks else canvas.bounds, manner)


def _strike_box(canvas: Canvas, box: Bounds, manner: str) -> Canvas:
    """Strike out one character: a single stroke that ended inside of it would be lost in it."""
    least = 0.05 if manner in ("line", "slash", "wave") else -0.03
    beyond = canvas.size * canvas.rng.uniform(least, 0.25, 4)
    box = (box[0] - beyond[0], box[1] - beyond[1], box[2] + beyond[2], box[3] + beyond[3])
    return _strike(canvas, box, manner)


def _strike(canvas: Canvas, box: Bounds, manner: str) -> Canvas:
    darkness = canvas.writer.darkness if canvas.rng.random() < 0.6 else float(canvas.rng.uniform(0.5, 0.9))
    return canvas.ink(MANNERS[manner](canvas, box), darkness)
