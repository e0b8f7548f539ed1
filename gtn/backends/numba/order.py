"""Topological order of the arcs of a batch."""

from __future__ import annotations

import numpy as np
import torch

from gtn.backends.numba.jit import Ints, ints, jit
from gtn.backends.torch.levels import cycle_error, useful_states
from gtn.tensors import ArcOrder, GraphTensors


def arc_order(g: GraphTensors) -> ArcOrder:
    """Sort the arcs of a batch topologically; kept in the index of the graph.

    Raises:
        CycleError: a cycle lies on a path from a start state to a final state.
    """
    if g.index.arc_order is None:
        g.index.arc_order = _arc_order(g)
    return g.index.arc_order


def _arc_order(g: GraphTensors) -> ArcOrder:
    src, dst = ints(g.src), ints(g.dst)
    none = np.zeros(0, np.int64)
    rising, is_sorted = arc_monotonicity(src, dst)
    g.index.sorted_by_src = bool(is_sorted)
    if rising:
        return ArcOrder(g.num_arcs, none if is_sorted else arcs_by_src(g)[0], none, True)
    arcs, offset = arcs_by_src(g)
    states = topological(dst, arcs, offset)
    complete = states.size == g.num_states
    if complete:
        sequence = concatenate_arcs(states, arcs, offset)
    else:
        useful = useful_states(g)
        keep = (useful[g.src] & useful[g.dst]).nonzero().flatten()
        dst = ints(g.dst[keep])
        arcs, offset = sort_by(ints(g.src[keep]), g.num_states, False)
        states = topological(dst, arcs, offset)
        if states.size < g.num_states:
            waiting = torch.ones(g.num_states, dtype=torch.bool)
            waiting[torch.from_numpy(states)] = False
            raise cycle_error(g, int(waiting.nonzero()[0]))
        sequence = ints(keep)[concatenate_arcs(states, arcs, offset)]
    rank = np.empty_like(states)
    rank[states] = np.arange(states.size)
    return ArcOrder(sequence.size, sequence, rank, complete)


def arcs_by_src(g: GraphTensors) -> tuple[Ints, Ints]:
    """Sort the arcs by src; return them (empty if sorted already) and the offsets of the states; kept in the index."""
    if g.index.arcs_by_src is None:
        src = ints(g.src)
        if g.index.sorted_by_src is None:
            g.index.sorted_by_src = bool(arc_monotonicity(src, ints(g.dst))[1])
        g.index.arcs_by_src = sort_by(src, g.num_states, g.index.sorted_by_src)
    return g.index.arcs_by_src


@jit
def arc_monotonicity(src: Ints, dst: Ints) -> tuple[bool, bool]:
    """Return whether all arcs lead to a higher state, and whether they are sorted by src."""
    rising, by_src = True, True
    for k in range(src.size):
        rising &= src[k] < dst[k]
    for k in range(1, src.size):
        by_src &= src[k - 1] <= src[k]
    return rising, by_src


@jit
def sort_by(state: Ints, num_states: int, is_sorted: bool) -> tuple[Ints, Ints]:
    """Sort arcs by a state, stably; return them (empty if sorted already) and the offsets of the states."""
    offset = np.zeros(num_states + 1, np.int64)
    for k in range(state.size):
        offset[state[k] + 1] += 1
    for s in range(num_states):
        offset[s + 1] += offset[s]
    if is_sorted:
        return np.zeros(0, np.int64), offset
    place = offset[:-1].copy()
    arcs = np.empty(state.size, np.int64)
    for k in range(state.size):
        arcs[place[state[k]]] = k
        place[state[k]] += 1
    return arcs, offset


@jit
def topological(dst: Ints, arcs: Ints, offset: Ints) -> Ints:
    """Sort states topologically (Kahn's algorithm); those on a cycle or behind one are missing.

    Args:
        dst: (A,).
        arcs: Arcs by src, empty if they are sorted so.
        offset: (S + 1,) first arc of each state.
    """
    num_states = offset.size - 1
    waiting = np.zeros(num_states, np.int64)
    for k in range(dst.size):
        waiting[dst[k]] += 1
    found = np.empty(num_states, np.int64)
    last = 0
    for s in range(num_states):
        if waiting[s] == 0:
            found[last] = s
            last += 1
    first = 0
    while first < last:
        s = found[first]
        first += 1
        for k in range(offset[s], offset[s + 1]):
            d = dst[arcs[k]] if arcs.size else dst[k]
            waiting[d] -= 1
            if waiting[d] == 0:
                found[last] = d
                last += 1
    return found[:last].copy()


@jit
def concatenate_arcs(states: Ints, arcs: Ints, offset: Ints) -> Ints:
    """Concatenate the arcs of these states, in this order; arguments as in ``topological``."""
    result = np.empty(offset[-1], np.int64)
    n = 0
    for s in states:
        for k in range(offset[s], offset[s + 1]):
            result[n] = arcs[k] if arcs.size else k
            n += 1
    return result
