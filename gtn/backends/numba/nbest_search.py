"""The n best strings on the CPU: best-first search, guided by the best score of what is still to come.

A *node* of the search is an output string so far with all the states it leads to, each by its best way; its
priority is the best score of a whole path through it, so that whole strings come off the heap best first
(Mohri and Riley 2002, determinisation on the fly).

What waits on the heap are disjoint sets of strings, so the n best priorities there bound what can still matter;
ways below that bound are dropped at once.

Priorities that differ by less than one part in 2**40 count as equal, and the newest goes first: rounding would
otherwise let a search among many equal paths wander through all of them.
"""

from __future__ import annotations

import math

import numpy as np

from gtn.backends.numba.heap import open_pop, open_push, pop, push
from gtn.backends.numba.jit import Flags, Floats, Ints, jit

NO_BOUND = 1 << 62


@jit
def best_paths(
    n: int,
    state_offset: Ints,
    rank: Ints,
    arcs: Ints,
    offset: Ints,
    dst: Ints,
    label: Ints,
    weight: Floats,
    start: Flags,
    final: Floats,
    beta: Floats,
) -> tuple[Ints, Ints, Ints, Ints]:
    """Find the best path of each of the n best strings; see ``gtn.backends.torch.nbest.best_paths``.

    Args:
        n: how many.
        state_offset: (B + 1,).
        rank: (S,) see ``gtn.tensors.ArcOrder``.
        arcs: arcs by src, empty if they are sorted so.
        offset: (S + 1,) where those of each state begin.
        dst: (A,).
        label: (A,) output labels.
        weight: (A,).
        start: (S,).
        final: (S,).
        beta: (S,) the best score of a path from each state to an end.
    """
    size = state_offset.size - 1
    # ways: state, way before, arc; and their scores
    ways, scores = np.empty((1024, 3), np.int64), np.empty(1024, np.float64)
    # heap: priority in units, age of the entry, first way, last way (-1: first is a whole path)
    heap = np.empty((256, 4), np.int64)
    loud = np.empty((64, 3), np.int64)  # what comes next: label, way before, arc
    slot = np.full(start.size, -1, np.int64)  # the way to a state within the node that is being worked on
    open_states = np.empty(start.size, np.int64)
    top = np.empty(n, np.int64)  # the least depths known on the heap, sorted
    out_arcs, out_end = np.empty(256, np.int64), np.empty(n * size, np.int64)
    out_offset, offsets = np.zeros(n * size + 1, np.int64), np.zeros(size + 1, np.int64)
    num_out = 0
    for b in range(size):
        best = -math.inf
        num_ways, num_heap, age, num_top = 0, 0, 0, 0
        while scores.size < state_offset[b + 1] - state_offset[b]:
            ways, scores = wider(ways), longer(scores)
        for s in range(state_offset[b], state_offset[b + 1]):
            if start[s] and beta[s] > -math.inf:
                best = max(best, beta[s])
                set_way(ways, scores, num_ways, s, -1, -1, 0.0)
                num_ways += 1
        unit = max(abs(best), 1.0) * 2.0**-40
        if num_ways:
            num_heap = push(heap, num_heap, 0, age, 0, num_ways)
            num_top = note(top, num_top, n, 0)
        first_out = num_out
        while num_heap and num_out - first_out < n:
            first, last = heap[0, 2], heap[0, 3]
            num_heap = pop(heap, num_heap)
            need = n - (num_out - first_out)
            # the string set that comes off counts itself; one unit more than the bound, because of rounding
            deepest = top[need - 1] + 1 if num_top >= need else NO_BOUND
            least = max(best - deepest * unit, -1.7e308)
            for k in range(num_top - 1):
                top[k] = top[k + 1]
            num_top -= num_top > 0
            if last < 0:
                length = trace(ways, first, out_arcs, out_offset[num_out])
                while length > out_arcs.size:
                    out_arcs = longer_ints(out_arcs)
                    length = trace(ways, first, out_arcs, out_offset[num_out])
                out_end[num_out] = ways[first, 0]
                num_out += 1
                out_offset[num_out] = length
                continue
            # all states of the string, in topological order, over arcs that write nothing
            num_open = 0
            for k in range(first, last):
                slot[ways[k, 0]] = k
                num_open = open_push(open_states, num_open, ways[k, 0], rank)
            begin, num_loud = num_ways, 0
            end_score, end_way = -math.inf, -1
            while num_open:
                s = open_states[0]
                num_open = open_pop(open_states, num_open, rank)
                way = slot[s]
                slot[s] = -1
                score = scores[way]
                if score + final[s] > end_score:
                    end_score, end_way = score + final[s], way
                while num_ways + offset[s + 1] - offset[s] > scores.size:
                    ways, scores = wider(ways), longer(scores)
                while num_loud + offset[s + 1] - offset[s] > loud.shape[0]:
                    loud = wider(loud)
                for k in range(offset[s], offset[s + 1]):
                    arc = arcs[k] if arcs.size else k
                    d = dst[arc]
                    x = score + weight[arc]
                    if not x + beta[d] >= least:
                        continue
                    if label[arc] >= 0:
                        loud[num_loud, 0] = label[arc]
                        loud[num_loud, 1] = way
                        loud[num_loud, 2] = arc
                        num_loud += 1
                    elif slot[d] < 0 or x > scores[slot[d]]:
                        if slot[d] < 0:
                            num_open = open_push(open_states, num_open, d, rank)
                        if slot[d] < begin:  # none yet, or one that belongs to the node itself
                            slot[d] = num_ways
                            num_ways += 1
                        set_way(ways, scores, slot[d], d, way, arc, x)
            while num_heap + num_loud + 1 > heap.shape[0]:
                heap = wider(heap)
            while num_ways + num_loud > scores.size:
                ways, scores = wider(ways), longer(scores)
            # one entry for the string as it is, and one node for each label that comes next
            sort_by_label(loud, num_loud)
            k = -1
            while k < num_loud:
                node, high, until = num_ways, -math.inf, -1
                if k < 0:
                    node, high, k = end_way, end_score, 0
                else:
                    written = loud[k, 0]
                    while k < num_loud and loud[k, 0] == written:
                        way, arc = loud[k, 1], loud[k, 2]
                        d, x = dst[arc], scores[way] + weight[arc]
                        high = max(high, x + beta[d])
                        if slot[d] < 0:
                            slot[d] = num_ways
                            num_ways += 1
                            set_way(ways, scores, slot[d], d, way, arc, x)
                        elif x > scores[slot[d]]:
                            set_way(ways, scores, slot[d], d, way, arc, x)
                        k += 1
                    until = num_ways
                    for m in range(node, until):
                        slot[ways[m, 0]] = -1
                if node >= 0 and high >= least:
                    come = depth(best, high, unit)
                    age += 1
                    num_heap = push(heap, num_heap, come, age, node, until)
                    num_top = note(top, num_top, need, come)
        offsets[b + 1] = num_out
    return out_arcs[: out_offset[num_out]], out_offset[: num_out + 1], out_end[:num_out], offsets


