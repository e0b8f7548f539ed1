"""Compilation of pixel loops."""

import numba
import numpy as np
import pytest

from segment.image.jit import compiled


def multiply_add(x: float, y: float, z: float) -> float:
    return x * y + z


def test_every_operation_is_rounded_on_its_own():
    fast = compiled(multiply_add)
    for x, y, z in np.random.default_rng(0).normal(size=(500, 3)).tolist():
        assert fast(x, y, z) == multiply_add(x, y, z)


def test_division_by_zero_gives_infinity():
    assert compiled(lambda x, y: x / y)(1.0, 0.0) == np.inf


def test_without_a_writable_cache_functions_are_compiled_in_memory(monkeypatch: pytest.MonkeyPatch):
    njit = numba.njit

    def without_cache(function, cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return njit(function, **options)

    monkeypatch.setattr(numba, "njit", without_cache)
    assert compiled(multiply_add)(2.0, 3.0, 4.0) == 10.0
