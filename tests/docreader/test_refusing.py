"""A short form of the suite "traps-drawn": what is no clean amount is refused, and clean amounts are not."""

from decimal import Decimal

import cv2
import numpy as np
import pytest

from docreader.pipeline.reader import Reader
from docreader.synthesis.alphabet import DIGITS
from docreader.synthesis.glyph import parse_glyph
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.negatives import KINDS, VALID, clean, negative

SEED = 31


@pytest.fixture(scope="module")
def bank() -> DigitBank:
    """Digits of the drawn alphabet, one form each."""
    large = np.zeros((10, 112, 112), np.uint8)
    for image, shapes in zip(large, DIGITS.values(), strict=True):
        for stroke in parse_glyph(shapes[0]).strokes:
            cv2.polylines(image, [np.round(stroke * 78 + [28, 94]).astype(np.int32)], False, 255, 8)
    images = [cv2.resize(image, (28, 28), interpolation=cv2.INTER_AREA) for image in large]
    return DigitBank(np.stack(images), np.arange(10, dtype=np.uint8))


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.load(device="cpu", field="amount")


def answers(reader: Reader, images: list[np.ndarray]) -> list[Decimal | None]:
    """Return the accepted amount of each image, None where it is refused."""
    found = [records[0] for records in reader.read_batch([np.asarray(image, np.uint8) for image in images])]
    return [Decimal(one.amount) if one.accepted and one.amount is not None else None for one in found]


def test_pictures_without_a_clean_amount_are_refused(reader, bank):
    kinds = [kind for kind in KINDS if kind not in VALID]
    images = [negative(np.random.default_rng([SEED, n]), bank, kind).image for n, kind in enumerate(kinds)]
    accepted = [kind for kind, one in zip(kinds, answers(reader, images), strict=True) if one is not None]
    assert len(accepted) <= 0.06 * len(kinds), accepted


def test_clean_amounts_of_the_same_make_are_read(reader, bank):
    drawn = [clean(np.random.default_rng([SEED, n]), bank) for n in range(80)]
    found = answers(reader, [sample.image for sample in drawn])
    right = sum(one == sample.amount for one, sample in zip(found, drawn, strict=True))
    wrong = sum(one not in (None, sample.amount) for one, sample in zip(found, drawn, strict=True))
    assert right >= 30
    assert wrong <= 3
