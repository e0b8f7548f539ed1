"""Texts of the kinds: writable by hand, and no form of a clean amount."""

import re

import numpy as np
import pytest

from docreader.synthesis.alphabet import DIGITS, LETTERS, SYMBOLS
from docreader.synthesis.negatives.amounts import clean_amount
from docreader.synthesis.negatives.dates import DATES
from docreader.synthesis.negatives.glyphs import FORMS, LIKE_LATIN
from docreader.synthesis.negatives.malformed import MALFORMED
from docreader.synthesis.negatives.numbers import NUMBERS
from docreader.synthesis.negatives.references import REFERENCES
from docreader.synthesis.negatives.words import SCRIPTS, WORDS

TEXTS = {**DATES, **NUMBERS, **REFERENCES, **WORDS, **SCRIPTS, **MALFORMED}
CLEAN = re.compile(
    r"[1-9]\d*([.,]\d\d)?(/-)?|[1-9]\d{0,2}((,\d{3})+|(\.\d{3})+|( \d{3})+)([.,]\d\d)?(/-)?|"
    r"[1-9]\d?(,\d\d)*,\d{3}(\.\d\d)?(/-)?|[1-9][\d,]* (\d\d|xx|no)/100"
)


def drawn(name, count=300):
    rng = np.random.default_rng(7)
    return [TEXTS[name](rng) for _ in range(count)]


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_can_be_written(name):
    known = {*DIGITS, *LETTERS, *SYMBOLS, *FORMS, " "}
    assert not set("".join(drawn(name))) - known


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_no_clean_amount(name):
    assert [text for text in drawn(name) if CLEAN.fullmatch(text)] == []


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_varies(name):
    assert len(set(drawn(name))) >= 10


def test_another_script_has_characters_that_no_amount_has():
    for name in SCRIPTS:
        assert all(set(text) - LIKE_LATIN for text in drawn(name))


def test_clean_amounts_are_clean():
    rng = np.random.default_rng(1)
    for _ in range(300):
        text, value = clean_amount(rng)
        assert CLEAN.fullmatch(text), text
        digits = re.sub(r"\D", "", text)
        assert digits == re.sub(r"\D", "", str(value).removesuffix(".00" if text.endswith("/-") else "!"))
