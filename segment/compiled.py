"""How loops over pixels are compiled; they run as they are, slowly, where numba is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from gtn.backend import numba_is_there

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile a loop on its first call; every operation is rounded as NumPy rounds it.

    For code that would be some ten calls of NumPy on a small picture, each of which takes longer to be called than to
    do its work. Machine code is kept on disk for each file on its own: what several files use is found changed in
    each of them only when they change, too.
    """
    if not numba_is_there():
        return function
    from gtn.cpu.jit import exact  # here, because it needs numba

    return exact(function)
