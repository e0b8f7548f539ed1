"""The two batches of a composition as its kernels see them: arcs by the label that is matched."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gtn.backends.numba.jit import Flags, Ints, jit

TOO_MANY_STATES, TOO_MANY_ARCS = -1, -2
"""First of the offsets of arcs in a result that goes over the budget."""


class Operand(NamedTuple):
    """One of the two batches, its arcs sorted by the label that is matched.

    Attributes:
        item: (N,) the graph of the batch that each graph of the result is made of.
        offset: (B + 1,) first states.
        state: (S,) the state of each rank.
        start: (S,) by state.
        final: (S,) by state.
        arcs: (A,) arcs by (src, label).
        table: where those of each (src, label) begin, at ``src * width + label + 1``.
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
    """The last four fields of ``Operand``; width is 1 + the number of labels."""
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
def tight(values: Ints, num: int) -> Ints:
    """The first num numbers, as they lie unless that would keep more than twice their memory."""
    return values[:num] if 2 * num > values.size else values[:num].copy()
