from decimal import Decimal

import numpy as np
import pytest

from docreader.synthesis import LAYOUTS, DigitBank, UnknownStyleError, render_check


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
@pytest.mark.parametrize("seed", [1, 2])
def test_the_amount_lies_in_its_field(bank: DigitBank, layout: str, seed: int) -> None:
    made = render_check(np.random.default_rng(seed), bank, layout, width=(800, 900))
    rows, columns = made.image.shape[:2]
    assert made.image.ndim == 3
    assert 799 <= columns <= 901
    x, y, w, h = made.field
    assert x >= 0
    assert y >= 0
    assert x + w <= columns
    assert y + h <= rows
    assert [str(b[0]) for b in made.boxes] == list(made.label)
    for _, left, top, wide, tall in made.boxes:
        assert x <= left + wide / 2 <= x + w
        assert y - 8 <= top + tall / 2 <= y + h + 8
        patch = made.image[max(0, top) : top + tall, left : left + wide]
        assert patch.min() < np.median(made.image) - 30


def test_the_same_state_gives_the_same_pixels(bank: DigitBank) -> None:
    one, same = (render_check(np.random.default_rng(3), bank, width=(700, 800)) for _ in range(2))
    np.testing.assert_array_equal(one.image, same.image)
    assert one.field == same.field


def test_a_given_amount_is_written(bank: DigitBank) -> None:
    made = render_check(np.random.default_rng(3), bank, "india", amount=Decimal("105000"), width=(700, 700))
    assert made.amount == 105000
    assert made.text.startswith(("1,05,000", "105000"))
    assert made.currency == "INR"


def test_an_unknown_layout_is_named(bank: DigitBank) -> None:
    with pytest.raises(UnknownStyleError, match="'mars'"):
        render_check(np.random.default_rng(0), bank, "mars")
