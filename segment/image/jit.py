"""Just-in-time compilation of pixel loops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])

_OPTIONS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "fastmath": False,
    "no_cfunc_wrapper": True,
}


def compiled(function: F) -> F:
    """Compile a function on its first call, with every floating-point operation rounded as in NumPy.

    The machine code is cached on disk for each source file. A change in one file does not invalidate the cache of
    another file that calls into it.
    """
    try:
        return cast("F", numba.njit(function, cache=True, **_OPTIONS))
    except RuntimeError:  # neither the folder of the package nor the cache of the user is writable
        return cast("F", numba.njit(function, **_OPTIONS))
