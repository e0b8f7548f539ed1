"""Intervals against published values."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docreader.confidence.proportions import proportion, upper_bound


@pytest.mark.parametrize(("wrong", "total", "bound"), [(6, 646, 0.018), (0, 300, 0.0099)])
def test_bounds_that_users_of_check_readers_quote(wrong, total, bound):
    assert upper_bound(wrong, total) == pytest.approx(bound, rel=0.02)


def test_the_rule_of_three():
    assert upper_bound(0, 1000) == pytest.approx(1 - 0.05 ** (1 / 1000))


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilsons_formula(pair):
    count, total = pair
    z, p = 1.959963984540054, count / total
    middle = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total))
    part = proportion(count, total)
    assert part.low == pytest.approx(max(middle - half, 0), abs=1e-12)
    assert part.high == pytest.approx(min(middle + half, 1), abs=1e-12)
    assert part.low <= part.value <= part.high


def test_of_nothing_everything_may_be_true():
    part = proportion(0, 0)
    assert (part.value, part.low, part.high) == (None, 0, 1)
    assert upper_bound(0, 0) == 1
