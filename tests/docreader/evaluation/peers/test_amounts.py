"""Amounts in lines of text."""

import pytest

from docreader.evaluation.peers.amounts import best_amount, find_amounts, holds_amount, join_lines
from docreader.evaluation.peers.protocol import Line, PageText
from segment.image.box import Box


def page(*lines):
    """A page, 100 pixels wide, of (text, confidence, x)."""
    return PageText(100, tuple(Line(text, value, Box(x, 0, 20, 10)) for text, value, x in lines))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Rs. 1,20,000/-", {"120000", "120"}),
        ("1.234,56", {"1234.56"}),
        ("2 500.00", {"2500"}),
        ("325 and xx/100", {"325"}),
        ("87 50/100", {"87.5"}),
        ("8691,200", {"8691200", "8691.2"}),
        ("$2,733.00c", {"2733"}),
        ("1'250.50", {"1250.5"}),
    ],
)
def test_a_text_has_the_values_of_all_conventions_that_it_allows(text, values):
    [found] = find_amounts(text)
    assert set(found.values) == values


@pytest.mark.parametrize("date", ["12/05/2015", "5-5-15", "2015.05.12", "12 / 05 / 2015"])
def test_a_date_is_no_amount(date):
    assert find_amounts(date) == []
    assert [found.text for found in find_amounts(f"{date} $20.00")] == ["20.00"]


def test_a_currency_sign_groups_and_the_right_half_outweigh_confidence():
    lines = [("4711", 0.99, 0), ("100", 0.9, 70), ("Rs. 250.00", 0.6, 70), ("Rs. 999", 0.9, 0)]
    found = best_amount(page(*lines))
    assert found.amount.values == ("250",)
    assert found.confidence == 0.6


def test_of_lines_alike_the_most_confident_is_the_answer():
    assert best_amount(page(("$10.00", 0.7, 80), ("$20.00", 0.8, 80))).amount.values == ("20",)


@pytest.mark.parametrize("text", ["1234567890", "000123", "0.00", "PAY TO THE ORDER OF", "12/05/2015", ""])
def test_account_numbers_check_numbers_zero_and_words_are_no_answer(text):
    assert best_amount(page((text, 0.9, 80))) is None


def test_any_line_may_hold_the_amount():
    found = page(("No. 4711 of 250.50", 0.1, 0), ("Rs. 300.00", 0.9, 70))
    assert holds_amount(found, "250.5", digits=False)
    assert holds_amount(found, "4711", digits=True)
    assert not holds_amount(found, "25", digits=False)
    assert not holds_amount(page(), "25", digits=False)


def test_a_cut_out_amount_is_joined_from_left_to_right_with_its_least_confidence():
    found = join_lines(page(("00.50", 0.9, 50), ("1 2", 0.4, 10)))
    assert found.amount.text == "1 2 00.50"
    assert found.confidence == 0.4
    assert join_lines(page((" ", 0.9, 0))) is None
