"""How kernels are compiled."""

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
    """Compile on the first call, and keep the machine code on disk where that can be written."""
    # x * y + z may be one instruction; nothing else about floating point is relaxed
    return _compiled(function, {"contract"})


def exact(function: F) -> F:
    """The same, with every operation rounded on its own, as NumPy does it."""
    return _compiled(function, False)


def _compiled(function: F, fastmath: set[str] | bool) -> F:
    options: dict[str, Any] = {
        "nogil": True,
        "error_model": "numpy",
        "fastmath": fastmath,
        "no_cfunc_wrapper": True,
    }
    try:
        compiled = numba.njit(function, cache=True, **options)
    except RuntimeError:  # neither the package's folder nor the user's cache can be written
        compiled = numba.njit(function, **options)
    return cast("F", compiled)


def floats(values: Tensor) -> Floats:
    """The numbers of a tensor on the CPU, as contiguous float64."""
    array: Floats = values.detach().double().contiguous().numpy()
    return array


def ints(values: Tensor) -> Ints:
    """The numbers of an int64 tensor on the CPU, contiguous."""
    array: Ints = values.contiguous().numpy()
    return array


def flags(values: Tensor) -> Flags:
    """The flags of a bool tensor on the CPU, contiguous."""
    array: Flags = values.contiguous().numpy()
    return array
