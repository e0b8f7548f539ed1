"""The order in which arcs and states are worked through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import torch

from gtn.cpu.jit import Ints, ints, jit
from gtn.graph import Graph
from gtn.levels import cycle_error, useful_states


@dataclass(frozen=True)
class Order:
    """Arcs by the state they enter, states in topological order.

    Attributes:
        states: (S,) every state before those that its arcs enter; empty: the numbering itself is such an order.
        arcs: (A',) arcs by dst; those on useless cycles are left out. Empty: the arcs themselves are so sorted.
        offset: (S + 1,) where the arcs that enter each state begin in ``arcs``.
        complete: whether all arcs are there.
    """

    states: Ints
    arcs: Ints
    offset: Ints
    complete: bool


def order(g: Graph) -> Order:
    """Work out the order of a batch on the CPU; the result is kept with the graph.

    Raises:
        CycleError: a cycle lies on a path from a start state to a final state.
    """
    if "order" not in g.cache:
        g.cache["order"] = _order(g)
    found: Order = g.cache["order"]
    return found


def _order(g: Graph) -> Order:
    src, dst = ints(g.src), ints(g.dst)
    rising, sorted_by_src, sorted_by_dst = look(src, dst)
    g.cache["sorted by src"] = bool(sorted_by_src)
    arcs, offset = sort_by(dst, g.num_states, bool(sorted_by_dst))
    if rising:
        return Order(np.zeros(0, np.int64), arcs, offset, True)
    states = topological(src, dst, *by_src(g))
    complete = states.size == g.num_states
    if not complete:
        useful = useful_states(g)
        keep = (useful[g.src] & useful[g.dst]).nonzero().flatten()
        src, dst = ints(g.src[keep]), ints(g.dst[keep])
        states = topological(src, dst, *sort_by(src, g.num_states, False))
        if states.size < g.num_states:
            waiting = torch.ones(g.num_states, dtype=torch.bool)
            waiting[torch.from_numpy(states)] = False
            raise cycle_error(g, int(waiting.nonzero()[0]))
        arcs, offset = sort_by(dst, g.num_states, False)
        arcs = ints(keep)[arcs]
    return Order(states, arcs, offset, complete)


def by_src(g: Graph) -> tuple[Ints, Ints]:
    """Arcs by src, empty if they are sorted so, and the offsets of the states; kept with the graph."""
    if "by src" not in g.cache:
        src = ints(g.src)
        if "sorted by src" not in g.cache:
            g.cache["sorted by src"] = bool(look(src, ints(g.dst))[1])
        g.cache["by src"] = sort_by(src, g.num_states, g.cache["sorted by src"])
    return cast("tuple[Ints, Ints]", g.cache["by src"])


def is_swept(g: Graph) -> bool:
    """Whether arcs lead to higher states and are sorted by src, so that no order has to be worked out."""
    if "swept" not in g.cache:
        rising, sorted_by_src, _ = look(ints(g.src), ints(g.dst))
        g.cache["sorted by src"] = bool(sorted_by_src)
        g.cache["swept"] = bool(rising and sorted_by_src)
    return bool(g.cache["swept"])


@jit
def look(src: Ints, dst: Ints) -> tuple[bool, bool, bool]:
    """Whether all arcs lead to a higher state, and whether arcs are sorted by src, by dst."""
    rising, by_src, by_dst = True, True, True
    for k in range(src.size):
        rising &= src[k] < dst[k]
    for k in range(1, src.size):
        by_src &= src[k - 1] <= src[k]
        by_dst &= dst[k - 1] <= dst[k]
    return rising, by_src, by_dst


@jit
def sort_by(state: Ints, num_states: int, is_sorted: bool) -> tuple[Ints, Ints]:
    """Arcs sorted by a state, stably (empty if they are so already), and the offsets of the states."""
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
def topological(src: Ints, dst: Ints, arcs: Ints, offset: Ints) -> Ints:
    """States so that arcs lead forwards; those on a cycle or behind one are missing (Kahn's algorithm).

    Args:
        src: (A,).
        dst: (A,).
        arcs: arcs by src, empty if they are sorted so.
        offset: where those of each state begin.
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
