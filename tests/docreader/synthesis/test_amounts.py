import re
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docreader.synthesis.amounts import group_digits, write_amount
from docreader.synthesis.errors import UnknownStyleError

STYLES = ("chile", "usd", "inr", "eur")
seeds = st.integers(0, 2**32 - 1)


def value(text: str, style: str) -> Decimal:
    """Parse a written amount independently of the code under test."""
    text = text.strip("=*#").rstrip("=-/")
    if style == "chile":
        return Decimal(re.sub(r"\D", "", text))
    if style == "eur":
        text = text.strip("-").rstrip(",").replace(".", "").replace(",", ".")
        return Decimal(text)
    text = text.replace(",", "")
    fraction = re.fullmatch(r"(\d+) (\d\d|xx|no)/100", text)
    if fraction:
        cents = fraction[2] if fraction[2].isdigit() else "00"
        return Decimal(f"{fraction[1]}.{cents}")
    return Decimal(text.replace(" ", "."))


@pytest.mark.parametrize("style", STYLES)
@given(seed=seeds)
def test_the_text_denotes_the_amount(style: str, seed: int) -> None:
    written = write_amount(np.random.default_rng(seed), style)
    assert value(written.text, style) == written.amount
    assert written.amount > 0


@pytest.mark.parametrize("style", STYLES)
@given(seed=seeds, cents=st.integers(100, 99_999_999))
def test_a_given_amount_is_kept(style: str, seed: int, cents: int) -> None:
    amount = Decimal(cents) / 100 if style in ("usd", "eur", "inr") else Decimal(cents // 100)
    written = write_amount(np.random.default_rng(seed), style, amount)
    assert written.amount == amount
    assert value(written.text, style) == amount


@pytest.mark.parametrize("style", STYLES)
@given(seed=seeds)
def test_characters_spell_the_text(style: str, seed: int) -> None:
    written = write_amount(np.random.default_rng(seed), style)
    drawn = "".join(s.char for s in written.characters if s.char != " ")
    digits = "".join(c for c in drawn if c.isdigit())
    assert digits == written.digits
    if not any(s.stack for s in written.characters):
        assert drawn == written.text.replace(" ", "")


@given(st.integers(0, 10**12), st.booleans())
def test_grouping_only_adds_separators(number: int, indian: bool) -> None:
    parts = group_digits(str(number), ",", indian).split(",")
    assert "".join(parts) == str(number)
    assert len(parts[-1]) <= 3
    middle = 2 if indian else 3
    assert all(len(p) == middle for p in parts[1:-1])
    assert len(parts) == 1 or (len(parts[-1]) == 3 and 1 <= len(parts[0]) <= middle)


def test_an_unknown_style_is_named() -> None:
    with pytest.raises(UnknownStyleError, match="'yen'"):
        write_amount(np.random.default_rng(0), "yen")


def test_rupees_are_grouped_in_all_usual_forms():
    rng = np.random.default_rng(4)
    texts = [write_amount(rng, "inr").text.split("/")[0].rstrip("-") for _ in range(400)]
    for form in (
        r"\d{1,2},\d\d,\d{3}",
        r"\d{1,2},\d{3},\d{3}",
        r"\d{1,2},\d{5}",
        r"\d{4,7}",
        r"\d,\d\d,\d\d,\d{3}",
    ):
        assert any(re.fullmatch(form, text) for text in texts), form
