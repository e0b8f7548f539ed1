"""Labels, weights and gradients of a composition, from the pairs of arcs that it consists of."""

from __future__ import annotations

from gtn.backends.numba.jit import Flags, Floats, Ints, jit


@jit
def fill(
    arc_a: Ints,
    arc_b: Ints,
    a_label: Ints,
    b_label: Ints,
    a_weight: Floats,
    b_weight: Floats,
    a_payload: Ints,
    b_payload: Ints,
    ilabel: Ints,
    olabel: Ints,
    weight: Floats,
    payload: Ints,
) -> None:
    """Fill labels, weights and payloads of the result; an empty array marks a column that is absent."""
    for k in range(arc_a.size):
        i, j = arc_a[k], arc_b[k]
        ilabel[k] = a_label[i] if i >= 0 else -1
        weight[k] = (a_weight[i] if i >= 0 else 0.0) + (b_weight[j] if j >= 0 else 0.0)
        if olabel.size:
            olabel[k] = b_label[j] if j >= 0 else -1
        if payload.size:
            carried = a_payload[i] if i >= 0 and a_payload.size else -1
            payload[k] = b_payload[j] if carried < 0 and j >= 0 and b_payload.size else carried


@jit
def fill_states(
    state_a: Ints,
    state_b: Ints,
    first: Flags,
    a_start: Flags,
    b_start: Flags,
    a_final: Floats,
    b_final: Floats,
    start: Flags,
    final: Floats,
) -> None:
    """Fill start flags and final weights of the states of the result."""
    for s in range(state_a.size):
        i, j = state_a[s], state_b[s]
        start[s] = a_start[i] and b_start[j] and first[s]
        final[s] = a_final[i] + b_final[j]


@jit
def scatter(arc_a: Ints, arc_b: Ints, grad: Floats, by_a: Floats, by_b: Floats) -> None:
    """Add the gradient of each arc of the result to its arcs of a and b; by_a and by_b start as zeros."""
    for k in range(arc_a.size):
        if by_a.size and arc_a[k] >= 0:
            by_a[arc_a[k]] += grad[k]
        if by_b.size and arc_b[k] >= 0:
            by_b[arc_b[k]] += grad[k]
