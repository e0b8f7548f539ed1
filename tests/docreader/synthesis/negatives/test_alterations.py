"""Altered amounts have an amount only where the digits on top are valid."""

import re

import numpy as np
import pytest

from docreader.synthesis.negatives import negative
from docreader.synthesis.negatives.amounts import clean_amount
from docreader.synthesis.negatives.canvas import written
from docreader.synthesis.negatives.strikes import MANNERS, struck_digit


@pytest.mark.parametrize("seed", range(12))
def test_a_rewritten_amount_is_that_of_its_text(seed, bank):
    made = negative(np.random.default_rng(seed), bank, "fluid_rewritten")
    digits = re.sub(r"\D", "", made.text)
    value = str(made.amount)
    assert digits == re.sub(r"\D", "", value.removesuffix(".00") if made.text.endswith("/-") else value)


@pytest.mark.parametrize("seed", range(6))
def test_a_new_amount_above_a_struck_one_is_valid(seed, bank):
    made = negative(np.random.default_rng(seed), bank, "struck_new_above")
    new, _ = made.text.split(" / ")
    assert re.sub(r"\D", "", str(made.amount)).startswith(re.sub(r"\D", "", new))


@pytest.mark.parametrize("manner", MANNERS)
def test_a_struck_digit_leaves_no_amount_and_adds_ink(manner, bank):
    canvas = struck_digit(np.random.default_rng(5), bank, manner)
    assert canvas.amount is None
    assert canvas.sheet.min() >= 0


@pytest.mark.parametrize("manner", MANNERS)
def test_a_strike_darkens_the_line(manner, bank):
    rng = np.random.default_rng(2)
    canvas = written(rng, bank, clean_amount(rng)[0])
    before = canvas.sheet.copy()
    canvas.ink(MANNERS[manner](canvas, canvas.bounds))
    changed = canvas.sheet < before - 20
    left, _, right, _ = canvas.bounds
    columns = np.flatnonzero(changed.any(axis=0))
    assert columns.min() < left + 0.3 * (right - left)
    assert columns.max() > left + 0.7 * (right - left)
