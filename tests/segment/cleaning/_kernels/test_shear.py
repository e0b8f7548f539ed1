"""Sheared ink, against whole planes of NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segment.cleaning._kernels.shear import bounds, gathered, row_runs, upright_shear

MASKS = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12))
SOME = MASKS.filter(np.any)


@given(MASKS)
def test_runs_against_a_loop(mask: np.ndarray):
    expected = []
    for number, row in enumerate(mask):
        changes = np.flatnonzero(np.diff(np.concatenate([[0], row, [0]]).astype(int)))
        expected += [[number, a, b] for a, b in changes.reshape(-1, 2).tolist()]
    assert row_runs(mask).tolist() == expected


def projected(mask: np.ndarray, shear: float) -> int:
    """Sum of squares of the columns, each row moved on its own."""
    ys, xs = np.nonzero(mask)
    moved = xs + np.floor(shear * (ys - ys[0]) + 1e-12).astype(int)
    return int(np.square(np.bincount(moved - moved.min())).sum())


@given(SOME, st.sampled_from([-1.0, -0.4, 0.0, 0.3, 1.0]))
def test_projection(mask: np.ndarray, shear: float):
    assert gathered(row_runs(mask), shear, mask.shape[1]) == projected(mask, shear)


@given(SOME, st.sampled_from([1.0, 1.7]), st.sampled_from([0.0, 0.04, 0.5]))
def test_best_shear(mask: np.ndarray, thinned: float, prior: float):
    degrees = np.linspace(-45, 45, 7)
    shears = np.tan(np.deg2rad(degrees))
    ys, xs = np.nonzero(mask)
    height, width = np.ptp(ys) + 1, np.ptp(xs) + 1
    score = np.array([projected(mask, shear) for shear in shears]) * thinned / (ys.size * height)
    score -= prior * (1 + 2 / max(0.5, width / height)) * np.abs(degrees) / 45
    best, beside = upright_shear(mask, degrees, shears, thinned, prior)
    assert best == score.argmax()
    if 0 < best < 6 and beside:
        a, b, c = score[best - 1 : best + 2]
        assert beside == pytest.approx(0.5 * (a - c) / (a - 2 * b + c))
        assert abs(beside) <= 0.5 + 1e-9


@given(SOME, st.sampled_from([-0.7, 0.0, 0.4]), st.sampled_from([-0.1, 0.0, 0.06]))
def test_bounds(mask: np.ndarray, slant: float, slope: float):
    ys, xs = np.nonzero(mask)
    across = xs + slant * ys
    down = ys - slope * across
    expected = across.min(), down.min(), across.max(), down.max()
    assert bounds(mask, slant, slope) == pytest.approx(expected)
