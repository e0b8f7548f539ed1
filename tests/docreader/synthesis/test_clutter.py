import numpy as np
import pytest

from docreader.synthesis.clutter import add_bars, add_left_clutter, draw_flourish, write_words_above
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.line import LineCharacter, write
from docreader.synthesis.writer import Writer


@pytest.fixture
def writer(bank: DigitBank) -> Writer:
    return Writer.sample(np.random.default_rng(5), bank)


@pytest.mark.parametrize("seed", range(6))
def test_the_sheet_grows_at_its_left_and_the_rest_stays(seed: int) -> None:
    paper = np.full((60, 150), 220, np.float32)
    sheet = paper.copy()
    sheet[20:40, 5:25] = 30
    wide, room = add_left_clutter(np.random.default_rng(seed), sheet, paper, 30.0)
    assert wide.shape == (60, 150 + room)
    np.testing.assert_array_equal(wide[:, room + 4 :], sheet[:, 4:])
    assert wide[:, :room].min() < 200
    # a symbol at the edge is not mirrored into the new part
    assert (wide[:, :room] < 60).sum() < 0.5 * (sheet < 60).sum()


def test_bars_are_at_the_right() -> None:
    sheet = np.full((60, 150), 220, np.float32)
    wide = add_bars(np.random.default_rng(0), sheet, 30.0)
    np.testing.assert_array_equal(wide[:, :150], sheet)
    assert 0.1 < (wide[:, -3:] < 150).mean() < 0.9


def test_words_hang_into_the_field_from_above(bank: DigitBank, writer: Writer) -> None:
    for seed in range(5):
        marks = write_words_above(np.random.default_rng(seed), writer, bank, (60, 200), 30.0)
        assert min(m.bounds[1] for m in marks) < 0
        assert max(m.bounds[3] for m in marks) < 40


def test_a_flourish_runs_along_the_amount(bank: DigitBank, writer: Writer) -> None:
    rng = np.random.default_rng(1)
    marks = write(rng, writer, bank, [LineCharacter(c) for c in "1234"], 40)
    left, top, right, bottom = draw_flourish(rng, writer, marks, 40).bounds
    assert right - left > 40
    assert bottom - top < 40
