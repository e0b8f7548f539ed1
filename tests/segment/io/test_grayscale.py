"""Conversion of images and arrays to grayscale."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segment.errors import (
    EmptyImageError,
    InvalidArrayError,
    SegmentError,
)
from segment.io.pages import Page, load_pages, try_pages
from tests.segment.io.images import only, picture


def test_arrays_of_every_type_and_range():
    gray = picture()
    assert np.array_equal(only(gray), gray)
    assert np.array_equal(only(gray[..., None]), gray)
    assert np.array_equal(only(np.repeat(gray[..., None], 3, axis=2)), gray)
    assert np.array_equal(only(gray > 100), np.where(gray > 100, 255, 0))
    assert np.array_equal(only(gray.astype(np.uint16) * 257), gray)
    assert np.array_equal(only(gray / 255.0), gray)
    assert np.array_equal(only(gray.astype(np.int32)), gray)
    assert np.array_equal(only(gray[::-1, ::2]), gray[::-1, ::2])
    clear = np.dstack([gray, gray, gray, np.zeros_like(gray)])
    assert (only(clear) == 255).all()
    assert (only(np.dstack([gray, np.zeros_like(gray)])) == 255).all()


def test_a_page_does_not_share_memory_with_its_array():
    gray = picture()
    page = only(gray)
    page[:] = 0
    assert np.array_equal(gray, picture())


@pytest.mark.parametrize(
    ("array", "error"),
    [
        (np.zeros(5), InvalidArrayError),
        (np.zeros((2, 2, 5)), InvalidArrayError),
        (np.zeros((1, 2, 2, 3)), InvalidArrayError),
        (np.array([["a", "b"]]), InvalidArrayError),
        (np.array([[0.0, np.inf]]), InvalidArrayError),
        (np.zeros((0, 5)), EmptyImageError),
        (np.zeros((5, 0, 3)), EmptyImageError),
    ],
)
def test_invalid_arrays_are_refused(array: np.ndarray, error: type[SegmentError]):
    with pytest.raises(error):
        only(array)


@given(
    hnp.arrays(
        st.sampled_from([np.float32, np.float64, np.int16, np.int64, np.uint8, np.uint16, np.bool_]),
        st.sampled_from([(1, 1), (3, 4), (2, 3, 3), (2, 2, 4), (4, 1, 2)]),
    )
)
def test_any_array_is_a_page_or_a_typed_error(array: np.ndarray):
    (result,) = try_pages(array)
    if isinstance(result, Page):
        assert result.image.shape == array.shape[:2]
        assert result.image.dtype == np.uint8
    else:
        assert isinstance(result.error, InvalidArrayError)


def test_a_range_of_the_least_numbers_is_stretched_too():
    values = np.array([[-2.3e-308, 0.0]])
    [page] = load_pages(values)
    assert page.image.tolist() == [[0, 255]]
