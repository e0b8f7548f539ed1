"""Currency signs that are printed before an amount."""

import cv2
import numpy as np
import pytest

from docreader.synthesis.form_text import print_symbol
from segment.page.currency_symbol import erase_symbol, find_currency_symbol, split_currency_symbol
from segment.page.field_location import LocatedField
from segment.page.overview import make_overview

BOX = (690, 150, 250, 44)


def page(sign: str = "", *, height: float = 25, bold: bool = True, cell: bool = False) -> np.ndarray:
    image = np.full((430, 1000), 225, np.uint8)
    x, y, w, h = BOX
    cv2.rectangle(image, (x, y), (x + w, y + h), 90, 1)
    if cell:
        cv2.line(image, (x + 50, y), (x + 50, y + h), 90, 1)
    if sign:
        drawn = print_symbol(sign, height, bold)
        part = image[y + 8 : y + 8 + drawn.shape[0], x + 12 : x + 12 + drawn.shape[1]]
        part[:] = (part * (1 - 0.8 * drawn)).astype(np.uint8)
    cv2.putText(image, "1234.00", (x + 75, y + 35), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 60, 2, cv2.LINE_AA)
    cv2.putText(image, "Two thousand and more", (60, 260), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 60, 2, cv2.LINE_AA)
    return image


@pytest.mark.parametrize("zoom", [1, 2])
@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("sign", ["$", "₹", "€", "£"])
def test_each_sign_is_known(sign, bold, zoom):
    image = cv2.resize(page(sign, bold=bold), None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC)
    box = tuple(zoom * value for value in BOX)
    found = find_currency_symbol(make_overview(image), LocatedField(box, box, 0.0))
    assert found is not None
    assert found.kind == sign
    x, _, w, _ = (value / zoom for value in found.box)
    assert BOX[0] + 5 < x < BOX[0] + 20
    assert x + w <= found.end / zoom + 1 < BOX[0] + 70


def test_digits_are_no_sign():
    assert find_currency_symbol(make_overview(page()), LocatedField(BOX, BOX, 0.0)) is None
    assert (
        find_currency_symbol(make_overview(np.full((430, 1000), 225, np.uint8)), LocatedField(BOX, BOX, 0.0))
        is None
    )


def test_the_amount_begins_behind_the_line_that_closes_the_cell():
    found = find_currency_symbol(make_overview(page("₹", cell=True)), LocatedField(BOX, BOX, 0.0))
    assert found is not None
    assert BOX[0] + 50 < found.end < BOX[0] + 60


def test_a_sign_is_painted_over_and_nothing_else():
    image = page("$")
    found = find_currency_symbol(make_overview(image), LocatedField(BOX, BOX, 0.0))
    assert found is not None
    erase_symbol(image, found.box)
    assert np.array_equal(image[:, BOX[0] + 60 :], page()[:, BOX[0] + 60 :])
    assert np.abs(image.astype(int) - page()).max() < 20


def table(sign: str) -> np.ndarray:
    """A date, a line, and an amount with a sign before it."""
    image = page(sign)
    x, y, w, h = BOX
    cv2.rectangle(image, (x - 200, y), (x + w, y + h), 90, 1)
    cv2.putText(image, "02/11/23", (x - 180, y + 35), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 60, 2, cv2.LINE_AA)
    return image


def test_the_amount_of_a_table_is_in_its_last_cell():
    x, y, w, h = BOX
    whole = LocatedField((x - 200, y, w + 200, h), (x - 200, y, w + 200, h), -1.5)
    found, sign = split_currency_symbol(make_overview(table("$")), whole)
    assert sign is not None
    assert sign.kind == "$"
    assert found.score == whole.score
    assert abs(found.field_box[0] - x) <= 3
    assert found.field_box[0] + found.field_box[2] == x + w
    assert found.box[0] < found.field_box[0]
    assert (
        split_currency_symbol(make_overview(table("")), whole)[0] is whole
    )  # any line from border to border might be written
    assert (
        split_currency_symbol(make_overview(page("$", cell=True)), LocatedField(BOX, BOX, 0.0))[0].field_box
        == BOX
    )
