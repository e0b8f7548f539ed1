import itertools

import numpy as np
import pytest

from docreader.synthesis.micr import print_micr


def test_height_and_advance() -> None:
    line = print_micr("0123", 18)
    assert line.shape == (18, 72)
    assert line.min() >= 0
    assert line.max() == pytest.approx(1)


def test_characters_differ() -> None:
    drawn = {c: print_micr(c, 36) for c in "0123456789TUA"}
    for one, other in itertools.combinations(drawn, 2):
        assert np.abs(drawn[one] - drawn[other]).mean() > 0.04
