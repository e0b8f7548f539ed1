"""Just-in-time compilation of loops over pixels."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile a loop on its first call; every operation is rounded as NumPy rounds it.

    For code that would be some ten calls of NumPy on a small picture, each of which takes longer to be called than to
    do its work. Machine code is kept on disk for each file on its own: what several files use is found changed in
    each of them only when they change, too.
    """
    from gtn.backends.numba.jit import exact  # here, because it imports numba

    return exact(function)
