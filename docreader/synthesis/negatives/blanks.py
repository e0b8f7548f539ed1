"""Fields without writing: paper, ruled lines, noise, texture, symbols alone, bars, and MICR lines."""

import numpy as np

from docreader.synthesis.form_text import print_text
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.line import Mark
from docreader.synthesis.micr import print_micr
from docreader.synthesis.negatives.amounts import choose, random_digits
from docreader.synthesis.negatives.canvas import Canvas, empty, printed_coverage
from docreader.synthesis.paper import draw_line, mottle, pattern

_TERMS = (
    *("the", "sum", "of", "payable", "demand", "account", "date", "no", "total"),
    *("ref", "value", "bank", "order"),
)
"""Words of small print."""


def paper(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Make an empty field of the form."""
    return empty(rng, bank)


def noisy_paper(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Make an empty field with strong noise and specks."""
    canvas = empty(rng, bank)
    canvas.sheet += float(rng.uniform(8, 30)) * rng.standard_normal(canvas.sheet.shape)
    canvas.sheet[rng.random(canvas.sheet.shape) < rng.uniform(0.002, 0.03)] *= float(rng.uniform(0.1, 0.6))
    return canvas


def specks(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Scatter dust and short hairs over an empty field."""
    canvas = empty(rng, bank)
    left, top, right, bottom = canvas.bounds
    marks: list[Mark] = []
    for _ in range(int(rng.integers(4, 30))):
        start = rng.uniform([left, top], [right, bottom])
        end = start + rng.normal(0, canvas.size * float(rng.choice([0.02, 0.04, 0.25])), 2)
        marks.append(canvas.pen(np.stack([start, end + 0.1]), float(rng.uniform(0.5, 1.5))))
    return canvas.ink(marks, float(rng.uniform(0.3, 0.9)))


def noise(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Make a picture of noise alone, fine or in spots."""
    canvas = empty(rng, bank)
    shape = (canvas.sheet.shape[0], canvas.sheet.shape[1])
    grain = (
        rng.standard_normal(shape) if rng.random() < 0.4 else mottle(rng, shape, float(rng.uniform(2, 14)))
    )
    canvas.sheet = np.clip(rng.uniform(60, 200) + rng.uniform(20, 80) * grain, 0, 255).astype(np.float32)
    return canvas


def ruled_lines(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Print ruled lines alone: level ones, columns, or a grid."""
    canvas = empty(rng, bank, symbol=False)
    rows, columns = canvas.sheet.shape
    light, width, layout = float(rng.uniform(0.2, 0.6)), float(rng.uniform(0.8, 3.0)), int(rng.integers(3))
    step = canvas.size * float(rng.uniform(0.3, 1.0))
    if layout != 1:
        for y in np.arange(rng.uniform(0, step), rows, step):
            draw_line(canvas.sheet, (-5.0, float(y)), (columns + 5.0, float(y)), width, light)
    if layout != 0:
        for x in np.arange(rng.uniform(0, step), columns, step):
            draw_line(canvas.sheet, (float(x), -5.0), (float(x), rows + 5.0), width, light)
    return canvas


def comb(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Print a row of empty cells for single characters."""
    canvas = empty(rng, bank, symbol=False, wide=5.0)
    left, top, right, bottom = canvas.bounds
    light, width = float(rng.uniform(0.2, 0.6)), float(rng.uniform(0.8, 2.0))
    for y in (top, bottom):
        draw_line(canvas.sheet, (left, y), (right, y), width, light)
    for x in np.linspace(left, right, int(rng.integers(4, 11))):
        draw_line(canvas.sheet, (float(x), top), (float(x), bottom), width, light)
    return canvas


def security_print(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Print a strong security pattern alone."""
    canvas = empty(rng, bank)
    shape = (canvas.sheet.shape[0], canvas.sheet.shape[1])
    kind = choose(rng, "waves", "hatch", "arcs", "fan", "braid", "weave", "halftone")
    canvas.sheet -= float(rng.uniform(60, 150)) * pattern(rng, kind, shape, float(rng.uniform(4, 14)))
    return canvas


def symbol_alone(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Make an empty field with a currency symbol, at times with the fillers of an amount."""
    canvas = empty(rng, bank, symbol=True)
    if rng.random() < 0.6:
        canvas.text = choose(rng, "-", "--", "/-", ".-", "=", "***", "$", "x", "., ,", "xx/", "---")
        x, _, _, bottom = canvas.bounds
        canvas.ink(canvas.write(canvas.text, x, bottom))
    return canvas


def barcode(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Print a bar code."""
    bars = np.repeat(rng.random(int(rng.integers(40, 110))) < 0.5, int(rng.integers(1, 4)))
    tall = int(rng.integers(20, 60))
    return printed_coverage(rng, bank, np.tile(bars, (tall, 1)).astype(np.float32), "")


def matrix_code(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Print a square code of black and white cells."""
    cells = rng.random((21, 21)) < 0.5
    for x, y in ((0, 0), (14, 0), (0, 14)):
        cells[y : y + 7, x : x + 7] = np.pad(np.pad(np.ones((3, 3), bool), 1), 1, constant_values=True)
    pitch = int(rng.integers(2, 5))
    return printed_coverage(rng, bank, np.kron(cells, np.ones((pitch, pitch))).astype(np.float32), "")


def photograph(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Make a picture of soft shapes without any line, as of a photograph out of focus."""
    canvas = empty(rng, bank, symbol=False)
    shape = (canvas.sheet.shape[0], canvas.sheet.shape[1])
    scene = sum(
        mottle(rng, shape, size) * weight for size, weight in ((60.0, 40), (20.0, 25), (7.0, 12), (2.0, 5))
    )
    canvas.sheet = np.clip(130 + np.asarray(scene), 0, 255).astype(np.float32)
    return canvas


def micr(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Print a MICR line, or a part of one."""
    transit, account = f"T{random_digits(rng, 9)}T", f"{random_digits(rng, int(rng.integers(6, 11)))}U"
    serial = random_digits(rng, 4)
    amount = f"A{random_digits(rng, int(rng.integers(5, 11)))}A"
    forms = (
        transit,
        account,
        f"{transit} {account} {serial}",
        f"U{serial}U {transit}",
        f"{account} {serial}",
        amount,
    )
    text = choose(rng, *forms)
    return printed_coverage(rng, bank, print_micr(text, float(rng.uniform(16, 44))), text, symbol=False)


def field_struck(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Strike out an empty field: a long stroke, a diagonal, a Z, a wave from side to side."""
    canvas = empty(rng, bank)
    left, top, right, bottom = canvas.bounds
    x = {
        "stroke": (0, 1),
        "diagonal": (0, 1),
        "z": (0, 1, 0, 1),
        "wave": tuple(np.linspace(0, 1, 9).tolist()),
    }
    y = {"stroke": (0.5, 0.5), "diagonal": (1, 0), "z": (0, 0, 1, 1), "wave": (0.3, 0.7) * 4 + (0.3,)}
    form = choose(rng, *x)
    points = np.stack([x[form], y[form]], axis=1) + rng.normal(0, 0.05, (len(x[form]), 2))
    points = points * [right - left, bottom - top] + [left, top]
    weight = float(rng.uniform(0.5, 1.6))
    if form == "z":
        return canvas.ink([canvas.pen(points[n : n + 2], weight) for n in range(3)])
    return canvas.ink([canvas.pen(points, weight)])


def paragraph(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Print several lines of small text, words and numbers."""
    lines = []
    for _ in range(int(rng.integers(2, 5))):
        some = [
            choose(rng, *_TERMS, random_digits(rng, int(rng.integers(1, 6))))
            for _ in range(int(rng.integers(3, 7)))
        ]
        lines.append(print_text(" ".join(some), float(rng.uniform(13, 20)), bool(rng.random() < 0.3)))
    width = max(line.shape[1] for line in lines)
    rows = [np.pad(line, ((0, int(rng.integers(2, 7))), (0, width - line.shape[1]))) for line in lines]
    return printed_coverage(rng, bank, np.concatenate(rows), "", symbol=False)


def chart(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Print a chart of bars, or a scale with its ticks."""
    tall, count = int(rng.integers(30, 70)), int(rng.integers(5, 24))
    pitch = int(rng.integers(5, 16))
    cover = np.zeros((tall, count * pitch + 4), np.float32)
    thick = pitch - 2 if rng.random() < 0.5 else 2
    long = rng.uniform(0.15, 1, count) if thick > 2 else np.where(np.arange(count) % 5 == 0, 0.8, 0.4)
    for n, part in enumerate(long.tolist()):
        cover[tall - max(2, round(part * tall)) :, 2 + n * pitch : 2 + n * pitch + thick] = 1.0
    cover[-2:] = 1.0
    return printed_coverage(rng, bank, cover, "", symbol=False)
