import numpy as np
import pytest

from docreader.decoding.currencies import CURRENCIES
from docreader.synthesis import DigitBank
from docreader.synthesis.fonts import built_in
from docreader.synthesis.world_capture import CAPTURES, capture
from docreader.synthesis.world_field import Content, compose_field, paint, render_world_field
from docreader.synthesis.world_form import BORDERS, FormBox, draw_border
from docreader.synthesis.world_negatives import KINDS, render_world_negative, strike


def test_the_same_state_gives_the_same_field(bank: DigitBank) -> None:
    for seed in range(10):
        one, other = (render_world_field(np.random.default_rng(seed), bank) for _ in range(2))
        np.testing.assert_array_equal(one.image, other.image)
        assert one.transcript == other.transcript
        assert one.image.dtype == np.uint8
        assert one.currency in CURRENCIES


def test_the_amount_darkens_the_field(bank: DigitBank) -> None:
    block = np.ones((30, 90), np.float32)
    for seed in range(12):
        full, empty = (
            compose_field(
                np.random.default_rng(seed), bank, built_in(), Content(ink, 30.0, 0.9), CURRENCIES["USD"]
            )[0]
            for ink in (block, 0 * block)
        )
        changed = np.abs(full - empty) > 5
        assert changed.sum() > 0.8 * block.size


def test_a_label_is_part_of_the_transcript(bank: DigitBank) -> None:
    fields = [render_world_field(np.random.default_rng(seed), bank) for seed in range(24)]
    starts = {field.transcript.startswith("$") for field in fields}
    assert starts == {True, False}


@pytest.mark.parametrize("kind", sorted(CAPTURES))
def test_captures_keep_ink_darker_than_paper(kind: str) -> None:
    page = np.full((60, 200), 220.0, np.float32)
    page[20:40, 60:140] = 40.0
    image = capture(np.random.default_rng(4), page, 0.5, kind)
    assert image.shape == (30, 100)
    assert image[13:17, 40:60].mean() < image[:6].mean() - 20


@pytest.mark.parametrize("kind", [kind for kind, _ in BORDERS if kind != "none"])
def test_borders_are_along_the_box(kind: str) -> None:
    sheet = np.full((60, 160), 200.0, np.float32)
    draw_border(np.random.default_rng(2), sheet, FormBox(20, 10, 140, 50), kind, 0.2, 1.5)
    assert sheet.min() < 120
    assert sheet[20:40, 40:120].min() == 200
    assert sheet[:5].min() == 200


def test_ink_is_cut_off_at_the_edges() -> None:
    sheet = np.full((10, 10), 200.0, np.float32)
    paint(sheet, np.ones((6, 6), np.float32), -3, 7, 0.5)
    assert np.count_nonzero(sheet == 100) == 9
    paint(sheet, np.ones((6, 6), np.float32), 30, 30, 0.5)
    assert np.count_nonzero(sheet == 100) == 9


@pytest.mark.parametrize("kind", [kind for kind, _ in KINDS])
def test_fields_without_an_amount_are_pictures(bank: DigitBank, kind: str) -> None:
    for seed in range(3):
        image = render_world_negative(np.random.default_rng(seed), bank, kind=kind)
        assert image.dtype == np.uint8
        assert min(image.shape) >= 8


def test_strokes_cross_the_ink() -> None:
    ink = np.zeros((30, 120), np.float32)
    for seed in range(8):
        struck = strike(np.random.default_rng(seed), ink, 30.0)
        columns = np.flatnonzero(struck.max(axis=0) > 0.3)
        assert columns[-1] - columns[0] > 80
