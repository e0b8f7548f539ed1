"""What lies along leaning lines, counted by hand."""

import numpy as np
import pytest

from segment.frames import _along


@pytest.mark.parametrize("slope", [0.0, 0.02, -0.02, 0.3, -0.3])
def test_ink_along_leaning_lines(slope):
    mask = np.random.default_rng(0).integers(0, 2, (12, 40))
    shift = np.rint(slope * np.arange(40)).astype(np.int64)
    upto = np.zeros((12, 41), np.int64)
    np.cumsum(mask, axis=1, out=upto[:, 1:])
    expected = [
        sum(mask[min(max(row + shift[column], 0), 11), column] for column in range(40)) for row in range(12)
    ]
    assert _along(upto, shift).tolist() == expected
