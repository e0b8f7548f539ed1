"""Connected components, against OpenCV."""

import itertools

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segment.image.components import (
    column_median,
    component_table,
    find_components,
    measure_components,
    select_components,
)
from tests.segment.fields import every_mask

MASKS = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12))


@given(MASKS)
def test_as_opencv_measures(mask: np.ndarray):
    count, ids = find_components(mask)
    theirs, same, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    assert count == theirs
    assert np.array_equal(ids, same)
    table = measure_components(ids, count)
    assert np.array_equal(table[1:], stats[1:])
    assert np.array_equal(component_table(mask), stats[1:])
    assert table[0].tolist() == [0, 0, 0, 0, np.count_nonzero(~mask)]


def test_every_small_field_as_opencv_measures():
    for mask in every_mask((1, 1), (1, 9), (9, 1), (2, 5), (5, 2), (3, 4), (4, 3)):
        count, ids, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
        table = measure_components(ids, count)
        assert np.array_equal(table[1:], stats[1:])
        assert np.array_equal(component_table(mask), stats[1:])
        assert table[0].tolist() == [0, 0, 0, 0, np.count_nonzero(~mask)]


def test_every_selection_of_components():
    ids = np.array([[0, 1, 1, 0], [2, 0, 0, 3], [2, 2, 4, 0]], np.int32)
    for chosen in itertools.product([False, True], repeat=5):
        assert np.array_equal(select_components(np.array(chosen), ids), np.array(chosen)[ids])


@given(MASKS, st.integers(0, 2**16))
def test_selected_components(mask: np.ndarray, seed: int):
    count, ids = find_components(mask)
    chosen = np.random.default_rng(seed).random(count) < 0.5
    assert np.array_equal(select_components(chosen, ids), chosen[ids])


@given(st.lists(st.integers(0, 50), min_size=1))
def test_column_median(values: list[int]):
    assert column_median(np.array([values, values[::-1]]).T.copy(), 0) == np.median(values)


@pytest.mark.parametrize("kind", [np.int64, np.float64])
def test_every_median(kind: type):
    for size in range(1, 7):
        for values in itertools.product(range(4), repeat=size):
            table = np.array([[9, value, 7] for value in values], kind)
            assert column_median(table, 1) == np.median(values)


def test_an_id_without_pixels_measures_nothing():
    ids = np.array([[0, 2, 2], [0, 0, 2]], np.int32)
    assert measure_components(ids, 4).tolist() == [[0, 0, 0, 0, 3], [0] * 5, [1, 0, 2, 2, 3], [0] * 5]
