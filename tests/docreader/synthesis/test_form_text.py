import itertools

import numpy as np
import pytest

from docreader.synthesis.form_text import print_symbol, print_text


@pytest.mark.parametrize("symbol", ["$", "₹", "€"])
def test_symbols_have_the_requested_height(symbol: str) -> None:
    small, large = (print_symbol(symbol, h) for h in (20.0, 40.0))
    assert 0.8 * 40 < large.shape[0] < 1.4 * 40
    assert large.shape[0] == pytest.approx(2 * small.shape[0], abs=4)
    assert large.min() >= 0
    assert 0.9 < large.max() <= 1


def test_symbols_differ_and_bold_is_heavier() -> None:
    shapes = [np.resize(print_symbol(s, 30.0), (30, 20)) for s in "$₹€"]
    assert all((a != b).any() for a, b in itertools.pairwise(shapes))
    assert print_symbol("€", 40.0, bold=True).sum() > 1.2 * print_symbol("€", 40.0).sum()


def test_longer_text_is_wider_and_cropped_to_its_ink() -> None:
    short, long = print_text("PAY", 20), print_text("PAY TO THE", 20)
    assert long.shape[1] > 2 * short.shape[1]
    assert short.any(axis=1).all()
    assert print_text("PAY", 40).shape[0] == pytest.approx(2 * short.shape[0], abs=3)
