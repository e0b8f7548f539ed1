"""Levels of ink and paper, against NumPy and OpenCV."""

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segment.cleaning._kernels.contrast import against_paper, medians, mirrored, strokes
from segment.image.components import connect

SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=16)
VALUES = st.integers(0, 2040).map(lambda v: np.float32(v / 8))
PLANES = hnp.arrays(np.float32, SHAPES, elements=VALUES)


def lower_median(values: np.ndarray) -> float:
    return (int(4 * np.sort(values)[(values.size - 1) // 2]) + 0.5) / 4


@given(PLANES, st.integers(0, 2**32 - 1))
def test_medians(dark: np.ndarray, seed: int):
    ink, rest = np.random.default_rng(seed).integers(0, 2, (2, *dark.shape), np.uint8)
    ink[0, 0] = rest[0, 0] = 1
    assert medians(dark, ink, rest) == (lower_median(dark[ink > 0]), lower_median(dark[rest > 0]))


@given(PLANES, st.integers(0, 255))
def test_strokes(dark: np.ndarray, full: int):
    count, labels = connect(dark > full / 2)
    keep = np.bincount(labels.ravel(), minlength=count) >= 8
    dark_enough = np.zeros(count, bool)
    dark_enough[labels[dark > full]] = True
    keep &= dark_enough
    keep[0] = False
    found, some = strokes(dark, labels, count, float(full))
    assert np.array_equal(found, keep[labels])
    assert some == keep.any()


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
    gray, covered = against_paper(dark, near, level, base, noise, 16.0, 0.45)
    assert gray.dtype == np.float32
    assert np.allclose(gray, expected, atol=1e-4)
    assert covered == np.count_nonzero(gray > np.float32(0.45))


@given(st.integers(-40, 60), st.integers(1, 20))
def test_mirrored_as_opencv_does(at: int, size: int):
    assert mirrored(at, size) == cv2.borderInterpolate(at, size, cv2.BORDER_REFLECT_101)
