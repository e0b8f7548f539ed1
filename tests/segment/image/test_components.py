"""Pieces measured, against OpenCV."""

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segment.image.components import connect, measure, median, pixels_of

MASKS = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12))


@given(MASKS)
def test_as_opencv_measures(mask: np.ndarray):
    count, labels = connect(mask)
    theirs, same, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    assert count == theirs
    assert np.array_equal(labels, same)
    table = measure(labels, count)
    assert np.array_equal(table[1:], stats[1:])
    assert table[0, 4] == np.count_nonzero(~mask)


@given(MASKS, st.integers(0, 2**16))
def test_the_pixels_of_some_pieces(mask: np.ndarray, seed: int):
    count, labels = connect(mask)
    chosen = np.random.default_rng(seed).random(count) < 0.5
    assert np.array_equal(pixels_of(chosen, labels), chosen[labels])


@given(st.lists(st.integers(0, 50), min_size=1))
def test_median(values: list[int]):
    assert median(np.array([values, values[::-1]]).T.copy(), 0) == np.median(values)
