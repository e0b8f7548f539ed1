"""Marks that are no characters, drawn by pen or printed: circles, boxes, crosses, ticks, arrows, signatures."""

from collections.abc import Callable

import numpy as np

from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.line import Mark
from docreader.synthesis.negatives.canvas import Canvas, empty

Place = tuple[float, float, float]
"""Center x, y and half of the size, pixels."""

Shape = Callable[[Canvas, Place], list[Mark]]


def _pen(
    canvas: Canvas, place: Place, *strokes: list[tuple[float, float]], shake: float = 0.05
) -> list[Mark]:
    """Draw strokes through points relative to a place, from -1 to 1 in x and y."""
    x, y, half = place
    marks = []
    for stroke in strokes:
        points = np.array(stroke) + canvas.rng.normal(0, shake, (len(stroke), 2))
        marks.append(canvas.pen(points * half + [x, y]))
    return marks


def _polygon(canvas: Canvas, place: Place, points: list[tuple[float, float]]) -> list[Mark]:
    """Draw a closed polygon, one stroke a side."""
    return _pen(
        canvas, place, *([a, b] for a, b in zip(points, [*points[1:], points[0]], strict=True)), shake=0.03
    )


def _circle(canvas: Canvas, place: Place) -> list[Mark]:
    angles = np.linspace(0, 2 * np.pi + canvas.rng.uniform(-0.1, 0.4), 14) + canvas.rng.uniform(0, 6.3)
    return _pen(canvas, place, [(float(np.cos(a)), float(np.sin(a))) for a in angles], shake=0.03)


def _box(canvas: Canvas, place: Place) -> list[Mark]:
    return _polygon(canvas, place, [(-1, -1), (1, -1), (1, 1), (-1, 1)])


def _checkbox(canvas: Canvas, place: Place) -> list[Mark]:
    inside = (place[0], place[1], 0.7 * place[2])
    kind = int(canvas.rng.integers(3))
    return _box(canvas, place) + (
        _tick(canvas, inside) if kind == 0 else _cross(canvas, inside) if kind == 1 else []
    )


def _cross(canvas: Canvas, place: Place) -> list[Mark]:
    return _pen(canvas, place, [(-1, -1), (1, 1)], [(1, -1), (-1, 1)], shake=0.08)


def _plus(canvas: Canvas, place: Place) -> list[Mark]:
    return _pen(canvas, place, [(-1, 0), (1, 0)], [(0, -1), (0, 1)], shake=0.08)


def _tick(canvas: Canvas, place: Place) -> list[Mark]:
    return _pen(canvas, place, [(-0.9, 0.1), (-0.3, 0.9)], [(-0.3, 0.9), (1.1, -1.1)])


def _arrow(canvas: Canvas, place: Place) -> list[Mark]:
    sense = 1 if canvas.rng.random() < 0.6 else -1
    return _pen(
        canvas,
        place,
        [(-1.3 * sense, 0), (1.3 * sense, 0)],
        [(0.6 * sense, -0.6), (1.3 * sense, 0)],
        [(0.6 * sense, 0.6), (1.3 * sense, 0)],
    )


def _star(canvas: Canvas, place: Place) -> list[Mark]:
    corners = [(float(np.sin(k * 0.8 * np.pi)), -float(np.cos(k * 0.8 * np.pi))) for k in range(5)]
    return _polygon(canvas, place, corners)


def _triangle(canvas: Canvas, place: Place) -> list[Mark]:
    return _polygon(canvas, place, [(0, -1), (1, 0.9), (-1, 0.9)])


def _heart(canvas: Canvas, place: Place) -> list[Mark]:
    right = [(0, -0.4), (0.5, -1), (1, -0.5), (0.6, 0.3), (0, 1)]
    return _pen(canvas, place, right, [(-a, b) for a, b in right])


def _smile(canvas: Canvas, place: Place) -> list[Mark]:
    inside = _pen(
        canvas,
        place,
        [(-0.5, 0.3), (0, 0.6), (0.5, 0.3)],
        [(-0.35, -0.4), (-0.35, -0.2)],
        [(0.35, -0.4), (0.35, -0.2)],
    )
    return _circle(canvas, place) + inside


