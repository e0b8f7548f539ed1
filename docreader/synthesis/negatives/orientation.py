"""Amounts cut by the edge of the picture, mirrored, and turned."""

import cv2
import numpy as np

from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.negatives.amounts import clean_amount
from docreader.synthesis.negatives.canvas import Canvas, extent, printed, written

_ASYMMETRIC = "3467"
"""Digits that are no digit upside down or mirrored."""

_OPEN = {"left": "04689", "right": "02348"}
"""Digits whose ink reaches the edge where their left or right part is cut off."""


def cut_side(rng: np.random.Generator, bank: DigitBank, side: str) -> Canvas:
    """Cut an amount through one of its digits: at the `left` or the `right`."""
    while True:
        canvas = written(rng, bank, clean_amount(rng, least=3)[0], symbol=False if side == "left" else None)
        digits = [mark for mark in canvas.marks if mark.char.isdigit()]
        wide = [mark for mark in digits if mark.char in _OPEN[side] and mark.bounds[2] - mark.bounds[0] > 6]
        wide = [m for m in wide if m is not digits[0 if side == "right" else -1]]
        if wide:
            break
    mark = wide[int(rng.integers(len(wide)))]
    left, _, right, _ = mark.bounds
    share = float(rng.uniform(0.3, 0.65))
    x = round(left + (right - left) * (share if side == "right" else 1 - share))
    canvas.sheet = canvas.sheet[:, :x] if side == "right" else canvas.sheet[:, x:]
    return canvas


def cut_level(rng: np.random.Generator, bank: DigitBank, side: str) -> Canvas:
    """Cut an amount through its height: at the `top` or the `bottom`."""
    canvas = _any_line(rng, bank)
    _, top, _, bottom = canvas.bounds
    if canvas.marks:
        _, top, _, bottom = extent([mark for mark in canvas.marks if mark.char.isdigit()])
    y = round(top + (bottom - top) * float(rng.uniform(0.28, 0.7)))
    canvas.sheet = canvas.sheet[y:] if side == "top" else canvas.sheet[:y]
    if canvas.sheet.shape[0] < 12:  # what is left is enlarged to the least height of a field
        rows = int(rng.integers(20, 40))
        scale = rows / canvas.sheet.shape[0]
        canvas.sheet = cv2.resize(canvas.sheet, (round(canvas.sheet.shape[1] * scale), rows))
    return canvas


def mirrored(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Mirror an amount: left is right."""
    canvas = _any_line(rng, bank)
    canvas.sheet = canvas.sheet[:, ::-1]
    return canvas


def flipped(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Flip an amount: top is bottom."""
    canvas = _any_line(rng, bank)
    canvas.sheet = canvas.sheet[::-1]
    return canvas


def upside_down(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Turn an amount by half a turn."""
    canvas = _any_line(rng, bank)
    canvas.sheet = canvas.sheet[::-1, ::-1]
    return canvas


def quarter_turn(rng: np.random.Generator, bank: DigitBank, direction: str) -> Canvas:
    """Turn an amount by a quarter turn, `cw` or `ccw`."""
    canvas = _any_line(rng, bank)
    canvas.sheet = np.rot90(canvas.sheet, -1 if direction == "cw" else 1)
    return canvas


def tilted(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Turn an amount by 35 to 65 degrees, on paper that goes on around it."""
    canvas = _any_line(rng, bank)
    rows, columns = canvas.sheet.shape
    angle = float(rng.uniform(35, 65)) * (1 if rng.random() < 0.5 else -1)
    side = int(np.hypot(rows, columns) * 0.95)
    turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), angle, 1.0)
    turn[:, 2] += np.array([(side - columns) / 2, (side - rows) / 2])
    paper = float(np.percentile(canvas.sheet, 70))
    turned = cv2.warpAffine(canvas.sheet.astype(np.float32), turn, (side, side), borderValue=paper)
    canvas.sheet = np.asarray(turned, np.float32)
    return canvas


def _any_line(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Return an amount, at times printed, that has no other reading upside down or mirrored."""
    while True:
        text = clean_amount(rng, least=3)[0]
        if sum(c in _ASYMMETRIC for c in text) >= 2:
            break
    return printed(rng, bank, text) if rng.random() < 0.25 else written(rng, bank, text)
