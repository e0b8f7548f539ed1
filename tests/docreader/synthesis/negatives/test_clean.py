"""Clean amounts have the transcript of what is drawn; undamaged negatives have one, too."""

import re
from decimal import Decimal

import numpy as np
import pytest

from docreader.decoding.alphabet import CHARACTERS
from docreader.synthesis.negatives import GROUPS, KINDS, clean, negative, transcript
from docreader.synthesis.negatives.registry import RenderedNegative
from docreader.training.reader.transcription import encode, to_text


@pytest.fixture(scope="module")
def amounts(bank):
    return [clean(np.random.default_rng(seed), bank) for seed in range(150)]


def test_a_clean_amount_is_drawn_twice_alike(bank, amounts):
    again = clean(np.random.default_rng(7), bank)
    np.testing.assert_array_equal(again.image, amounts[7].image)
    assert again.transcript == amounts[7].transcript


def test_every_transcript_can_be_trained_on_and_has_the_digits_of_the_amount(amounts):
    for one in amounts:
        target, _ = encode(one.transcript, "here")
        assert to_text(target).strip("$*-.").startswith(str(int(one.amount))[0])
        digits = one.label.removesuffix("100") if "/100" in one.text else one.label
        assert Decimal(digits) in (one.amount, one.amount * 100), one.text
        assert one.image.dtype == np.uint8
        assert one.image.std() > 1


def test_clean_amounts_have_all_forms(amounts):
    texts = [one.transcript for one in amounts]
    for piece in ("/100", "/-", "=", ",", ".", "*", "$", "xx/", "no/", "--"):
        assert any(piece in text for text in texts), piece
    assert not any(re.search(r"^[$]?-|[.,]\d\d-$|#", text) for text in texts)


def test_a_text_is_transcribed_with_other_characters_as_one_sign():
    image = np.zeros((8, 8), np.uint8)
    for kind, text, symbol, expected in (
        ("date_month", "May 3, 19", False, "???3.19"),
        ("negative_parens", "(2,465.74)", True, "$?2.465.74?"),
        ("equation", "= 3 x 2", False, "-3x2"),
        ("struck_line", "12", False, None),
    ):
        assert transcript(RenderedNegative(image, kind, text, None, symbol)) == expected


def test_drawn_kinds_are_transcribed_where_nothing_is_damaged(bank):
    for group in ("dates", "malformed", "struck", "light"):
        made = negative(np.random.default_rng(1), bank, GROUPS[group][0])
        line = transcript(made)
        assert (line is not None) == (group in ("dates", "malformed"))
        assert set(line or "") <= {*CHARACTERS, "?"}
    assert set(KINDS) > set(GROUPS["dates"])