def _tally(canvas: Canvas, place: Place) -> list[Mark]:
    bars = [[(x, -1.0), (x + 0.05, 1.0)] for x in np.linspace(-0.9, 0.9, 4)]
    return _pen(canvas, place, *bars, [(-1.3, 0.7), (1.3, -0.7)])


def _question(canvas: Canvas, place: Place) -> list[Mark]:
    return _pen(
        canvas, place, [(-0.6, -0.5), (0, -1), (0.6, -0.5), (0.1, 0.1), (0, 0.5)], [(0, 0.9), (0.03, 0.98)]
    )


def _spiral(canvas: Canvas, place: Place) -> list[Mark]:
    angles = np.linspace(0, 5 * np.pi, 30)
    radius = angles / angles[-1]
    return _pen(
        canvas,
        place,
        [(float(r * np.cos(a)), float(r * np.sin(a))) for a, r in zip(angles, radius, strict=True)],
        shake=0.02,
    )


def _zigzag(canvas: Canvas, place: Place) -> list[Mark]:
    return _pen(
        canvas, place, [(x, (-1) ** k * 0.7) for k, x in enumerate(np.linspace(-1.2, 1.2, 8))], shake=0.1
    )


def _dot(canvas: Canvas, place: Place) -> list[Mark]:
    x, y, half = place
    return [canvas.pen([(x, y), (x + 0.1 * half, y)], float(canvas.rng.uniform(1.5, 3.0)))]


def _house(canvas: Canvas, place: Place) -> list[Mark]:
    walls = [(-0.8, -0.1), (0.8, -0.1), (0.8, 1), (-0.8, 1)]
    roof = [[(-1.0, -0.1), (0.0, -1.0)], [(0.0, -1.0), (1.0, -0.1)]]
    return _polygon(canvas, place, walls) + _pen(
        canvas, place, *roof, [(-0.2, 1), (-0.2, 0.4)], [(0.2, 0.4), (0.2, 1)]
    )


def _flower(canvas: Canvas, place: Place) -> list[Mark]:
    angles = np.linspace(0, 2 * np.pi, 40)
    radius = 0.45 + 0.3 * np.cos(5 * angles)
    head = [(float(r * np.cos(a)), float(r * np.sin(a)) - 0.4) for a, r in zip(angles, radius, strict=True)]
    return _pen(canvas, place, head, [(0, 0.1), (0.1, 1.0)], [(0.05, 0.7), (0.6, 0.3)], shake=0.02)


def _figure(canvas: Canvas, place: Place) -> list[Mark]:
    x, y, half = place
    limbs: list[list[tuple[float, float]]] = [
        [(0.0, -0.4), (0.0, 0.3)],
        [(-0.6, -0.1), (0.6, -0.1)],
        [(0.0, 0.3), (-0.5, 1.0)],
        [(0.0, 0.3), (0.5, 1.0)],
    ]
    return _circle(canvas, (x, y - 0.7 * half, 0.3 * half)) + _pen(canvas, place, *limbs)


def _bolt(canvas: Canvas, place: Place) -> list[Mark]:
    return _polygon(canvas, place, [(0.3, -1), (-0.6, 0.1), (0, 0.1), (-0.3, 1), (0.6, -0.2), (0.05, -0.2)])


def _wave(canvas: Canvas, place: Place) -> list[Mark]:
    low = float(canvas.rng.uniform(-0.3, 0.3))
    x = np.linspace(-1.3, 1.3, 14)
    return _pen(canvas, place, [(float(a), low + 0.4 * float(np.sin(4 * a))) for a in x], shake=0.03)


def _diamond(canvas: Canvas, place: Place) -> list[Mark]:
    return _polygon(canvas, place, [(0, -1), (0.8, 0), (0, 1), (-0.8, 0)])


def _brackets(canvas: Canvas, place: Place) -> list[Mark]:
    if canvas.rng.random() < 0.5:
        side = [(0.5, -1.0), (0.9, -0.5), (0.9, 0.5), (0.5, 1.0)]
    else:
        side = [(0.5, -1.0), (0.7, -0.3), (0.95, 0.0), (0.7, 0.3), (0.5, 1.0)]
    return _pen(canvas, place, [(-x, y) for x, y in side], side)


