"""N-best strings by A* search with determinization on the fly (Mohri and Riley 2002).

A *node* of the search is an output string so far with all the states that it leads to, each by its best partial path;
its priority is the best score of a complete path through it, so that complete strings are popped best first. The
heuristic is exact: the best score from each state to an end.

The nodes on the heap are disjoint sets of strings, so that the n best priorities bound the useful scores; partial paths
below that bound are pruned at once.

Priorities that differ by less than one part in 2**40 count as equal, and the newest goes first: rounding would
otherwise let a search among many equal paths visit all of them.
"""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np

from gtn.backends.numba.heap import pop, push, state_pop, state_push
from gtn.backends.numba.jit import Flags, Floats, Ints, jit

NO_BOUND = 1 << 62
Values = TypeVar("Values", Ints, Floats)


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
    """Find the best path of each of the n best strings; results as in ``gtn.backends.torch.nbest.best_paths``.

    Args:
        n: Number of strings.
        state_offset: (B + 1,).
        rank: (S,) see ``gtn.tensors.ArcOrder``.
        arcs: Arcs by src, empty if they are sorted so.
        offset: (S + 1,) first arc of each state.
        dst: (A,).
        label: (A,) output labels.
        weight: (A,).
        start: (S,).
        final: (S,).
        beta: (S,) the best score of a path from each state to an end.
    """
    size = state_offset.size - 1
    # partial paths: last state, predecessor, arc; and their scores
    partial_paths, scores = np.empty((1024, 3), np.int64), np.empty(1024, np.float64)
    # heap: priority in units, age, first and last partial path of the node (last -1: first is a complete path)
    heap = np.empty((256, 4), np.int64)
    labeled = np.empty((64, 3), np.int64)  # labeled arcs that leave the node: label, partial path, arc
    slot = np.full(start.size, -1, np.int64)  # partial path to each state within the current node
    open_states = np.empty(start.size, np.int64)
    top = np.empty(n, np.int64)  # the n least depths on the heap, sorted
    out_arcs, out_end = np.empty(256, np.int64), np.empty(n * size, np.int64)
    out_offset, offsets = np.zeros(n * size + 1, np.int64), np.zeros(size + 1, np.int64)
    num_out = 0
    for b in range(size):
        best = -math.inf
        num_partial, num_heap, age, num_top = 0, 0, 0, 0
        while scores.size < state_offset[b + 1] - state_offset[b]:
            partial_paths, scores = double_rows(partial_paths), double_size(scores)
        for s in range(state_offset[b], state_offset[b + 1]):
            if start[s] and beta[s] > -math.inf:
                best = max(best, beta[s])
                set_path(partial_paths, scores, num_partial, s, -1, -1, 0.0)
                num_partial += 1
        unit = max(abs(best), 1.0) * 2.0**-40
        if num_partial:
            num_heap = push(heap, num_heap, 0, age, 0, num_partial)
            num_top = insert_depth(top, num_top, n, 0)
        first_out = num_out
        while num_heap and num_out - first_out < n:
            first, last = heap[0, 2], heap[0, 3]
            num_heap = pop(heap, num_heap)
            need = n - (num_out - first_out)
            # the popped node counts itself; one unit beyond the bound, because of rounding
            deepest = top[need - 1] + 1 if num_top >= need else NO_BOUND
            least = max(best - deepest * unit, -1.7e308)
            for k in range(num_top - 1):
                top[k] = top[k + 1]
            num_top -= num_top > 0
            if last < 0:
                length = trace(partial_paths, first, out_arcs, out_offset[num_out])
                while length > out_arcs.size:
                    out_arcs = double_size(out_arcs)
                    length = trace(partial_paths, first, out_arcs, out_offset[num_out])
                out_end[num_out] = partial_paths[first, 0]
                num_out += 1
                out_offset[num_out] = length
                continue
            # epsilon closure of the string's states, in topological order
            num_open = 0
            for k in range(first, last):
                slot[partial_paths[k, 0]] = k
                num_open = state_push(open_states, num_open, partial_paths[k, 0], rank)
            begin, num_labeled = num_partial, 0
            end_score, end_partial = -math.inf, -1
            while num_open:
                s = open_states[0]
                num_open = state_pop(open_states, num_open, rank)
                partial = slot[s]
                slot[s] = -1
                score = scores[partial]
                if score + final[s] > end_score:
                    end_score, end_partial = score + final[s], partial
                while num_partial + offset[s + 1] - offset[s] > scores.size:
                    partial_paths, scores = double_rows(partial_paths), double_size(scores)
                while num_labeled + offset[s + 1] - offset[s] > labeled.shape[0]:
                    labeled = double_rows(labeled)
                for k in range(offset[s], offset[s + 1]):
                    arc = arcs[k] if arcs.size else k
                    d = dst[arc]
                    x = score + weight[arc]
                    if not x + beta[d] >= least:
                        continue
                    if label[arc] >= 0:
                        labeled[num_labeled, 0] = label[arc]
                        labeled[num_labeled, 1] = partial
                        labeled[num_labeled, 2] = arc
                        num_labeled += 1
                    elif slot[d] < 0 or x > scores[slot[d]]:
                        if slot[d] < 0:
                            num_open = state_push(open_states, num_open, d, rank)
                        if slot[d] < begin:  # none yet, or one of the node itself
                            slot[d] = num_partial
                            num_partial += 1
                        set_path(partial_paths, scores, slot[d], d, partial, arc, x)
            while num_heap + num_labeled + 1 > heap.shape[0]:
                heap = double_rows(heap)
            while num_partial + num_labeled > scores.size:
                partial_paths, scores = double_rows(partial_paths), double_size(scores)
            # one entry for the complete string, and one node for each label that follows
            sort_by_label(labeled, num_labeled)
            k = -1
            while k < num_labeled:
                node, high, until = num_partial, -math.inf, -1
                if k < 0:
                    node, high, k = end_partial, end_score, 0
                else:
                    written = labeled[k, 0]
                    while k < num_labeled and labeled[k, 0] == written:
                        partial, arc = labeled[k, 1], labeled[k, 2]
                        d, x = dst[arc], scores[partial] + weight[arc]
                        high = max(high, x + beta[d])
                        if slot[d] < 0:
                            slot[d] = num_partial
                            num_partial += 1
                            set_path(partial_paths, scores, slot[d], d, partial, arc, x)
                        elif x > scores[slot[d]]:
                            set_path(partial_paths, scores, slot[d], d, partial, arc, x)
                        k += 1
                    until = num_partial
                    for m in range(node, until):
                        slot[partial_paths[m, 0]] = -1
                if node >= 0 and high >= least:
                    come = depth(best, high, unit)
                    age += 1
                    num_heap = push(heap, num_heap, come, age, node, until)
                    num_top = insert_depth(top, num_top, need, come)
        offsets[b + 1] = num_out
    return out_arcs[: out_offset[num_out]], out_offset[: num_out + 1], out_end[:num_out], offsets


