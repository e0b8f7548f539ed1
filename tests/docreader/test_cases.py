"""Kinds of complaints, each drawn anew: what is no clean amount is refused, the rest is read right or refused.

What the networks refuse is bounded over several drawings, so that the tests hold for other weights; what rules refuse
holds for every drawing.
"""

import zlib
from decimal import Decimal

import cv2
import numpy as np
import pytest

from docreader.pipeline.reader import Reader
from docreader.synthesis.alphabet import DIGITS
from docreader.synthesis.glyph import parse_glyph
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.negatives import negative
from docreader.synthesis.negatives.canvas import printed, written

EACH, FAULTS = 8, 3
"""Drawings of a kind, and those of them that may be accepted."""

REFUSED = (
    *("blot_digit", "negative_parens", "printed_negative_parens", "cut_left", "cut_right", "cut_top"),
    *(
        "date_dashes",
        "date_slashes",
        "struck_digit_scribble",
        "struck_digit_scrawl",
        "fluid_digit",
        "flipped",
    ),
    *(
        "bad_group",
        "mixed_fraction",
        "mirrored",
        "phone_dashes",
        "struck_cross",
        "struck_double",
        "struck_slash",
    ),
    *(
        "struck_line",
        "struck_scribble",
        "two_beside",
        "void_written",
        "zero",
        "erased",
        "letters_behind",
        "time",
    ),
)
"""Kinds in which no amount stands."""

FORMS = {
    "226.3": "226.30",
    ".34": "0.34",
    "340 0/100": "340",
    "323 7/100": "323.07",
    "704  45": "704.45",
    "16/0": None,
    "2,421.90 CR": None,
    "5,899 only": "5899",
    "USD 7,659.19": "7659.19",
    "12,,500": None,
    "87 1/2": None,
    "1.5M": None,
    "7/100": "0.07",
}
"""Texts, and the amount of those that have one."""


@pytest.fixture(scope="module")
def bank() -> DigitBank:
    """Digits of the drawn alphabet, two forms each."""
    drawn = [(digit, shape) for digit, shapes in DIGITS.items() for shape in shapes[:2]]
    large = np.zeros((len(drawn), 112, 112), np.uint8)
    for image, (_, shape) in zip(large, drawn, strict=True):
        for stroke in parse_glyph(shape).strokes:
            cv2.polylines(image, [np.round(stroke * 78 + [28, 94]).astype(np.int32)], False, 255, 8)
    images = [cv2.resize(image, (28, 28), interpolation=cv2.INTER_AREA) for image in large]
    return DigitBank(np.stack(images), np.array([int(digit) for digit, _ in drawn], np.uint8))


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.load(device="cpu", field="amount")


def readings(reader, images):
    return [records[0] for records in reader.read_batch([np.asarray(image, np.uint8) for image in images])]


def generators(name):
    return [np.random.default_rng([41, number, zlib.crc32(name.encode())]) for number in range(EACH)]


def accepted(found):
    return [one.amount for one in found if one.accepted]


@pytest.mark.parametrize("kind", REFUSED)
def test_a_kind_without_an_amount_is_refused(kind, reader, bank):
    found = readings(reader, [negative(rng, bank, kind).image for rng in generators(kind)])
    assert len(accepted(found)) <= FAULTS
    assert all(one.reason for one in found if not one.accepted)


@pytest.mark.parametrize("text", FORMS)
@pytest.mark.parametrize("draw", [written, printed])
def test_a_form_is_read_right_or_refused(text, draw, reader, bank):
    right = FORMS[text]
    found = readings(reader, [draw(rng, bank, text).scan() for rng in generators(text)])
    wrong = [one for one in accepted(found) if right is None or Decimal(one or "0") != Decimal(right)]
    assert len(wrong) <= FAULTS


def test_a_field_upside_down_is_named_so(reader, bank):
    found = readings(reader, [negative(rng, bank, "upside_down").image for rng in generators("turned")])
    assert len(accepted(found)) <= FAULTS
    upright = readings(reader, [written(rng, bank, "3,746.73").scan() for rng in generators("turned")])
    turned = readings(
        reader, [written(rng, bank, "3,746.73").scan()[::-1, ::-1] for rng in generators("turned")]
    )
    assert sum(one.reason == "upside_down" for one in turned) >= sum(one.accepted for one in upright) // 2
    assert not any(one.reason == "upside_down" for one in upright)


@pytest.mark.parametrize("draw", [written, printed])
def test_a_point_before_three_digits_is_no_group_of_dollars(draw, reader, bank):
    images = [np.asarray(draw(rng, bank, "3.975").scan(), np.uint8) for rng in generators("3.975")]
    found = [
        records[0] for records in Reader.load(device="cpu", field="amount", grammar="usd").read_batch(images)
    ]
    assert sum(one.reason == "ambiguous_decimals" for one in found) >= EACH // 4
    assert not any(one.reason == "ambiguous_decimals" for one in readings(reader, images))
