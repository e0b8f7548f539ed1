import numpy as np
import pytest

from docreader.synthesis.alphabet import LETTERS, SYMBOLS
from docreader.synthesis.errors import UnwritableTextError
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.writer import Writer


def sample(bank: DigitBank, seed: int, **changes: float) -> Writer:
    writer = Writer.sample(np.random.default_rng(seed), bank)
    return Writer(**{**vars(writer), **changes})


def test_the_same_seed_gives_the_same_writer(bank: DigitBank) -> None:
    one, same, other = (sample(bank, s) for s in (3, 3, 4))
    assert vars(one) == vars(same)
    assert vars(one) != vars(other)


def test_every_character_can_be_written(bank: DigitBank) -> None:
    rng = np.random.default_rng(0)
    writer = sample(bank, 1)
    for char in "0123456789" + "".join(SYMBOLS) + "".join(LETTERS):
        assert writer.draw(rng, bank, char).width > 0


def test_an_unknown_character_is_named(bank: DigitBank) -> None:
    with pytest.raises(UnwritableTextError, match="'§'"):
        sample(bank, 1).draw(np.random.default_rng(0), bank, "§")


def test_slant_leans_the_top_to_the_right(bank: DigitBank) -> None:
    still = {"slant_sd": 0.0, "size_sd": 0.0}
    leaning, upright = (sample(bank, 1, slant=s, **still) for s in (0.5, 0.0))
    points = [np.concatenate(w.draw(np.random.default_rng(2), bank, "8").strokes) for w in (leaning, upright)]
    shift = points[0][:, 0] - points[1][:, 0]
    heights = -points[1][:, 1]
    assert np.polyfit(heights, shift, 1)[0] == pytest.approx(0.5, abs=0.01)


def test_a_nib_without_contrast_draws_even_lines(bank: DigitBank) -> None:
    stroke = np.array([[0, 0], [1, 0], [1, 1], [0, 2]], np.float32)
    np.testing.assert_allclose(sample(bank, 1, nib=(0.3, 0.0)).thickness(stroke), sample(bank, 1).pen)
    wide, narrow = sample(bank, 1, nib=(0.0, 0.5)).thickness(stroke)[:2]
    assert wide == pytest.approx(3 * narrow)
