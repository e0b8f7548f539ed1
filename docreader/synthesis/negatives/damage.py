"""Amounts of which a part is gone: redacted, punched, torn off, out of focus, a digit missing, two half lines."""

import cv2
import numpy as np

from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.negatives.amounts import clean_amount
from docreader.synthesis.negatives.canvas import Bounds, Canvas, extent, printed, written
from docreader.synthesis.negatives.strikes import stack
from docreader.synthesis.paper import grid, mottle


def redacted(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Black out some digits, or all, by a bar or a broad pen."""
    return redact(_any_line(rng, bank))


def redact(canvas: Canvas) -> Canvas:
    """Black out some places of the line, or all, by a bar or a broad pen."""
    rng = canvas.rng
    left, top, right, bottom = _some(canvas)
    if rng.random() < 0.5:
        light = float(rng.uniform(5, 90))
        canvas.sheet[max(0, int(top)) : int(bottom) + 1, max(0, int(left)) : int(right) + 1] = light
        return canvas
    for y in np.arange(top, bottom, 0.22 * canvas.size):
        shake = rng.normal(0, 0.05, 2) * canvas.size
        ends = [(left + shake[0], float(y)), (right + shake[1], float(y + shake[0]))]
        canvas.ink([canvas.pen(ends, 0.3 * canvas.size / (canvas.writer.pen * canvas.size))], 0.85)
    return canvas


def hole(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Punch a hole through a digit; the background behind it is dark or white."""
    return punch(_any_line(rng, bank))


def punch(canvas: Canvas) -> Canvas:
    """Punch a hole through a digit."""
    rng = canvas.rng
    left, top, right, bottom = _digit(canvas)
    x, y = grid((canvas.sheet.shape[0], canvas.sheet.shape[1]))
    radius = canvas.size * float(rng.uniform(0.4, 0.65))
    inside = np.clip(radius - np.hypot(x - (left + right) / 2, y - (top + bottom) / 2) + 0.5, 0, 1)
    canvas.sheet += inside * (float(rng.choice([10.0, 40.0, 253.0])) - canvas.sheet)
    return canvas


def torn(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Tear a corner or a side off, along an uneven edge through a digit."""
    return tear(_any_line(rng, bank))


def tear(canvas: Canvas) -> Canvas:
    """Tear a side off, along an uneven edge through a digit."""
    rng = canvas.rng
    left, _, right, _ = _digit(canvas)
    x, y = grid((canvas.sheet.shape[0], canvas.sheet.shape[1]))
    slope, ragged = float(rng.normal(0, 0.5)), 0.08 * canvas.size
    edge = (left + right) / 2 + slope * (y - canvas.sheet.shape[0] / 2)
    edge = edge + ragged * mottle(rng, (canvas.sheet.shape[0], 8), 5.0)[:, :1]
    middle = (canvas.bounds[0] + canvas.bounds[2]) / 2
    gone = np.clip((x - edge) * (1 if left > middle else -1) + 0.5, 0, 1)
    canvas.sheet += gone * (float(rng.choice([12.0, 60.0, 252.0])) - canvas.sheet)
    return canvas


def defocused(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Blur an amount until its digits run together."""
    return defocus(_any_line(rng, bank))


def defocus(canvas: Canvas) -> Canvas:
    """Blur a field until its digits run together."""
    rng = canvas.rng
    sigma = canvas.size * float(rng.uniform(0.22, 0.4))
    canvas.sheet = cv2.GaussianBlur(canvas.sheet.astype(np.float32), (0, 0), sigma)
    return canvas


def mosaic(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Reduce an amount to cells of which a digit has three or four in height."""
    return pixelate(_any_line(rng, bank))


def pixelate(canvas: Canvas) -> Canvas:
    """Reduce a field to cells of which a digit has three or four in height."""
    rng = canvas.rng
    rows, columns = canvas.sheet.shape
    cell = canvas.size / float(rng.uniform(2.5, 4.0))
    small = (max(2, round(columns / cell)), max(2, round(rows / cell)))
    coarse = cv2.resize(canvas.sheet.astype(np.float32), small, interpolation=cv2.INTER_AREA)
    sense = cv2.INTER_NEAREST if rng.random() < 0.6 else cv2.INTER_CUBIC
    canvas.sheet = np.asarray(cv2.resize(coarse, (columns, rows), interpolation=sense), np.float32)
    return canvas


def digit_missing(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Leave the place of one or two inner digits empty."""
    canvas = written(rng, bank, clean_amount(rng, decimals=True, least=4)[0], inked=False)
    inner = [number for number, mark in enumerate(canvas.marks) if mark.char.isdigit()][1:-1]
    gone = {int(rng.choice(inner)) for _ in range(int(rng.integers(1, 3)))}
    canvas.text = "".join(" " if n in gone else mark.char for n, mark in enumerate(canvas.marks))
    return canvas.ink(mark for number, mark in enumerate(canvas.marks) if number not in gone)


def between_lines(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Crop between two lines: the lower half of one, the upper half of the next."""
    above, below = (clean_amount(rng, least=3)[0] for _ in range(2))
    canvas = stack(rng, bank, above, below, float(rng.uniform(0.9, 1.1)))
    _, top, _, bottom = extent([mark for mark in canvas.marks if mark.char.isdigit()])
    first = max(0, round(top - canvas.size * float(rng.uniform(0.5, 0.75))))
    canvas.sheet = canvas.sheet[first : round(top + (bottom - top) * float(rng.uniform(0.4, 0.6)))]
    return canvas


def _any_line(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    text = clean_amount(rng, least=3)[0]
    return printed(rng, bank, text) if rng.random() < 0.2 else written(rng, bank, text)


def _digit(canvas: Canvas) -> Bounds:
    """Return the box of a digit; of printed lines whose characters touch, of a place as wide as one."""
    digits = canvas.digits()
    if digits:
        return digits[int(canvas.rng.integers(len(digits)))]
    left, top, right, bottom = canvas.bounds
    x = float(canvas.rng.uniform(left, max(left + 1, right - 0.6 * canvas.size)))
    return x, top, x + 0.6 * canvas.size, bottom


def _some(canvas: Canvas) -> Bounds:
    """Return the box of several digits, at times of all."""
    left, top, right, bottom = canvas.bounds
    if canvas.rng.random() < 0.4:
        return left, top, right, bottom
    low, _, high, _ = _digit(canvas)
    return low, top, min(right, high + canvas.size * float(canvas.rng.uniform(0, 1.2))), bottom