def _loop(canvas: Canvas, place: Place) -> list[Mark]:
    angles = np.linspace(0, 2 * np.pi, 24) + 0.5
    return _pen(
        canvas, place, [(1.1 * float(np.cos(a)), 0.6 * float(np.sin(2 * a))) for a in angles], shake=0.03
    )


def _level(canvas: Canvas, place: Place) -> list[Mark]:
    y = float(canvas.rng.uniform(-0.2, 0.8))
    return _pen(canvas, place, [(-1.2, y), (0, y), (1.2, y)], shake=0.04)


SHAPES: dict[str, Shape] = {
    "circles": _circle,
    "boxes": _box,
    "checkboxes": _checkbox,
    "crosses": _cross,
    "plus_signs": _plus,
    "ticks": _tick,
    "arrows": _arrow,
    "stars": _star,
    "triangles": _triangle,
    "hearts": _heart,
    "smiles": _smile,
    "tally": _tally,
    "question_marks": _question,
    "spirals": _spiral,
    "zigzags": _zigzag,
    "dots": _dot,
    "houses": _house,
    "flowers": _flower,
    "stick_figures": _figure,
    "bolts": _bolt,
    "waves": _wave,
    "diamonds": _diamond,
    "brackets": _brackets,
    "loops": _loop,
    "level_strokes": _level,
}
"""Shape of each kind, by name."""


def row_of_shapes(rng: np.random.Generator, bank: DigitBank, kind: str) -> Canvas:
    """Draw one to six shapes of a kind in a row."""
    count = int(rng.integers(1, 7))
    canvas = empty(rng, bank, wide=1.0 + 0.9 * count)
    return _fill(canvas, [SHAPES[kind]] * count)


def mixed_shapes(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Draw shapes of several kinds in a row."""
    count = int(rng.integers(2, 6))
    shapes = list(SHAPES.values())
    return _fill(
        empty(rng, bank, wide=1.0 + 0.9 * count),
        [shapes[int(rng.integers(len(shapes)))] for _ in range(count)],
    )


def _fill(canvas: Canvas, shapes: list[Shape]) -> Canvas:
    left, top, right, bottom = canvas.bounds
    step = (right - left) / len(shapes)
    half = min(0.38 * step, 0.45 * (bottom - top), 0.5 * canvas.size) * float(canvas.rng.uniform(0.75, 1.0))
    for number, shape in enumerate(shapes):
        y = (top + bottom) / 2 + float(canvas.rng.normal(0, 0.06)) * half
        canvas.ink(shape(canvas, (left + (number + 0.5) * step, y, max(half, 3.0))))
    return canvas


def signature(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Draw a signature: a large first letter, a run of loops, a flourish."""
    canvas = empty(rng, bank, wide=4.5, symbol=False)
    left, top, right, bottom = canvas.bounds
    count = int(rng.integers(10, 40))
    x = np.cumsum(rng.exponential(1.0, count) - float(rng.uniform(0.1, 0.5)))  # at times back: loops
    x = (x - x.min()) / max(float(np.ptp(x)), 1e-6)
    tall = np.clip(rng.lognormal(-1.2, 0.6, count), 0.05, 0.5)
    tall[: int(rng.integers(2, 6))] = 0.5
    y = 0.5 + tall * np.where(np.arange(count) % 2, 1, -1) + rng.normal(0, 0.05, count)
    points = np.stack([left + x * (right - left), top + y * (bottom - top)], axis=1)
    marks = [canvas.pen(points)]
    if rng.random() < 0.6:
        low = bottom - float(rng.uniform(0, 0.3)) * (bottom - top)
        marks.append(
            canvas.pen([(right, low), ((left + right) / 2, low + 2), (left + 0.2 * (right - left), low)])
        )
    return canvas.ink(marks)


def scribbled(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Draw a pen that runs at random over an empty field, as when a pen is tried."""
    canvas = empty(rng, bank)
    left, top, right, bottom = canvas.bounds
    steps = np.cumsum(rng.normal(0, 0.35, (int(rng.integers(12, 50)), 2)), axis=0)
    points = np.abs((steps + rng.uniform(0, 1, 2)) % 2 - 1) * [right - left, bottom - top] + [left, top]
    return canvas.ink([canvas.pen(points)])
