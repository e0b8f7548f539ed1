from decimal import Decimal

import numpy as np

from docreader.synthesis.amounts import write_amount
from docreader.synthesis.rendered import RenderedAmount, digit_boxes

IMAGE = np.full((20, 60), 255, np.uint8)


def test_a_visible_currency_symbol_is_part_of_the_transcript() -> None:
    written = write_amount(np.random.default_rng(0), "chile", Decimal("5300"))
    with_symbol, without = (
        RenderedAmount.from_written(IMAGE, written, "chile", symbol=symbol) for symbol in (True, False)
    )
    assert with_symbol.transcript == "$" + without.transcript
    assert (without.label, without.amount, without.currency) == ("5300", Decimal("5300"), "CLP")
    assert without.boxes == []


def test_boxes_are_those_of_digits_in_whole_pixels() -> None:
    marks = (("1", 0.4, 1.6, 3.2, 9.7), (".", 4.0, 9.0, 1.0, 1.0), ("0", 6.0, 2.0, 5.0, 8.0))
    assert digit_boxes(marks) == [[1, 0, 2, 3, 10], [0, 6, 2, 5, 8]]
