import numpy as np
import pytest

from docreader.decoding.currencies import CURRENCIES
from docreader.synthesis import DigitBank
from docreader.synthesis.fonts import built_in
from docreader.synthesis.line import LineCharacter
from docreader.synthesis.world_amounts import write_world_amount
from docreader.synthesis.world_print import MACHINES, Typesetting, set_line
from docreader.synthesis.world_text import draw_amount
from docreader.training.reader.synthetic import strip_unknown
from docreader.training.reader.transcription import encode

CODES = sorted(CURRENCIES)


def test_every_transcript_has_classes_and_the_digits_of_the_amount() -> None:
    for seed in range(400):
        rng = np.random.default_rng(seed)
        amount = write_world_amount(rng, CURRENCIES[CODES[seed % len(CODES)]], by_machine=seed % 2 == 0)
        encode(strip_unknown(amount.transcript, "0123456789.-/$*x?"), "test")
        digits = "".join(c for c in amount.transcript if c.isdigit())
        value = f"{amount.written.amount:f}".replace(".", "")
        assert digits.startswith(value.rstrip("0") if "." in f"{amount.written.amount}" else value)
        assert ("$" in amount.transcript) == amount.symbol


def test_groups_and_decimals_are_of_the_currency() -> None:
    dinar = [
        write_world_amount(np.random.default_rng(seed), CURRENCIES["TND"], by_machine=True).written.amount
        for seed in range(60)
    ]
    assert any(value.as_tuple().exponent == -3 for value in dinar)
    rupees = [
        write_world_amount(np.random.default_rng(seed), CURRENCIES["INR"], by_machine=False).transcript
        for seed in range(150)
    ]
    assert any("," in text.split(",", 1)[-1][:3] for text in rupees)  # a group of two
    pesos = [
        write_world_amount(np.random.default_rng(seed), CURRENCIES["CLP"], by_machine=False).written.amount
        for seed in range(30)
    ]
    assert all(value == int(value) for value in pesos)


def test_fillers_stand_on_both_sides() -> None:
    texts = [
        write_world_amount(np.random.default_rng(seed), CURRENCIES["USD"], by_machine=True).transcript
        for seed in range(300)
    ]
    assert any(text.startswith("***") and text.endswith("***") for text in texts)
    assert any("$" in text for text in texts)
    assert max(text.count("*") for text in texts) > 10


@pytest.mark.parametrize("manner", MACHINES)
def test_print_is_as_high_as_said(manner: str) -> None:
    rng = np.random.default_rng(3)
    setting = Typesetting.sample(rng, built_in(), manner)
    ink, baseline = set_line(rng, setting, [LineCharacter(c) for c in "0808"], 30.0)
    assert ink.dtype == np.float32
    assert 0.0 <= ink.min() < 0.1 < ink.max() <= 1.0
    assert ink.shape[0] == pytest.approx(30, abs=7)
    assert baseline == pytest.approx(ink.shape[0], abs=5)


def test_the_same_state_draws_the_same_amount(bank: DigitBank) -> None:
    for seed in range(12):
        one, other = (
            draw_amount(np.random.default_rng(seed), bank, None, CURRENCIES["PKR"], size=24) for _ in range(2)
        )
        np.testing.assert_array_equal(one.ink, other.ink)
        assert one.transcript == other.transcript
        assert one.ink.max() > 0.4
        assert one.ink.min() >= 0
        assert one.ink.max() <= 1


def test_a_comb_has_a_cell_for_each_digit(bank: DigitBank) -> None:
    for seed in range(8):
        drawn = draw_amount(np.random.default_rng(seed), bank, None, CURRENCIES["CLP"], comb=True)
        assert drawn.cells is not None
        assert drawn.transcript.isdigit()
        assert drawn.ink.shape[1] <= drawn.cells * (len(drawn.transcript) + 0.5)
        occupied = drawn.ink.max(axis=0) > 0.3
        for number in range(len(drawn.transcript)):
            assert occupied[int(number * drawn.cells) : int((number + 1) * drawn.cells)].any()
