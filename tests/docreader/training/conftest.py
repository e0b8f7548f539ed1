"""Tiny digits: bars and rings that a network learns in a pass or two."""

import cv2
import numpy as np
import pytest

from docreader.io.idx import Digits


def draw(character, rng):
    image = np.zeros((28, 28), np.uint8)
    x, y = (int(v) for v in rng.integers(11, 17, 2))
    pen = int(rng.integers(2, 4))
    if character == 0:
        cv2.ellipse(image, (x, y), (6, 9), 0, 0, 360, 255, pen)
    elif character == 1:
        cv2.line(image, (x + 2, y - 9), (x - 2, y + 9), 255, pen)
    elif character == 4:
        cv2.line(image, (x - 6, y), (x + 6, y), 255, pen)
        cv2.line(image, (x + 2, y - 9), (x + 2, y + 9), 255, pen)
        cv2.line(image, (x - 5, y - 8), (x - 6, y), 255, pen)
    else:
        cv2.line(image, (x - 6, y - 9), (x + 6, y - 9), 255, pen)
        cv2.line(image, (x + 6, y - 9), (x - 3, y + 9), 255, pen)
    return image


def make_digits(count, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.choice([0, 1, 4, 7], count).astype(np.uint8)
    return Digits(np.stack([draw(label, rng) for label in labels]), labels)


@pytest.fixture(scope="session")
def digits():
    return make_digits(240)


@pytest.fixture(scope="session")
def characters(digits):
    return np.array(list("0123456789"))[digits.labels]
