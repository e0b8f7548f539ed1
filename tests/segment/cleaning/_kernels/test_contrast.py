"""Levels of ink and paper, against NumPy and OpenCV."""

import itertools

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segment.cleaning._kernels.contrast import (
    histogram_median,
    median_darkness,
    normalize_contrast,
    reflect_index,
    select_strokes,
)
from segment.image.components import find_components
from tests.segment.fields import every_mask, planes

SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=16)
VALUES = st.integers(0, 2040).map(lambda v: np.float32(v / 8))
PLANES = hnp.arrays(np.float32, SHAPES, elements=VALUES)


def lower_median(values: np.ndarray) -> float:
    return (int(4 * np.sort(values)[(values.size - 1) // 2]) + 0.5) / 4


@given(PLANES, st.integers(0, 2**32 - 1))
def test_medians(dark: np.ndarray, seed: int):
    ink, rest = np.random.default_rng(seed).integers(0, 2, (2, *dark.shape), np.uint8)
    ink[0, 0] = rest[0, 0] = 1
    assert median_darkness(dark, ink, rest) == (lower_median(dark[ink > 0]), lower_median(dark[rest > 0]))


def test_every_two_masks_have_medians():
    masks = [mask.view(np.uint8) for mask in every_mask((2, 3)) if mask.any()]
    darks = planes(2, 3, [0, 0.25, 7.9, 100, 254.9, 255], 10)
    for (ink, rest), dark in zip(itertools.product(masks, masks), itertools.cycle(darks), strict=False):
        assert median_darkness(dark, ink, rest) == (lower_median(dark[ink > 0]), lower_median(dark[rest > 0]))


def test_every_small_histogram_has_a_median():
    for counts in itertools.product(range(4), repeat=4):
        if any(counts):
            assert histogram_median(np.array(counts)) == lower_median(np.repeat(np.arange(4) / 4, counts))


def check_strokes(dark: np.ndarray, full: float) -> None:
    count, ids = find_components(dark > full / 2)
    keep = np.bincount(ids.ravel(), minlength=count) >= 8
    dark_enough = np.zeros(count, bool)
    dark_enough[ids[dark > full]] = True
    keep &= dark_enough
    keep[0] = False
    found, some = select_strokes(dark, ids, count, float(full))
    assert np.array_equal(found, keep[ids])
    assert some == keep.any()


@given(PLANES, st.integers(0, 255))
def test_strokes(dark: np.ndarray, full: int):
    check_strokes(dark, float(full))


@pytest.mark.parametrize("darkest", [(0, 0), (1, 2), (2, 3)])
def test_strokes_of_every_small_field(darkest: tuple[int, int]):
    for mask in every_mask((3, 4)):
        dark = np.where(mask, np.float32(100), np.float32(20))
        dark[darkest] *= 1.5
        check_strokes(dark, 120.0)


@given(PLANES, st.integers(0, 2**32 - 1), st.floats(40, 200))
def test_against_paper(dark: np.ndarray, seed: int, level: float):
    near = np.random.default_rng(seed).integers(0, 2, dark.shape, np.uint8)
    base, noise, side = 7.125, 2.3, max(9, int(0.7 * dark.shape[0]) | 1)
    rest = (near ^ 1).astype(np.float32)
    paper = dark * rest
    weight = cv2.blur(rest, (side, side)) + 0.1
    mean = (cv2.blur(paper, (side, side)) + 0.1 * base) / weight
    square = (cv2.blur(dark * paper, (side, side)) + 0.1 * (noise * noise + base * base)) / weight
    local = mean + 1.25 * np.sqrt(np.maximum(square - mean * mean, 0))
    expected = np.clip((dark - local) / np.maximum(level - local, 8.0), 0, 2)
    density, covered = normalize_contrast(dark, near, level, base, noise, 16.0, 0.45)
    assert density.dtype == np.float32
    assert np.allclose(density, expected, atol=1e-4)
    assert covered == np.count_nonzero(density > np.float32(0.45))


def mean_around(plane: np.ndarray, reach: int) -> np.ndarray:
    """Mean of the square around each pixel; beyond the border the picture is reflect_index."""
    wide = np.pad(plane.astype(float), reach, mode="reflect")
    side = 2 * reach + 1
    return np.lib.stride_tricks.sliding_window_view(wide, (side, side)).mean(axis=(2, 3))


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 4), (3, 3)])
def test_ink_against_every_small_field_of_paper(shape: tuple[int, int]):
    darks = planes(*shape, [0, 3, 17.5, 90, 160, 255], 16)
    for near, dark in zip(every_mask(shape), itertools.cycle(darks), strict=False):
        weight = mean_around(~near, 4) + 0.1
        mean = (mean_around(dark * ~near, 4) + 0.1 * 7.125) / weight
        square = (mean_around(np.square(dark) * ~near, 4) + 0.1 * (2.3**2 + 7.125**2)) / weight
        local = mean + 1.25 * np.sqrt(np.maximum(square - mean * mean, 0))
        expected = np.clip((dark - local) / np.maximum(120 - local, 8), 0, 2)
        density, covered = normalize_contrast(dark, near.view(np.uint8), 120.0, 7.125, 2.3, 16.0, 0.45)
        assert np.allclose(density, expected, atol=1e-4)
        assert covered == np.count_nonzero(density > np.float32(0.45))


def test_mirrored_as_opencv_does():
    for at, size in itertools.product(range(-40, 61), range(1, 21)):
        assert reflect_index(at, size) == cv2.borderInterpolate(at, size, cv2.BORDER_REFLECT_101)
