"""Amounts in shade and glare, under streaks, on paper that the back shows through."""

import cv2
import numpy as np

from docreader.synthesis.field import lay_ink
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.negatives.amounts import clean_amount
from docreader.synthesis.negatives.canvas import Canvas, empty, printed, written
from docreader.synthesis.paper import draw_line, grid, mottle


def shade_half(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Shade one side of a field, which stays readable: the amount is valid."""
    canvas = _valid(rng, bank)
    canvas.sheet *= cast_shadow(canvas, float(rng.uniform(0.25, 0.55)))
    return canvas


def light_falloff(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Let the light fall off along a field, which stays readable: the amount is valid."""
    return fade_light(_valid(rng, bank))


def fade_light(canvas: Canvas) -> Canvas:
    """Let the light fall off to a quarter or a half along a field."""
    rng = canvas.rng
    x, y = grid((canvas.sheet.shape[0], canvas.sheet.shape[1]))
    run = x / canvas.sheet.shape[1] + float(rng.normal(0, 0.3)) * y / canvas.sheet.shape[0]
    run = run if rng.random() < 0.5 else 1 - run
    canvas.sheet *= np.clip(1 - float(rng.uniform(0.5, 0.75)) * np.clip(run, 0, 1), 0.2, 1)
    return canvas


def shade_black(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Shade a side of a field so deeply that its digits are lost in the noise."""
    return darken_side(_any_amount(rng, bank))


def darken_side(canvas: Canvas) -> Canvas:
    """Shade a side of a field until its digits are lost in the noise."""
    rng = canvas.rng
    shade = cast_shadow(canvas, float(rng.uniform(0.01, 0.05)))
    canvas.sheet = canvas.sheet * shade + (1 - shade) * rng.normal(0, 6, canvas.sheet.shape)
    return canvas


def glare(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Wash one or more digits out by reflected light."""
    return wash_out(_any_amount(rng, bank))


def wash_out(canvas: Canvas) -> Canvas:
    """Wash a place of the line out by reflected light."""
    rng, (left, top, right, bottom) = canvas.rng, canvas.bounds
    x, y = grid((canvas.sheet.shape[0], canvas.sheet.shape[1]))
    middle = float(rng.uniform(left + 0.2 * (right - left), right - 0.2 * (right - left))), (top + bottom) / 2
    reach = canvas.size * float(rng.uniform(0.8, 1.6))
    distance = np.hypot((x - middle[0]) / reach, (y - middle[1]) / (1.6 * reach))
    wash = np.clip(1.5 - distance, 0, 1)
    canvas.sheet = canvas.sheet + wash * (253 - canvas.sheet)
    return canvas


def dropout_level(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Drop the middle rows of the line, as a scanner that skips."""
    canvas = _any_amount(rng, bank)
    _, top, _, bottom = canvas.bounds
    tall = (bottom - top) * float(rng.uniform(0.35, 0.55))
    y = top + (bottom - top - tall) * float(rng.uniform(0.35, 0.65))
    canvas.sheet[round(y) : round(y + tall)] = _blank(canvas)
    return canvas


def dropout_upright(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Drop columns as wide as a digit."""
    canvas = _any_amount(rng, bank)
    left, _, right, _ = canvas.bounds
    digits = [mark.bounds for mark in canvas.marks if mark.char.isdigit()]
    for _ in range(int(rng.integers(1, 4))):
        middle = float(rng.uniform(left + 0.2 * (right - left), right - 0.2 * (right - left)))
        if digits:
            box = digits[int(rng.integers(len(digits)))]
            middle = (box[0] + box[2]) / 2
        half = 0.5 * canvas.size * float(rng.uniform(0.6, 1.0))
        canvas.sheet[:, max(0, round(middle - half)) : round(middle + half)] = _blank(canvas)
    return canvas


def streaks(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Draw dark streaks of a dirty scanner along the whole picture: the amount under them is valid."""
    canvas = _valid(rng, bank)
    rows, columns = canvas.sheet.shape
    for _ in range(int(rng.integers(1, 4))):
        width, light = float(rng.uniform(0.8, 2.0)), float(rng.uniform(0.3, 0.7))
        if rng.random() < 0.7:
            x = float(rng.uniform(0, columns))
            draw_line(canvas.sheet, (x, -5.0), (x, rows + 5.0), width, light)
        else:
            y = float(rng.uniform(0, rows))
            draw_line(canvas.sheet, (-5.0, y), (columns + 5.0, y), width, light)
    return canvas


def streaks_dense(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Draw so many wide streaks that the digits are lost between them."""
    canvas = _any_amount(rng, bank)
    rows, columns = canvas.sheet.shape
    step, x = canvas.size * float(rng.uniform(0.2, 0.35)), 0.0
    while x < columns:
        width = step * float(rng.uniform(0.35, 0.7))
        draw_line(canvas.sheet, (x, -5.0), (x, rows + 5.0), width, float(rng.uniform(0.15, 0.45)))
        x += step * float(rng.uniform(0.7, 1.4))
    return canvas


def show_through(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Let writing of the back show through, fainter than the amount, which is valid."""
    text, value = clean_amount(rng)
    canvas = _ghost(written(rng, bank, text, amount=value, inked=False), 0.1, 0.32)
    return canvas.ink(canvas.marks)


def show_through_alone(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Let writing of the back show through an empty field."""
    return _ghost(empty(rng, bank), 0.12, 0.4)


def _ghost(canvas: Canvas, least: float, most: float) -> Canvas:
    """Write an amount in mirror script, faint and blurred by the paper."""
    rng, shape = canvas.rng, canvas.sheet.shape
    left, _, right, bottom = canvas.bounds
    start = shape[1] - right + float(rng.uniform(-0.5, 0.3)) * (right - left)
    back = canvas.write(
        clean_amount(rng, least=3)[0], start, bottom - canvas.size * float(rng.normal(0, 0.1))
    )
    share = lay_ink(rng, np.ones(shape, np.float32), back, float(rng.uniform(least, most)))[:, ::-1]
    canvas.sheet *= cv2.GaussianBlur(np.ascontiguousarray(share), (0, 0), 0.02 * canvas.size + 0.3)
    return canvas


def cast_shadow(canvas: Canvas, light: float) -> np.ndarray:
    """Return the light of a field with a shadow of soft edge over one side, (H, W) of `light` to 1."""
    rng, (rows, columns) = canvas.rng, canvas.sheet.shape
    left, _, right, _ = canvas.bounds
    x, y = grid((rows, columns))
    edge = float(rng.uniform(left + 0.3 * (right - left), left + 0.7 * (right - left)))
    soft = canvas.size * float(rng.uniform(0.03, 0.6))
    slope = float(rng.normal(0, 0.4))
    run = (x - edge - slope * (y - rows / 2) + 0.1 * soft * mottle(rng, (rows, columns), 20.0)) / soft
    covered = np.clip(0.5 + (run if rng.random() < 0.5 else -run), 0, 1)
    return np.asarray(1 - (1 - light) * covered, np.float32)


def _blank(canvas: Canvas) -> float:
    """Return the gray level of a dropped part: white, or the paper's."""
    return 250.0 if canvas.rng.random() < 0.5 else float(np.percentile(canvas.sheet, 75))


def _valid(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    text, value = clean_amount(rng)
    make = printed if rng.random() < 0.2 else written
    return make(rng, bank, text, amount=value)


def _any_amount(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    canvas = _valid(rng, bank)
    canvas.amount = None
    return canvas