@jit
def wider(table: Ints) -> Ints:
    """The table with twice the rows."""
    result = np.empty((table.shape[0] * 2, table.shape[1]), np.int64)
    result[: table.shape[0]] = table
    return result


@jit
def longer(values: Floats) -> Floats:
    """The numbers, with twice the room."""
    result = np.empty(values.size * 2, np.float64)
    result[: values.size] = values
    return result


@jit
def longer_ints(values: Ints) -> Ints:
    """The numbers, with twice the room."""
    result = np.empty(values.size * 2, np.int64)
    result[: values.size] = values
    return result


@jit
def sort_by_label(loud: Ints, num: int) -> None:
    """Sort the first num rows by their first column (Shell's sort)."""
    gap = 1
    while gap < num // 3:
        gap = 3 * gap + 1
    while gap:
        for i in range(gap, num):
            a, b, c = loud[i, 0], loud[i, 1], loud[i, 2]
            k = i
            while k >= gap and loud[k - gap, 0] > a:
                for column in range(3):
                    loud[k, column] = loud[k - gap, column]
                k -= gap
            loud[k, 0], loud[k, 1], loud[k, 2] = a, b, c
        gap //= 3


@jit
def trace(ways: Ints, way: int, arcs: Ints, begin: int) -> int:
    """Write the arcs of a path from ``begin`` on, if there is room; where it ends."""
    end, at = begin, way
    while ways[at, 1] >= 0:
        end += 1
        at = ways[at, 1]
    if end <= arcs.size:
        k, at = end, way
        while ways[at, 1] >= 0:
            k -= 1
            arcs[k] = ways[at, 2]
            at = ways[at, 1]
    return end


@jit
def depth(best: float, score: float, unit: float) -> int:
    """How far a score lies below the best, in units."""
    return int(min((best - score) / unit + 0.5, 4.0e18))


@jit
def note(top: Ints, num: int, need: int, come: int) -> int:
    """Put a depth in its place among the ``need`` least; their new number."""
    if num >= need:
        if come >= top[need - 1]:
            return need
        num = need - 1
    k = num
    while k and top[k - 1] > come:
        top[k] = top[k - 1]
        k -= 1
    top[k] = come
    return num + 1


@jit
def set_way(ways: Ints, scores: Floats, way: int, state: int, before: int, arc: int, score: float) -> None:
    """Note a way to a state."""
    ways[way, 0] = state
    ways[way, 1] = before
    ways[way, 2] = arc
    scores[way] = score
