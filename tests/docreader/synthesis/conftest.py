"""Digits for the tests: a few drawn ones, so that no data has to be there."""

import cv2
import numpy as np
import pytest

from docreader.synthesis.alphabet import DIGITS
from docreader.synthesis.glyph import parse_glyph
from docreader.synthesis.glyph_bank import DigitBank


def draw_digit(drawing: str, size: int = 20) -> np.ndarray:
    """A 28 x 28 bitmap in MNIST's manner, ink 255 on 0."""
    glyph = parse_glyph(drawing)
    image = np.zeros((112, 112), np.uint8)
    unit = 4 * size / max(1.0, glyph.width)
    for stroke in glyph.strokes:
        points = np.round(stroke * unit + [56 - glyph.width * unit / 2, 56 + unit / 2]).astype(np.int32)
        cv2.polylines(image, [points], False, 255, 8)
    return cv2.resize(image, (28, 28), interpolation=cv2.INTER_AREA)


def drawn_digits() -> tuple[np.ndarray, np.ndarray]:
    """Two images of each digit and their labels."""
    images = [draw_digit(drawing) for shapes in DIGITS.values() for drawing in shapes[:2]]
    labels = [int(digit) for digit in DIGITS for _ in range(2)]
    return np.stack(images), np.array(labels, np.uint8)


@pytest.fixture(scope="session")
def bank() -> DigitBank:
    return DigitBank(*drawn_digits())
