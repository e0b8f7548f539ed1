"""Amounts that are printed outside of a frame."""

import numpy as np
import pytest

from docreader.decoding.currencies import CURRENCIES
from docreader.synthesis import world_page_check
from docreader.synthesis.fonts import built_in
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.world_page_amount import AmountField, draw_unused_field, repeat_amount
from docreader.synthesis.world_page_setting import Setting
from docreader.synthesis.world_page_sheet import Sheet

COVER = np.ones((20, 90), np.float32)


def sheet(seed: int) -> Sheet:
    return Sheet.blank(np.random.default_rng(seed), (1000, 450), 0.5, 230)


@pytest.fixture(scope="module")
def setting(bank: DigitBank) -> Setting:
    return Setting.sample(np.random.default_rng(1), bank, built_in(), "USD")


@pytest.mark.parametrize("seed", range(6))
def test_repeated_figures_lie_within_their_area(setting: Setting, seed: int) -> None:
    made = sheet(seed)
    before = made.gray.copy()
    area = repeat_amount(made, setting, COVER)
    assert area is not None
    rows, columns = np.nonzero(made.gray < before - 20)
    x, y, w, h = (value * made.scale for value in area)
    assert len(rows) > 0.8 * COVER.size
    assert x <= columns.min() <= columns.max() <= x + w
    assert y <= rows.min() <= rows.max() <= y + h


def test_figures_are_not_repeated_over_others(setting: Setting) -> None:
    made = sheet(0)
    made.add("text", (0, 0, 1000, 450))
    assert repeat_amount(made, setting, COVER) is None


def test_an_unused_field_is_a_frame(setting: Setting) -> None:
    made = sheet(3)
    before = made.gray.copy()
    draw_unused_field(made, setting, (600, 200, 250, 50), CURRENCIES["SGD"])
    changed = np.abs(made.gray - before) > 10
    assert changed[80:140, 290:430].any()
    assert not changed[:60].any()


def test_an_unused_field_is_another_box_and_a_repetition_an_amount(setting: Setting) -> None:
    kinds = set()
    field = AmountField((20, 400, 90, 20), (20, 400, 90, 20), None, "", COVER)
    for seed in range(30):
        made = sheet(seed)
        world_page_check._draw_around_print(made, setting, field, CURRENCIES["SGD"])
        kinds |= {kind for kind, _ in made.regions}
    assert kinds == {"amount", "box"}
