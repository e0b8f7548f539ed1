"""Polynomial fits, against NumPy."""

import itertools

import numpy as np
import pytest

from segment.image.polyfit import evaluate, fit_polynomial


@pytest.mark.parametrize("degree", [1, 2])
def test_as_numpy_fits(degree):
    rng = np.random.default_rng(0)
    for _ in range(20):
        x = np.sort(rng.integers(0, 300, rng.integers(4, 80)))
        if np.unique(x).size <= degree:
            continue
        y = rng.normal(30, 10, x.size)
        curve, theirs = (
            fit_polynomial(np.column_stack([x, y]).astype(float), degree),
            np.polyfit(x, y, degree),
        )
        at = np.arange(-10, 310)
        assert [evaluate(curve, x) for x in at] == pytest.approx(np.polyval(theirs, at), abs=1e-6)
        if degree == 1:
            assert curve.linear / curve.half == pytest.approx(theirs[0], abs=1e-9)


@pytest.mark.parametrize("degree", [1, 2])
def test_every_few_columns_as_numpy_fits(degree: int):
    """All choices of columns out of six, each of them empty, with one point or with two."""
    rng = np.random.default_rng(degree)
    for counts in itertools.product([0, 1, 2], repeat=6):
        if np.count_nonzero(counts) <= degree:
            continue
        x = np.repeat(np.arange(6.0), counts)
        y = rng.integers(0, 20, x.size) / 2
        curve, theirs = fit_polynomial(np.column_stack([x, y]), degree), np.polyfit(x, y, degree)
        at = np.arange(-2, 8)
        assert [evaluate(curve, x) for x in at] == pytest.approx(np.polyval(theirs, at), abs=1e-6)
