"""Steps of the search for a rule, each against a few lines of NumPy."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segment.cleaning._kernels import line_detection

MASKS = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12))


def runs_by_loop(mask: np.ndarray) -> list[tuple[int, float, int]]:
    found = []
    for x, column in enumerate(mask.T):
        changes = np.flatnonzero(np.diff(np.concatenate([[0], column, [0]]).astype(int)))
        found += [(x, (a + b - 1) / 2, b - a) for a, b in changes.reshape(-1, 2).tolist()]
    return found


@given(MASKS, st.integers(0, 4), st.integers(0, 6))
def test_thin_runs(mask: np.ndarray, limit: int, at_border: int):
    def thin(middle: float, length: int) -> bool:
        first = middle - (length - 1) / 2
        return length <= (max(limit, at_border) if first in (0, mask.shape[0] - length) else limit)

    expected = [run for run in runs_by_loop(mask) if thin(*run[1:])]
    assert [tuple(run) for run in line_detection.thin_runs(mask, limit, at_border).tolist()] == expected


@given(MASKS.filter(np.any), st.sampled_from([0.0, 0.1, 0.4]))
def test_strongest_line(mask: np.ndarray, max_slope: float):
    height, width = mask.shape
    runs = line_detection.thin_runs(mask, height, height)
    steps = int(np.ceil(max_slope * width / 1.5))
    slopes = max_slope * np.arange(-steps, steps + 1) / max(1, steps)
    rows = runs[:, 1] - slopes[:, None] * runs[:, 0]
    low = rows.min()
    size = int(rows.max() - low + 0.5) + 2
    bins = (rows + (0.5 - low + size * np.arange(slopes.size))[:, None]).astype(int)
    count = np.bincount(bins.ravel(), minlength=size * slopes.size)
    pairs = count[1:] + count[:-1]
    step, row = divmod(int(pairs.argmax()), size)
    found = line_detection.strongest_line(runs, max_slope, width)
    assert found == (pairs.max(), slopes[step], pytest.approx(low + row + 0.5))


@given(MASKS, st.integers(-2, 14), st.integers(0, 14))
def test_runs_on_a_line_and_between_columns(mask: np.ndarray, start: int, left: int):
    height, width = mask.shape
    runs = line_detection.thin_runs(mask, height, height)
    line = 0.3 * np.arange(width)
    near = np.abs(runs[:, 1] - start - line[runs[:, 0].astype(int)]) <= 1.6
    assert np.array_equal(line_detection.lying_on(runs, line, float(start)), runs[near])
    assert np.array_equal(
        line_detection.between(runs, left, left + 4), runs[(runs[:, 0] >= left) & (runs[:, 0] < left + 4)]
    )
    assert line_detection.different(runs) == np.unique(runs[:, 0]).size
    followed = line_detection.follow(runs, line)
    for x in range(width):
        own = runs[runs[:, 0] == x, 1]
        assert followed[x] == pytest.approx(own.mean() if own.size else line[x])


@given(MASKS, st.integers(-2, 14), st.integers(0, 3))
def test_what_lies_along_a_line(mask: np.ndarray, start: int, thickness: int):
    height, width = mask.shape
    line = start + 0.3 * np.arange(width)
    rows = np.rint(line).clip(0, height - 1).astype(int)
    at = np.arange(width)
    expected = mask[rows, at] | mask[(rows - 1).clip(0), at] | mask[(rows + 1).clip(max=height - 1), at]
    assert np.array_equal(line_detection.inked(mask, line), expected)
    y = np.arange(height)[:, None]
    above, below = (mask & (y < line - thickness)).sum(), (mask & (y > line + thickness)).sum()
    assert line_detection.amid(mask, line, 0, width, thickness) == (min(above, below) > 0.2 * (above + below))


@given(st.lists(st.booleans(), max_size=20), st.integers(0, 3))
def test_longest_stretch(flags: list[bool], gap: int):
    on = [x for x, flag in enumerate(flags) if flag]
    stretches = [(0, 0)]
    for first in on:
        for last in on:
            inside = [x for x in on if first <= x <= last]
            if all(b - a <= gap + 1 for a, b in itertools.pairwise(inside)) and inside:
                stretches.append((first, last + 1))
    longest = max(b - a for a, b in stretches)
    expected = min(s for s in stretches if s[1] - s[0] == longest)
    assert line_detection.longest(np.array(flags, bool), gap) == expected
    assert line_detection.number(np.array(flags, bool), 0, len(flags)) == len(on)
