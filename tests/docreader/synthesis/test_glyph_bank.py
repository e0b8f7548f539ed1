from pathlib import Path

import numpy as np
import pytest

from docreader.io.idx import IdxNotFoundError
from docreader.synthesis.errors import DigitsError
from docreader.synthesis.glyph_bank import DigitBank


def test_glyphs_are_one_unit_high_and_on_the_baseline(bank: DigitBank) -> None:
    for number in range(len(bank)):
        points = np.concatenate(bank.glyph(number).strokes)
        assert points[:, 0].min() == pytest.approx(0, abs=1e-5)
        assert points[:, 1].max() == pytest.approx(0, abs=1e-5)
        assert -1.001 < points[:, 1].min() < -0.5


def test_pick_returns_the_requested_class(bank: DigitBank) -> None:
    rng = np.random.default_rng(0)
    for digit in range(10):
        assert {int(bank.labels[bank.pick(rng, digit)]) for _ in range(8)} == {digit}


def test_pick_like_prefers_the_digit_itself_over_others_of_the_class(bank: DigitBank) -> None:
    rng = np.random.default_rng(0)
    for digit in range(10):
        model = int(np.flatnonzero(bank.labels == digit)[0])
        assert bank.pick(rng, digit, like=model) == model


def test_a_missing_class_is_named(bank: DigitBank) -> None:
    keep = bank.labels != 7
    with pytest.raises(DigitsError, match=r"\[7\]"):
        DigitBank(bank.images[keep], bank.labels[keep])


def test_blank_images_are_skipped_and_an_error_if_there_are_no_others(bank: DigitBank) -> None:
    images = bank.images.copy()
    images[np.flatnonzero(bank.labels == 3)[0]] = 0
    rng = np.random.default_rng(0)
    some = DigitBank(images, bank.labels)
    blank, good = np.flatnonzero(bank.labels == 3)
    assert {some.pick(rng, 3) for _ in range(20)} == {good}
    with pytest.raises(DigitsError, match=f"image {blank}"):
        some.glyph(int(blank))
    images[bank.labels == 3] = 0
    with pytest.raises(DigitsError, match="digit 3"):
        DigitBank(images, bank.labels).pick(rng, 3)


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(IdxNotFoundError, match="nothing-here"):
        DigitBank.from_directory(tmp_path / "nothing-here")
