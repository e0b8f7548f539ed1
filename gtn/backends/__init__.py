"""Back ends: numba's compiled loops on the CPU, plain torch on every device.

Both return the same results; the choice affects speed alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import ModuleType

from torch import Tensor

_backend: ContextVar[str] = ContextVar("_backend", default="auto")


def uses_numba(values: Tensor) -> bool:
    """Return True if the numba back end processes a tensor, or the graph that it belongs to."""
    return values.device.type == "cpu" and _backend.get() != "torch"


@contextmanager
def use_backend(name: str) -> Iterator[None]:
    """Select the back end within this context.

    Args:
        name: "auto" for numba on the CPU and torch elsewhere; "torch" for torch everywhere, to compare the two.

    Raises:
        ValueError: Another name.
    """
    if name not in ("auto", "torch"):
        raise ValueError(f"the back end is 'auto' or 'torch', not {name!r}")
    token = _backend.set(name)
    try:
        yield
    finally:
        _backend.reset(token)


def distance_backend(values: Tensor) -> ModuleType:
    """Return the module of shortest distances for a tensor: ``torch.distance``, or ``numba.distance``."""
    if uses_numba(values):
        from gtn.backends.numba import distance as compiled  # deferred: slow to import

        return compiled
    from gtn.backends.torch import distance

    return distance
