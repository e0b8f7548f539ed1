"""Shortest distances on the CPU: state by state, each from the arcs that enter it.

``alpha`` of a state is the semiring sum over the paths from a start state to it, in float64. In the log
semiring the forward pass also leaves the *share* that each arc has in the distance of the state it enters:
the backward pass then needs no exponentials, only products.
"""

from __future__ import annotations

import math

import numpy as np

from gtn.cpu.jit import Flags, Floats, Ints, jit


@jit
def log_forward(
    states: Ints,
    arcs: Ints,
    offset: Ints,
    src: Ints,
    weight: Floats,
    start: Flags,
    alpha: Floats,
    share: Floats,
) -> None:
    """Fill alpha (S,) and share (A,), which is in the order of ``arcs``; share may be empty: not wanted."""
    keep = share.size > 0
    x = np.empty(src.size, np.float64)
    for n in range(offset.size - 1):
        s = states[n] if states.size else n
        begin, end = offset[s], offset[s + 1]
        base = 0.0 if start[s] else -math.inf
        high = base
        for k in range(begin, end):
            arc = arcs[k] if arcs.size else k
            x[k] = alpha[src[arc]] + weight[arc]
            high = x[k] if x[k] > high else high
        if high == -math.inf:  # also where there is only NaN, which must not be lost
            total = 0.0
            for k in range(begin, end):
                total += 0.0 if x[k] == -math.inf else x[k]
            alpha[s] = math.nan if total != total else -math.inf
            if keep:
                share[begin:end] = total
            continue
        total = 0.0 if base == -math.inf else math.exp(base - high)
        for k in range(begin, end):
            x[k] = 1.0 if x[k] == high else math.exp(x[k] - high)
            total += x[k]
        alpha[s] = high + math.log(total)
        if keep:
            scale = 1.0 / total
            for k in range(begin, end):
                share[k] = x[k] * scale


@jit
def log_end(state_offset: Ints, alpha: Floats, final: Floats, score: Floats) -> None:
    """Fill score (B,): the log sum over the final states of each graph."""
    for b in range(score.size):
        high = -math.inf
        poison = 0.0
        for s in range(state_offset[b], state_offset[b + 1]):
            x = alpha[s] + final[s]
            high = x if x > high else high
            poison += 0.0 if x == -math.inf else x
        if poison != poison:
            high = math.nan
        total = 0.0
        if high > -math.inf:
            for s in range(state_offset[b], state_offset[b + 1]):
                if final[s] > -math.inf:
                    total += math.exp(alpha[s] + final[s] - high)
        score[b] = high + math.log(total) if high > -math.inf else high


@jit
def log_backward(
    states: Ints,
    arcs: Ints,
    offset: Ints,
    src: Ints,
    state_offset: Ints,
    alpha: Floats,
    final: Floats,
    share: Floats,
    score: Floats,
    grad: Floats,
    by_arc: Floats,
    by_final: Floats,
) -> None:
    """Fill by_arc (A,) and by_final (S,): derivatives of the scores, times grad (B,). by_arc comes as zeros."""
    by_state = np.empty(offset.size - 1, np.float64)
    for b in range(score.size):
        for s in range(state_offset[b], state_offset[b + 1]):
            by_final[s] = 0.0
            if final[s] > -math.inf and score[b] != -math.inf:
                by_final[s] = grad[b] * math.exp(alpha[s] + final[s] - score[b])
            by_state[s] = by_final[s]
    for n in range(offset.size - 2, -1, -1):
        s = states[n] if states.size else n
        upper = by_state[s]
        if upper == 0.0:
            continue
        for k in range(offset[s], offset[s + 1]):
            arc = arcs[k] if arcs.size else k
            part = upper * share[k]
            by_arc[arc] = part
            by_state[src[arc]] += part


@jit
def best_forward(
    states: Ints, arcs: Ints, offset: Ints, src: Ints, weight: Floats, start: Flags, alpha: Floats, back: Ints
) -> None:
    """Fill alpha (S,) and back (S,), the arc of the best way into each state; -1 where a path begins or none leads."""
    for n in range(offset.size - 1):
        s = states[n] if states.size else n
        high, arc_in = (0.0 if start[s] else -math.inf), -1
        for k in range(offset[s], offset[s + 1]):
            arc = arcs[k] if arcs.size else k
            x = alpha[src[arc]] + weight[arc]
            if x > high:
                high, arc_in = x, arc
        alpha[s] = high
        back[s] = arc_in


@jit
def best_sweep(src: Ints, dst: Ints, weight: Floats, start: Flags, alpha: Floats, back: Ints) -> None:
    """Do as ``best_forward``, for arcs that lead to higher states and are sorted by src: one sweep over them."""
    for s in range(start.size):
        alpha[s] = 0.0 if start[s] else -math.inf
        back[s] = -1
    for k in range(src.size):
        x = alpha[src[k]] + weight[k]
        if x > alpha[dst[k]]:
            alpha[dst[k]] = x
            back[dst[k]] = k


@jit
def best_end(state_offset: Ints, alpha: Floats, final: Floats, score: Floats, end: Ints) -> None:
    """Fill score (B,) and end (B,), the last state of the best path; -1 without one."""
    for b in range(score.size):
        high, last = -math.inf, -1
        for s in range(state_offset[b], state_offset[b + 1]):
            if alpha[s] + final[s] > high:
                high, last = alpha[s] + final[s], s
        score[b] = high
        end[b] = last


@jit
def trace(src: Ints, back: Ints, end: Ints) -> tuple[Ints, Ints]:
    """The arcs of the best paths end to end, and where each begins (B + 1,)."""
    offset = np.zeros(end.size + 1, np.int64)
    for b in range(end.size):
        offset[b + 1] = offset[b]
        s = end[b]
        while s >= 0 and back[s] >= 0:
            offset[b + 1] += 1
            s = src[back[s]]
    arcs = np.empty(offset[-1], np.int64)
    for b in range(end.size):
        s, k = end[b], offset[b + 1]
        while s >= 0 and back[s] >= 0:
            k -= 1
            arcs[k] = back[s]
            s = src[back[s]]
    return arcs, offset


@jit
def count_forward(
    states: Ints, arcs: Ints, offset: Ints, src: Ints, weight: Floats, start: Flags, alpha: Floats
) -> None:
    """Fill alpha (S,) with the number of ways to each state, over arcs whose weight is not -inf."""
    for n in range(offset.size - 1):
        s = states[n] if states.size else n
        total = 1.0 if start[s] else 0.0
        for k in range(offset[s], offset[s + 1]):
            arc = arcs[k] if arcs.size else k
            if weight[arc] > -math.inf:
                total += alpha[src[arc]]
        alpha[s] = total
