import dataclasses

import numpy as np
import pytest

from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.line import LineCharacter, Mark, draw_ink, write
from docreader.synthesis.writer import Writer


def characters(text: str) -> list[LineCharacter]:
    return [LineCharacter(c) for c in text]


@pytest.fixture
def writer(bank: DigitBank) -> Writer:
    return Writer.sample(np.random.default_rng(5), bank)


def test_marks_follow_the_text_from_left_to_right(bank: DigitBank, writer: Writer) -> None:
    marks = write(np.random.default_rng(1), writer, bank, characters("12.345 67.-"), 40)
    assert "".join(m.char for m in marks) == "12.34567.-"
    middle = [(m.bounds[0] + m.bounds[2]) / 2 for m in marks]
    assert middle == sorted(middle)


def test_a_space_widens_the_gap(bank: DigitBank, writer: Writer) -> None:
    close, apart = (write(np.random.default_rng(1), writer, bank, characters(t), 40) for t in ("00", "0 0"))
    assert apart[1].bounds[0] > close[1].bounds[0] + 4


def test_nothing_is_written_for_no_characters(bank: DigitBank, writer: Writer) -> None:
    assert write(np.random.default_rng(1), writer, bank, [], 40) == []


def test_rows_of_a_fraction_start_at_one_x_and_the_line_continues_after_them(
    bank: DigitBank, writer: Writer
) -> None:
    above = [LineCharacter(c, 0.5, 0.6, 1) for c in "56"]
    below = [LineCharacter(c, 0.5, -0.1, 2) for c in "100"]
    marks = write(
        np.random.default_rng(1), writer, bank, [LineCharacter("8"), *above, *below, LineCharacter("9")], 40
    )
    by_row = [marks[1], marks[3]]
    assert abs(by_row[0].bounds[0] - by_row[1].bounds[0]) < 12
    assert by_row[0].bounds[3] < by_row[1].bounds[1] + 8
    assert marks[-1].bounds[0] > max(m.bounds[2] for m in marks[:-1]) - 10


@pytest.mark.parametrize("seed", range(6))
def test_points_never_merge_with_their_neighbors(bank: DigitBank, seed: int) -> None:
    rng = np.random.default_rng(seed)
    marks = write(rng, Writer.sample(rng, bank), bank, characters("8.0"), 40)
    point = marks[1]
    alone = draw_ink([point], (90, 300))
    others = draw_ink([marks[0], marks[2]], (90, 300))
    assert (alone * others).sum() < 0.5 * alone.sum() + 1e-6


def test_ink_stays_within_the_bounds_of_its_marks(bank: DigitBank, writer: Writer) -> None:
    marks = [m.moved(20, 60) for m in write(np.random.default_rng(1), writer, bank, characters("907"), 40)]
    for mark in marks:
        cover = draw_ink([mark], (90, 200))
        rows, columns = np.nonzero(cover > 0.1)
        left, top, right, bottom = mark.bounds
        assert cover.max() == 1
        assert columns.min() >= left - 1
        assert columns.max() <= right + 1
        assert rows.min() >= top - 1
        assert rows.max() <= bottom + 1
        # and the bounds are tight
        assert columns.max() - columns.min() > right - left - 4
        assert rows.max() - rows.min() > bottom - top - 4


def test_ink_of_a_horizontal_stroke_is_as_thick_as_the_pen() -> None:
    stroke = np.array([[5.0, 10.0], [35.0, 10.0]], np.float32)
    cover = draw_ink([Mark("-", (stroke,), (np.array([5.0]),))], (20, 40))
    assert cover[:, 20].sum() == pytest.approx(5, abs=0.3)
    assert (cover[:, 20] * np.arange(20)).sum() / cover[:, 20].sum() == pytest.approx(10, abs=0.2)


@pytest.mark.parametrize("seed", range(4))
def test_zeros_are_joined_where_the_writer_does(bank: DigitBank, writer: Writer, seed: int) -> None:
    joining = dataclasses.replace(writer, joins=1.0)
    marks = write(np.random.default_rng(seed), joining, bank, characters("5000.00"), 40)
    assert "".join(m.char for m in marks) == "5000.00"
    middle = [(m.bounds[0] + m.bounds[2]) / 2 for m in marks]
    assert middle == sorted(middle)
    for one, other in ((1, 2), (2, 3), (5, 6)):
        np.testing.assert_allclose(marks[one].strokes[-1][-1], marks[other].strokes[0][0], atol=1e-3)
    apart = np.linalg.norm(marks[3].strokes[-1][-1] - marks[5].strokes[0][0])
    assert apart > 1
