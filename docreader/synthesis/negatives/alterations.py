"""Amounts altered after they were written: overwritten, blotted, smeared, erased, under correction fluid."""

from dataclasses import replace

import cv2
import numpy as np

from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.line import Mark
from docreader.synthesis.negatives.amounts import choose, clean_amount
from docreader.synthesis.negatives.canvas import Bounds, Canvas, extent, paste, printed, written
from docreader.synthesis.paper import mottle


def overwritten_digit(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Write other digits over one or two of an amount, written or printed, with the same pen or another."""
    text = clean_amount(rng)[0]
    canvas = printed(rng, bank, text) if rng.random() < 0.15 else written(rng, bank, text)
    boxes = canvas.digits()
    darkness = canvas.writer.darkness if rng.random() < 0.5 else float(rng.uniform(0.55, 0.95))
    weight = float(rng.uniform(0.7, 1.6))
    for n in rng.permutation(len(boxes))[: int(rng.integers(1, 3))].tolist():
        char = next((mark.char for mark in canvas.marks if mark.bounds == boxes[n]), "")
        marks, _ = _digit_over(canvas, boxes[n], char, float(rng.uniform(0.8, 1.15)))
        canvas.ink(
            [replace(one, thickness=tuple(pen * weight for pen in one.thickness)) for one in marks], darkness
        )
    return canvas


def overwritten(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Write a second amount over the first."""
    canvas = written(rng, bank, clean_amount(rng)[0])
    second = clean_amount(rng)[0]
    left, _, _, bottom = canvas.bounds
    shift = rng.uniform(-0.15, 0.4) * canvas.size, rng.uniform(-0.15, 0.1) * canvas.size
    canvas.ink(canvas.write(second, left + shift[0], bottom + shift[1], float(rng.uniform(0.85, 1.1))))
    canvas.text += f" / {second}"
    return canvas


def blot_digit(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Blot one or two digits."""
    canvas = written(rng, bank, clean_amount(rng)[0])
    for mark in _some_digits(canvas, int(rng.integers(1, 3))):
        blot(canvas, mark.bounds, float(rng.uniform(0.45, 0.75)))
    return canvas


def blots(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Spatter an amount with blots that cover most of it."""
    canvas = written(rng, bank, clean_amount(rng)[0])
    for mark in canvas.marks[:: int(rng.integers(1, 3))]:
        blot(canvas, mark.bounds, float(rng.uniform(0.3, 0.8)))
    return canvas


def blots_alone(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Blot the places of an amount that is not there."""
    canvas = written(rng, bank, clean_amount(rng)[0], inked=False)
    for mark in canvas.marks[: int(rng.integers(1, 6))]:
        blot(canvas, mark.bounds, float(rng.uniform(0.15, 0.6)))
    canvas.text = ""
    return canvas


def smeared(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Smear the wet ink of an amount, or of a part, sidewards."""
    canvas = written(rng, bank, clean_amount(rng)[0])
    left, right = _part(canvas, 0.35, 1.0)
    length = max(5, round(canvas.size * float(rng.uniform(0.8, 1.8))))
    blurred = cv2.blur(canvas.sheet, (length, max(1, length // 6)), borderType=cv2.BORDER_REFLECT)
    canvas.sheet[:, left:right] = (0.06 * canvas.sheet + 0.94 * blurred)[:, left:right]
    return canvas


def erased(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Erase an amount; a trace of the ink is left, on roughened paper."""
    return _erase(rng, bank, 1.0)


def erased_part(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Erase some digits of an amount."""
    return _erase(rng, bank, float(rng.uniform(0.25, 0.6)))


def fluid(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Cover an amount with correction fluid, under which parts show."""
    canvas = written(rng, bank, clean_amount(rng)[0])
    left, top, right, bottom = canvas.bounds
    tall = bottom - top
    paint_over(canvas, (left, top + tall * rng.uniform(0, 0.2), right, bottom - tall * rng.uniform(0, 0.2)))
    return canvas


def fluid_digit(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Cover one or two digits with correction fluid, and write nothing over it."""
    canvas = written(rng, bank, clean_amount(rng, least=3)[0])
    for mark in _some_digits(canvas, int(rng.integers(1, 3))):
        paint_over(canvas, mark.bounds)
    return canvas


def fluid_rewritten(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Cover a digit with correction fluid and write another one over it: the new amount is valid."""
    while True:
        text, value = clean_amount(rng)
        canvas = written(rng, bank, text, amount=value)
        [mark] = _some_digits(canvas, 1)
        place = next(i for i, one in enumerate(canvas.marks) if one is mark)
        strokes, digit = replacement(canvas, mark)
        changed = text[:place] + digit + text[place + 1 :]
        if changed[0] == "0" or changed == text:
            continue
        paint_over(canvas, mark.bounds)
        canvas.ink(strokes)
        order = sum(c.isdigit() for c in text[place + 1 :].removesuffix("/-"))
        exponent = value.as_tuple().exponent
        shift = order + (0 if text.endswith("/-") else int(exponent))
        canvas.amount = value + (int(digit) - int(text[place])) * value.__class__(10) ** shift
        canvas.amount = canvas.amount.quantize(value)
        canvas.text = changed
        return canvas


def _some_digits(canvas: Canvas, count: int) -> list[Mark]:
    """Return different marks of digits, chosen at random."""
    marks = [mark for mark in canvas.marks if mark.char.isdigit()]
    chosen = canvas.rng.choice(len(marks), min(count, len(marks)), replace=False)
    return [marks[int(i)] for i in chosen]


def replacement(canvas: Canvas, mark: Mark) -> tuple[list[Mark], str]:
    """Return the marks of another digit in the place of a mark, and that digit."""
    return _digit_over(canvas, mark.bounds, mark.char)


def _digit_over(canvas: Canvas, box: Bounds, char: str, scale: float = 1.0) -> tuple[list[Mark], str]:
    """Return the marks of a digit other than `char` in a box, and that digit."""
    digit = choose(canvas.rng, *(c for c in "023456789" if c != char))
    left, _, right, bottom = box
    marks = canvas.write(digit, left, bottom, scale)
    low, _, high, foot = extent(marks)
    return [one.moved((left + right - low - high) / 2, bottom - foot) for one in marks], digit


def _part(canvas: Canvas, least: float, most: float) -> tuple[int, int]:
    """Return left and right of a random part of the line, pixels."""
    left, _, right, _ = canvas.bounds
    width = (right - left) * float(canvas.rng.uniform(least, most))
    start = left + float(canvas.rng.uniform(0, right - left - width + 1e-6))
    return max(0, int(start)), int(start + width) + 1


def blot(canvas: Canvas, box: Bounds, radius: float) -> None:
    """Draw a blot with an uneven edge; the radius is in heights of a digit."""
    rng, (left, top, right, bottom) = canvas.rng, box
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    edge = 1 + sum(rng.normal(0, 0.18 / n) * np.cos(n * angles + rng.uniform(0, 6.3)) for n in range(1, 6))
    reach = radius * canvas.size * edge
    stretch = float(rng.uniform(0.75, 1.3))
    middle = (left + right) / 2, (top + bottom) / 2
    points = np.stack(
        [middle[0] + reach * np.cos(angles) * stretch, middle[1] + reach * np.sin(angles)], axis=1
    )
    cover = np.zeros(canvas.sheet.shape, np.uint8)
    cv2.fillPoly(cover, [np.round(points * 8).astype(np.int32)], 255, cv2.LINE_AA, 3)
    paste(canvas.sheet, cover.astype(np.float32) / 255, 0.0, 0.0, float(rng.uniform(0.65, 0.95)))


def paint_over(canvas: Canvas, box: Bounds) -> None:
    """Paint correction fluid over a box: brighter than the paper, with a soft, uneven edge."""
    rng, (left, top, right, bottom) = canvas.rng, box
    shape = (canvas.sheet.shape[0], canvas.sheet.shape[1])
    cover = np.zeros(shape, np.float32)
    margin = canvas.size * rng.uniform(0.04, 0.15, 4)
    corner = (int(left - margin[0]), int(top - margin[1]))
    cv2.rectangle(cover, corner, (int(right + margin[2]), int(bottom + margin[3])), 1.0, -1)
    edge = cv2.GaussianBlur(cover, (0, 0), canvas.size * 0.06 + 0.5) + 0.18 * mottle(
        rng, shape, canvas.size * 0.25
    )
    solid = np.clip((edge - 0.4) * 6, 0, 1) * cv2.dilate(cover, np.ones((5, 5), np.uint8))
    light = min(252.0, float(np.percentile(canvas.sheet, 80)) + float(rng.uniform(4, 35)))
    canvas.sheet = canvas.sheet * (1 - 0.98 * solid) + 0.98 * solid * (light + 2 * mottle(rng, shape, 6.0))


def _erase(rng: np.random.Generator, bank: DigitBank, share: float) -> Canvas:
    canvas = written(rng, bank, clean_amount(rng, least=3)[0], inked=False)
    paper = canvas.sheet.copy()
    canvas.ink(canvas.marks)
    left, right = (0, paper.shape[1]) if share >= 1 else _part(canvas, share, share)
    left_over = float(rng.uniform(0.03, 0.16)) * np.clip(1 + 0.8 * mottle(rng, paper.shape[:2], 8.0), 0, 2.5)
    rough = rng.normal(0, rng.uniform(0.5, 3), paper.shape) + float(rng.uniform(0, 8))
    rubbed = np.minimum(paper + rough, 254) - left_over * (paper - canvas.sheet)
    canvas.sheet[:, left:right] = rubbed[:, left:right]
    return canvas
