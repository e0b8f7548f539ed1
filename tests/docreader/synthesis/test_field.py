from decimal import Decimal

import numpy as np
import pytest

from docreader.synthesis import STYLES, DigitBank, UnknownStyleError, render_amount


@pytest.mark.parametrize("style", sorted(STYLES))
@pytest.mark.parametrize("seed", range(8))
def test_the_ground_truth_fits_the_image(bank: DigitBank, style: str, seed: int) -> None:
    made = render_amount(np.random.default_rng(seed), bank, style)
    rows, columns = made.image.shape
    assert made.image.dtype == np.uint8
    assert made.style == style
    assert made.label == "".join(c for c in made.text if c.isdigit())
    assert [str(b[0]) for b in made.boxes] == list(made.label)
    background = np.median(made.image)
    for _, x, y, w, h in made.boxes:
        assert x >= 0
        assert y >= 0
        assert x + w <= columns + 1
        assert y + h <= rows + 1
        assert np.percentile(made.image[y : y + h, x : x + w], 5) < background - 15


def test_the_same_state_gives_the_same_pixels(bank: DigitBank) -> None:
    one, same, other = (render_amount(np.random.default_rng(s), bank, "mixed") for s in (11, 11, 12))
    np.testing.assert_array_equal(one.image, same.image)
    assert one.marks == same.marks
    assert one.image.shape != other.image.shape or (one.image != other.image).any()


def test_an_image_does_not_depend_on_earlier_ones(bank: DigitBank) -> None:
    fresh = DigitBank(bank.images, bank.labels)
    for seed in range(4):
        render_amount(np.random.default_rng(seed), fresh, "chile")
    later = render_amount(np.random.default_rng(21), fresh, "chile")
    first = render_amount(np.random.default_rng(21), DigitBank(bank.images, bank.labels), "chile")
    np.testing.assert_array_equal(later.image, first.image)


@pytest.mark.parametrize("seed", range(5))
def test_height_and_amount_can_be_chosen(bank: DigitBank, seed: int) -> None:
    made = render_amount(np.random.default_rng(seed), bank, "usd", amount=Decimal("1234.56"), height=(60, 60))
    assert made.amount == Decimal("1234.56")
    assert made.label in ("123456", "123456100")
    # a tall hand gets a taller crop
    assert 60 <= made.image.shape[0] < 120


def test_mixed_mixes_and_unknown_styles_are_named(bank: DigitBank) -> None:
    styles = {render_amount(np.random.default_rng(s), bank, "mixed").style for s in range(25)}
    assert styles == set(STYLES)
    with pytest.raises(UnknownStyleError, match="'yen'"):
        render_amount(np.random.default_rng(0), bank, "yen")


def test_the_transcript_has_the_currency_symbol_of_the_crop(bank: DigitBank) -> None:
    made = [render_amount(np.random.default_rng(s), bank, "usd") for s in range(30)]
    signed = [m for m in made if m.transcript.startswith("$")]
    assert 0.5 * len(made) < len(signed) < len(made)
    for one in made:
        assert one.transcript.removeprefix("$").replace(".", "") == one.text.replace(" ", "").replace(".", "")
        assert len(one.boxes) == len(one.label)


def test_the_transcript_has_a_point_before_raised_cents(bank: DigitBank) -> None:
    made = [render_amount(np.random.default_rng(s), bank, "usd", amount=Decimal("7.25")) for s in range(40)]
    raised = [m for m in made if m.text == "7 25"]
    assert raised
    assert all(m.transcript.removeprefix("$") == "7.25" for m in raised)
