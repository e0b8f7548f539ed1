"""Which kernels work on a graph: compiled loops on the CPU, plain torch elsewhere and where numba is missing.

Both give the same answers, so nothing but speed hangs on the choice.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.util import find_spec

from torch import Tensor

_forced: ContextVar[str | None] = ContextVar("_forced", default=None)


def compiled(values: Tensor) -> bool:
    """Whether compiled kernels are to work on these numbers, or on the graph that they are of."""
    return values.device.type == "cpu" and numba_is_there() and _forced.get() != "torch"


@contextmanager
def plain_torch() -> Iterator[None]:
    """Use plain torch on the CPU too, within this context: to compare, or to look for a fault."""
    token = _forced.set("torch")
    try:
        yield
    finally:
        _forced.reset(token)


@cache
def numba_is_there() -> bool:
    """Whether numba can be imported; looked up without importing it."""
    return find_spec("numba") is not None
