"""Compilation of kernels, and their view of tensors as NumPy arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray
from torch import Tensor

F = TypeVar("F", bound=Callable[..., object])
Ints: TypeAlias = NDArray[np.int64]
Small: TypeAlias = NDArray[np.int32]
Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]


def jit(function: F) -> F:
    """Compile on the first call, and cache the machine code on disk where that is writable."""
    options: dict[str, Any] = {
        "nogil": True,
        "error_model": "numpy",
        # x * y + z may be fused into one instruction; floating point is otherwise strict
        "fastmath": {"contract"},
        "no_cfunc_wrapper": True,
    }
    try:
        compiled = numba.njit(function, cache=True, **options)
    except RuntimeError:  # neither the package's folder nor the user's cache can be written
        compiled = numba.njit(function, **options)
    return cast("F", compiled)


def floats(values: Tensor) -> Floats:
    """Return a CPU tensor as a contiguous float64 array."""
    array: Floats = values.detach().double().contiguous().numpy()
    return array


def ints(values: Tensor) -> Ints:
    """Return an int64 CPU tensor as a contiguous array."""
    array: Ints = values.contiguous().numpy()
    return array


def flags(values: Tensor) -> Flags:
    """Return a bool CPU tensor as a contiguous array."""
    array: Flags = values.contiguous().numpy()
    return array
