"""Sheared ink, against whole arrays of NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segment.cleaning._kernels.shear import best_shear, projection_energy, row_runs, sheared_extent
from tests.segment.fields import every_mask

MASKS = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12))
SOME = MASKS.filter(np.any)


def runs_by_loop(mask: np.ndarray) -> list[list[int]]:
    expected = []
    for number, row in enumerate(mask):
        changes = np.flatnonzero(np.diff(np.concatenate([[0], row, [0]]).astype(int)))
        expected += [[number, a, b] for a, b in changes.reshape(-1, 2).tolist()]
    return expected


@given(MASKS)
def test_runs_against_a_loop(mask: np.ndarray):
    assert row_runs(mask).tolist() == runs_by_loop(mask)


def test_runs_of_every_small_field():
    for mask in every_mask((1, 1), (1, 10), (10, 1), (2, 5), (5, 2), (3, 3)):
        assert row_runs(mask).tolist() == runs_by_loop(mask)


def projected(mask: np.ndarray, shear: float) -> int:
    """Sum of squares of the columns, each row moved on its own."""
    ys, xs = np.nonzero(mask)
    moved = xs + np.floor(shear * (ys - ys[0]) + 1e-12).astype(int)
    return int(np.square(np.bincount(moved - moved.min())).sum())


@given(SOME, st.sampled_from([-1.0, -0.4, 0.0, 0.3, 1.0]))
def test_projection(mask: np.ndarray, shear: float):
    assert projection_energy(row_runs(mask), shear, mask.shape[1]) == projected(mask, shear)


@pytest.mark.parametrize("shear", [-3.0, -1.0, -0.5, -0.3, 0.0, 0.5, 0.7, 1.0, 3.0])
def test_projection_of_every_small_field(shear: float):
    for mask in every_mask((1, 8), (8, 1), (2, 5), (5, 2), (3, 3)):
        if mask.any():
            assert projection_energy(row_runs(mask), shear, mask.shape[1]) == projected(mask, shear)


@given(SOME, st.sampled_from([1.0, 1.7]), st.sampled_from([0.0, 0.04, 0.5]))
def test_best_shear(mask: np.ndarray, sampling: float, prior: float):
    check_best_shear(mask, sampling, prior)


def test_best_shear_of_every_small_field():
    for mask in every_mask((1, 6), (6, 1), (2, 5), (5, 2), (3, 3)):
        if mask.any():
            check_best_shear(mask, 1.0, 0.04)


def check_best_shear(mask: np.ndarray, sampling: float, prior: float) -> None:
    degrees = np.linspace(-45, 45, 7)
    shears = np.tan(np.deg2rad(degrees))
    ys, xs = np.nonzero(mask)
    height, width = np.ptp(ys) + 1, np.ptp(xs) + 1
    score = np.array([projected(mask, shear) for shear in shears]) * sampling / (ys.size * height)
    score -= prior * (1 + 2 / max(0.5, width / height)) * np.abs(degrees) / 45
    best, beside = best_shear(mask, degrees, shears, sampling, prior)
    assert best == score.argmax()
    a, b, c = score[best - 1 : best + 2] if 0 < best < 6 else (0.0, 0.0, 0.0)
    assert beside == (0.5 * (a - c) / (a - 2 * b + c) if a - 2 * b + c < 0 else 0)
    assert abs(beside) <= 0.5 + 1e-9


@given(SOME, st.sampled_from([-0.7, 0.0, 0.4]), st.sampled_from([-0.1, 0.0, 0.06]))
def test_sheared_extent(mask: np.ndarray, slant: float, slope: float):
    ys, xs = np.nonzero(mask)
    across = xs + slant * ys
    down = ys - slope * across
    assert sheared_extent(mask, slant, slope) == (across.min(), down.min(), across.max(), down.max())


@pytest.mark.parametrize(("slant", "slope"), [(0.0, 0.0), (-0.7, 0.1), (0.4, -0.06), (1.0, 1.0)])
def test_sheared_extent_of_every_small_field(slant: float, slope: float):
    for mask in every_mask((1, 1), (1, 8), (8, 1), (2, 5), (5, 2), (3, 4)):
        if mask.any():
            ys, xs = np.nonzero(mask)
            across = xs + slant * ys
            down = ys - slope * across
            assert sheared_extent(mask, slant, slope) == (across.min(), down.min(), across.max(), down.max())
