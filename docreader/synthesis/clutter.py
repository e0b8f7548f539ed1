"""Clutter beside the amount: corners of the form, captions, bars, words of the line above, flourishes.

Crops of field location have wide margins, and clutter in them is the first cause of wrong answers on whole checks.
The label contains none of it: the reader has to learn it as non-character.
"""

import cv2
import numpy as np

from docreader.synthesis.form_text import print_text
from docreader.synthesis.glyph import curve
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.line import LineCharacter, Mark, write
from docreader.synthesis.paper import draw_line
from docreader.synthesis.words import english
from docreader.synthesis.writer import Writer

_CAPTIONS = ("DOLLARS", "PAY", "Rs", "AMOUNT", "a/c", "TO THE ORDER OF", "DATE", "pesos", "EUR")


def add_left_clutter(
    rng: np.random.Generator, sheet: np.ndarray, paper: np.ndarray, size: float
) -> tuple[np.ndarray, int]:
    """Widen a sheet at its left by a corner of the form or a caption.

    Args:
        rng: Random generator.
        sheet: (H, W) float32, printed paper, 0..255.
        paper: (H, W) float32, the same paper without print, source of the new part.
        size: Height of a digit, pixels.

    Returns:
        Wider sheet and the width of the new part, pixels.
    """
    tall = sheet.shape[0]
    room = int(size * rng.uniform(0.4, 1.6))
    blank = cv2.copyMakeBorder(paper, 0, 0, room, 0, cv2.BORDER_REFLECT_101)[:, :room]
    wide: np.ndarray = np.hstack([blank, sheet])
    if rng.random() < 0.6:
        # end of the line above, or corner of a box: _|
        light, pen = float(rng.uniform(0.35, 0.75)), float(rng.uniform(0.8, 2.2))
        x, foot = room * float(rng.uniform(0.3, 0.75)), tall * float(rng.uniform(0.5, 0.95))
        draw_line(wide, (-5.0, foot), (x, foot), pen, light)
        draw_line(wide, (x, foot - size * float(rng.uniform(0.15, 1.0))), (x, foot), pen, light)
    else:
        text = print_text(_CAPTIONS[int(rng.integers(len(_CAPTIONS)))], float(rng.uniform(0.3, 0.6)) * size)
        text = text[:tall, -max(room - 4, 1) :]  # cut off at the left
        y = int(rng.uniform(0, tall - text.shape[0] + 1))
        wide[y : y + text.shape[0], : text.shape[1]] *= 1.0 - float(rng.uniform(0.5, 0.85)) * text
    return wide, room


def add_bars(rng: np.random.Generator, sheet: np.ndarray, size: float) -> np.ndarray:
    """Widen a sheet at its right by a stack of bars, as some checks have beside the field."""
    width, step = int(size * rng.uniform(0.25, 0.6)), float(rng.uniform(2.5, 5.0))
    gap = int(rng.uniform(1, 6))
    wide: np.ndarray = cv2.copyMakeBorder(sheet, 0, 0, 0, width + gap, cv2.BORDER_REFLECT_101)
    dark = np.sin(2 * np.pi * np.arange(sheet.shape[0]) / step + rng.uniform(0, 6)) > rng.uniform(-0.6, 0.6)
    wide[dark, sheet.shape[1] + gap :] *= float(rng.uniform(0.15, 0.5))
    return wide


def write_words_above(
    rng: np.random.Generator, writer: Writer, bank: DigitBank, shape: tuple[int, int], size: float
) -> list[Mark]:
    """Write the lower parts of words of the line above the field.

    Args:
        rng: Random generator.
        writer: Writer of the words.
        bank: Handwritten digits.
        shape: (H, W) of the field, pixels.
        size: Height of a digit, pixels.
    """
    letters = [c for c in english(int(rng.integers(2, 1000))) if c.isalpha()][-9:]
    marks = write(rng, writer, bank, [LineCharacter(c) for c in letters], size * float(rng.uniform(0.7, 1.2)))
    if not marks:
        return []
    left = -float(rng.uniform(0.0, 0.7)) * max(m.bounds[2] for m in marks)
    baseline = shape[0] * float(rng.uniform(-0.02, 0.16))
    return [mark.moved(left, baseline) for mark in marks]


def draw_flourish(rng: np.random.Generator, writer: Writer, marks: list[Mark], size: float) -> Mark:
    """Draw a stroke of the same pen below the amount, or through it.

    Args:
        rng: Random generator.
        writer: Writer of the amount.
        marks: Marks of the amount.
        size: Height of a digit, pixels.
    """
    bounds = np.array([m.bounds for m in marks])
    left, right, foot = float(bounds[:, 0].min()), float(bounds[:, 2].max()), float(np.median(bounds[:, 3]))
    span = right - left
    begin = left + span * float(rng.uniform(-0.05, 0.6))
    end = right + size * float(rng.uniform(-0.5, 0.6))
    through = rng.random() < 0.35
    y = foot + size * float(rng.uniform(-0.7, -0.1) if through else rng.uniform(-0.02, 0.16))
    points = np.array(
        [
            [begin, y + size * rng.normal(0, 0.05)],
            [(begin + end) / 2, y + size * rng.normal(0, 0.04)],
            [end, y + size * rng.normal(0, 0.07)],
        ]
    )
    stroke = np.asarray(curve(points * 100 / size) * size / 100, np.float32)
    return Mark("", (stroke,), (writer.thickness(stroke / size) * size,))
