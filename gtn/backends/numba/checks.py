"""Validation of a large batch in one pass."""

from __future__ import annotations

import math

from gtn.backends.numba.jit import Floats, Ints, jit


@jit
def well_formed(
    arc_offset: Ints,
    state_offset: Ints,
    src: Ints,
    dst: Ints,
    ilabel: Ints,
    olabel: Ints,
    payload: Ints,
    weight: Floats,
) -> bool:
    """Return True if arcs stay within their graphs, labels and payloads are >= -1, and weights < inf.

    Args:
        arc_offset: (B + 1,).
        state_offset: (B + 1,).
        src: (A,).
        dst: (A,).
        ilabel: (A,).
        olabel: (A,), or empty.
        payload: (A,), or empty.
        weight: (A,).
    """
    good = True
    for b in range(arc_offset.size - 1):
        low, high = state_offset[b], state_offset[b + 1]
        for k in range(arc_offset[b], arc_offset[b + 1]):
            good &= (src[k] >= low) & (src[k] < high) & (dst[k] >= low) & (dst[k] < high)
            good &= (ilabel[k] >= -1) & (weight[k] < math.inf)
    for k in range(olabel.size):
        good &= olabel[k] >= -1
    for k in range(payload.size):
        good &= payload[k] >= -1
    return good
