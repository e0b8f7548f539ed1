"""Operands of a composition: arcs sorted by the label that is matched."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np

from gtn.backends.numba.jit import Flags, Ints, Small, jit

Table = TypeVar("Table", Ints, Small)

TOO_MANY_STATES, TOO_MANY_ARCS = -1, -2
"""First of the offsets of arcs in a result that goes over the budget."""


class Operand(NamedTuple):
    """One of the two batches of a composition, its arcs sorted by the label that is matched.

    Attributes:
        item: (N,) the graph of the batch for each graph of the result.
        offset: (B + 1,) first states.
        state: (S,) the state of each rank.
        start: (S,) by state.
        final: (S,) by state.
        arcs: (A,) arcs by (src, label).
        table: First arc of each (src, label), at ``src * width + label + 1``.
        to: (A,) the rank of the state that each of ``arcs`` enters.
        label: (A,) the label of each of ``arcs``.
    """

    item: Ints
    offset: Ints
    state: Ints
    start: Flags
    final: Flags
    arcs: Ints
    table: Ints
    to: Ints
    label: Ints


@jit
def label_table(
    src: Ints, dst: Ints, label: Ints, rank: Ints, num_states: int, width: int
) -> tuple[Ints, Ints, Ints, Ints]:
    """Compute the last four fields of ``Operand``; width is 1 + the number of labels."""
    offset = np.zeros(num_states * width + 1, np.int64)
    last, is_sorted = -1, True
    for k in range(src.size):
        n = src[k] * width + label[k] + 1
        offset[n + 1] += 1
        is_sorted &= n >= last
        last = n
    for n in range(num_states * width):
        offset[n + 1] += offset[n]
    arcs, to, labels = np.empty_like(src), np.empty_like(src), np.empty_like(src)
    if is_sorted:
        for k in range(src.size):
            arcs[k] = k
            to[k] = rank[dst[k]]
            labels[k] = label[k]
        return arcs, offset, to, labels
    place = offset[:-1].copy()
    for k in range(src.size):
        n = src[k] * width + label[k] + 1
        arcs[place[n]] = k
        to[place[n]] = rank[dst[k]]
        labels[place[n]] = label[k]
        place[n] += 1
    return arcs, offset, to, labels


@jit
def double_columns(table: Table, used: int) -> Table:
    """Return a table with twice the columns; those in use are copied."""
    result = np.empty((table.shape[0], table.shape[1] * 2), table.dtype)
    result[:, :used] = table[:, :used]
    return result


@jit
def result_columns(
    arcs: Ints, states: Ints, arc_offset: Ints, state_offset: Ints
) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints, Flags, Ints, Ints]:
    """Return the fields of ``gtn.backends.torch.compose.Pairs``.

    Args:
        arcs: (4, >= A) src, dst, arc of a, arc of b.
        states: (3, >= S) state of a, state of b, blocked.
        arc_offset: (B + 1,).
        state_offset: (B + 1,).
    """
    num_arcs, num_states = arc_offset[-1], state_offset[-1]
    return (
        shrink(arcs[0], num_arcs),
        shrink(arcs[1], num_arcs),
        shrink(arcs[2], num_arcs),
        shrink(arcs[3], num_arcs),
        shrink(states[0], num_states),
        shrink(states[1], num_states),
        states[2, :num_states] == 0,
        arc_offset,
        state_offset,
    )


@jit
def shrink(values: Ints, num: int) -> Ints:
    """Return the first num entries; a copy if they use less than half of the memory."""
    return values[:num] if 2 * num > values.size else values[:num].copy()
