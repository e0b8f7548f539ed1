"""Combs are removed, and the digits in their cells are kept."""

import cv2
import numpy as np
import pytest

from segment.cleaning.combs import remove_comb

CELL, HEIGHT, TOP, LEFT = 44, 52, 14, 20


def draw_digits(text, cells):
    """Draw the ink of a digit in each cell: the densities of the digits alone, 0 or 1."""
    ink = np.zeros((HEIGHT + 2 * TOP, cells * CELL + 2 * LEFT), np.uint8)
    for number, digit in enumerate(text):
        place = LEFT + number * CELL + 11, TOP + HEIGHT - 12
        cv2.putText(ink, digit, place, cv2.FONT_HERSHEY_SIMPLEX, 1.0, 255, 4)
    return (ink / 255).astype(np.float32)


def draw_comb(cells, height=HEIGHT, rails=("top", "bottom")):
    """Draw the dividers of a comb, and its rails."""
    ink = np.zeros((HEIGHT + 2 * TOP, cells * CELL + 2 * LEFT), np.float32)
    bottom, right = TOP + HEIGHT, LEFT + cells * CELL
    for x in range(LEFT, right + 1, CELL):
        ink[bottom - height : bottom, x : x + 2] = 1
    for rail in rails:
        y = TOP if rail == "top" else bottom
        ink[y : y + 2, LEFT : right + 2] = 1
    return ink


@pytest.mark.parametrize(("height", "rails"), [(HEIGHT, ("top", "bottom")), (HEIGHT // 2, ("bottom",))])
@pytest.mark.parametrize("text", ["2700", "4851936", "1117", "7"])
def test_the_comb_goes_and_all_digits_stay(text, height, rails):
    cells = len(text) + 2
    digits, comb = draw_digits(text, cells), draw_comb(cells, height, rails)
    left = remove_comb(np.maximum(digits, comb), 4.0) > 0.5
    for number in range(len(text)):
        cell = slice(LEFT + number * CELL + 3, LEFT + (number + 1) * CELL - 1)
        assert left[:, cell][digits[:, cell] > 0.5].mean() > 0.9
    empty = left & (cv2.dilate(digits, np.ones((5, 5))) < 0.5)
    assert empty.sum() < 0.05 * (comb > 0.5).sum()


@pytest.mark.parametrize("text", ["1111111", "11", "4747474"])
def test_strokes_of_digits_are_no_dividers(text):
    digits = draw_digits(text, len(text))
    np.testing.assert_array_equal(remove_comb(digits, 4.0), digits)


def test_a_plain_box_is_no_comb():
    box = draw_digits("2700", 6)
    box[TOP : TOP + 2, LEFT:-LEFT] = box[TOP + HEIGHT : TOP + HEIGHT + 2, LEFT:-LEFT] = 1
    box[TOP : TOP + HEIGHT, LEFT : LEFT + 2] = box[TOP : TOP + HEIGHT, -LEFT - 2 : -LEFT] = 1
    np.testing.assert_array_equal(remove_comb(box, 4.0), box)
