import numpy as np
import pytest

from docreader.synthesis.form import print_form
from docreader.synthesis.style import STYLES


@pytest.mark.parametrize("seed", range(6))
def test_a_currency_symbol_widens_the_sheet_at_its_left_and_darkens_it(seed: int) -> None:
    sheet = np.full((60, 200), 230, np.float32)
    printed, room = print_form(np.random.default_rng(seed), sheet.copy(), STYLES["inr"], 30.0, symbol=True)
    assert printed.shape == (60, 200 + int(room))
    assert room > 0
    assert printed[:, : int(room)].min() < 150
    assert printed.max() <= 230


def test_a_form_without_a_symbol_keeps_the_size() -> None:
    printed, room = print_form(
        np.random.default_rng(1), np.full((60, 200), 230, np.float32), STYLES["usd"], 30.0, symbol=False
    )
    assert printed.shape == (60, 200)
    assert room == 0
