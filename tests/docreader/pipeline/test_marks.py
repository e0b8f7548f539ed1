"""Points and commas told apart on the line, and decimals that resemble a group."""

import numpy as np
import pytest

from docreader.pipeline.line_evidence import LineBoxes
from docreader.pipeline.marks import classify_marks, has_decimal_mark

POINT, COMMA = (23, 26), (23, 32)
"""First row and the row behind the last."""


def line(mark, read="3.975"):
    """Ink of characters 20 rows high from row 6, in columns 14 apart; the separator is at column 24."""
    ink = np.zeros((40, 100), np.uint8)
    centers = np.array([10.0 + 14 * n for n in range(len(read))])
    for character, center in zip(read, centers, strict=True):
        first, last = (6, 26) if character.isdigit() else mark
        half = 5 if character.isdigit() else 2
        ink[first:last, int(center) - half : int(center) + half] = 220
    digits = np.array([n for n, one in enumerate(read) if one.isdigit()])
    size = len(read)
    return ink, LineBoxes(centers, np.full(size, 10.0), np.full(size, 6.0), np.full(size, 20.0), digits)


@pytest.mark.parametrize(("mark", "kind"), [(POINT, "."), (COMMA, ","), ((20, 26), ""), ((6, 12), "")])
def test_height_and_depth_tell_a_comma_from_a_point(mark, kind):
    ink, boxes = line(mark)
    assert classify_marks(ink, boxes, np.array([24.0])) == [kind]


def test_a_separator_without_a_component_of_its_own_is_of_no_kind():
    ink, boxes = line(POINT)
    ink[24:26] = 220
    assert classify_marks(ink, boxes, np.array([24.0])) == [""]


@pytest.mark.parametrize(
    ("mark", "currency", "found"),
    [
        (POINT, "USD", True),
        (POINT, "INR", True),
        (COMMA, "USD", False),
        (POINT, "CLP", False),
        (POINT, None, False),
        (COMMA, None, False),
    ],
)
def test_a_point_is_no_group_of_a_currency_that_has_it_before_decimals(mark, currency, found):
    ink, boxes = line(mark)
    assert has_decimal_mark(ink, boxes, list("3.975"), "3,975", currency) is found


@pytest.mark.parametrize(("read", "text"), [("3.975-", "3,975"), ("3.97", "3.97"), ("3975", "3975")])
def test_whole_units_that_are_closed_and_cents_are_not_ambiguous(read, text):
    ink, boxes = line(POINT, read)
    assert not has_decimal_mark(ink, boxes, list(read), text, "USD")