@jit
def double_rows(table: Ints) -> Ints:
    """Return a table with twice the rows."""
    result = np.empty((table.shape[0] * 2, table.shape[1]), np.int64)
    result[: table.shape[0]] = table
    return result


@jit
def double_size(values: Values) -> Values:
    """Return an array of twice the size."""
    result = np.empty(values.size * 2, values.dtype)
    result[: values.size] = values
    return result


@jit
def sort_by_label(labeled: Ints, num: int) -> None:
    """Sort the first num rows by their first column (Shell sort)."""
    gap = 1
    while gap < num // 3:
        gap = 3 * gap + 1
    while gap:
        for i in range(gap, num):
            a, b, c = labeled[i, 0], labeled[i, 1], labeled[i, 2]
            k = i
            while k >= gap and labeled[k - gap, 0] > a:
                for column in range(3):
                    labeled[k, column] = labeled[k - gap, column]
                k -= gap
            labeled[k, 0], labeled[k, 1], labeled[k, 2] = a, b, c
        gap //= 3


@jit
def trace(partial_paths: Ints, partial: int, arcs: Ints, begin: int) -> int:
    """Write the arcs of a path from ``begin`` on, if there is room; return its end."""
    end, at = begin, partial
    while partial_paths[at, 1] >= 0:
        end += 1
        at = partial_paths[at, 1]
    if end <= arcs.size:
        k, at = end, partial
        while partial_paths[at, 1] >= 0:
            k -= 1
            arcs[k] = partial_paths[at, 2]
            at = partial_paths[at, 1]
    return end


@jit
def depth(best: float, score: float, unit: float) -> int:
    """Return the distance of a score from the best one, in units."""
    return int(min((best - score) / unit + 0.5, 4.0e18))


@jit
def insert_depth(top: Ints, num: int, need: int, come: int) -> int:
    """Insert a depth among the ``need`` least, which are sorted; return their new number."""
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
def set_path(
    partial_paths: Ints, scores: Floats, partial: int, state: int, before: int, arc: int, score: float
) -> None:
    """Store the state, predecessor, arc and score of a partial path."""
    partial_paths[partial, 0] = state
    partial_paths[partial, 1] = before
    partial_paths[partial, 2] = arc
    scores[partial] = score
