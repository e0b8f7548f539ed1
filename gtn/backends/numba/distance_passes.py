"""Forward, backward and Viterbi passes over the arcs of a batch in topological order.

All take ``num`` and ``arcs``, see ``gtn.tensors.ArcOrder``. In the log semiring the sum of exp(score) over the paths to
a state is ``m * 2**e``, see ``gtn.backends.numba.scaled_float``.
"""

from __future__ import annotations

import math

import numpy as np

from gtn.backends.numba.jit import Flags, Floats, Ints, jit
from gtn.backends.numba.scaled_float import LEAST, LN2, NARROW, WIDE, power

SMALL, LARGE = 2.0**-200, 2.0**200
"""Mantissas beyond these are scaled before they are used."""


@jit
def log_forward(
    num: int,
    arcs: Ints,
    src: Ints,
    dst: Ints,
    weight_m: Floats,
    weight_e: Floats,
    start: Flags,
    m: Floats,
    e: Floats,
) -> None:
    """Fill m (S,) and e (S,), the sums over the paths to each state; large and small mantissas are renormalized.

    Args:
        num: Number of arcs.
        arcs: Their order.
        src: (A,).
        dst: (A,).
        weight_m: (A,) mantissas of exp(weight).
        weight_e: (A,) exponents.
        start: (S,).
        m: Filled with mantissas.
        e: Filled with exponents.
    """
    for s in range(start.size):
        m[s] = 1.0 if start[s] else 0.0
        e[s] = 0.0 if start[s] else LEAST
    last, high, at = -1, 0.0, 0.0
    for n in range(num):
        k = arcs[n] if arcs.size else n
        s = src[k]
        if s != last:
            last = s
            high, at = m[s], e[s]
            if high > LARGE or high < SMALL:
                high, shift = math.frexp(high)
                at += shift
                m[s] = high
                e[s] = at
        x = high * weight_m[k]
        if x != 0.0:  # true for NaN, which must propagate
            d = dst[k]
            above = at + weight_e[k] - e[d]
            if above > WIDE:
                m[d] = m[d] * power(-above) + x
                e[d] = at + weight_e[k]
            elif above >= NARROW:
                m[d] += x * power(above)


@jit
def path_sum(m: Floats, e: Floats, final_m: Floats, final_e: Floats) -> tuple[float, float]:
    """Return mantissa and exponent of the sum over all paths of one graph, from its states and final weights."""
    total, at = 0.0, LEAST
    for s in range(m.size):
        x = m[s] * final_m[s]
        if x != 0.0:
            high = e[s] + final_e[s]
            if high - at > WIDE:
                total = total * power(at - high) + x
                at = high
            else:
                total += x * power(high - at)
    return total, at


@jit
def log_end(
    state_offset: Ints,
    m: Floats,
    e: Floats,
    final_m: Floats,
    final_e: Floats,
    score: Floats,
    end_m: Floats,
    end_e: Floats,
) -> None:
    """Fill end_m (B,) and end_e (B,), the sums over all paths of each graph, and score (B,), their logarithms."""
    for b in range(score.size):
        a, z = state_offset[b], state_offset[b + 1]
        total, at = path_sum(m[a:z], e[a:z], final_m[a:z], final_e[a:z])
        end_m[b], end_e[b] = total, at
        score[b] = math.log(total) + at * LN2 if total != 0.0 else -math.inf


@jit
def log_backward(
    num: int,
    arcs: Ints,
    src: Ints,
    dst: Ints,
    weight_m: Floats,
    weight_e: Floats,
    m: Floats,
    e: Floats,
    state_offset: Ints,
    final_m: Floats,
    final_e: Floats,
    end_m: Floats,
    end_e: Floats,
    grad: Floats,
    by_arc: Floats,
    by_final: Floats,
) -> None:
    """Fill by_arc (A,) and by_final (S,), the gradients of the scores times grad (B,); by_arc starts as zeros."""
    by_unit = np.zeros(m.size, np.float64)  # gradient by a state's logarithm, divided by its mantissa
    for b in range(grad.size):
        for s in range(state_offset[b], state_offset[b + 1]):
            by_final[s] = 0.0
            if m[s] * final_m[s] != 0.0:
                by_unit[s] = grad[b] / end_m[b] * final_m[s] * power(e[s] + final_e[s] - end_e[b])
                by_final[s] = by_unit[s] * m[s]
    last, total, at = -1, 0.0, 0.0
    for n in range(num - 1, -1, -1):
        k = arcs[n] if arcs.size else n
        s = src[k]
        if s != last:
            if total != 0.0:
                by_unit[last] += total / m[last]
            last, total, at = s, 0.0, e[s]
        d = dst[k]
        x = by_unit[d] * m[s] * weight_m[k]
        if x != 0.0:
            part = x * power(at + weight_e[k] - e[d])
            by_arc[k] = part
            total += part


@jit
def best_forward(
    num: int,
    arcs: Ints,
    src: Ints,
    dst: Ints,
    weight: Floats,
    start: Flags,
    alpha: Floats,
    back: Ints,
) -> bool:
    """Fill alpha (S,) and back (S,), the best arc into each state; -1 where a path begins or no arc leads.

    Among equally good arcs the one with the lowest number is chosen. Scores are found first, by maxima without a
    branch: the better of two arcs is unpredictable, and a branch misprediction costs as much as several arcs. A
    second pass then finds the arcs that reach their state's score, which are few.

    Returns:
        False if a score is NaN.
    """
    good = True
    for s in range(start.size):
        alpha[s] = 0.0 if start[s] else -math.inf
        back[s] = -1
    for n in range(num):
        k = arcs[n] if arcs.size else n
        x = alpha[src[k]] + weight[k]
        good &= x == x
        alpha[dst[k]] = max(alpha[dst[k]], x)
    for n in range(num - 1, -1, -1):
        k = arcs[n] if arcs.size else n
        d = dst[k]
        x = alpha[src[k]] + weight[k]
        if x == alpha[d] and x > -math.inf and not (start[d] and x == 0.0) and (back[d] < 0 or k < back[d]):
            back[d] = k
    return good


@jit
def best_backward(num: int, arcs: Ints, src: Ints, dst: Ints, weight: Floats, beta: Floats) -> None:
    """Fill beta (S,), the best score of a path from each state to an end; it starts as the final weights."""
    for n in range(num - 1, -1, -1):
        k = arcs[n] if arcs.size else n
        x = weight[k] + beta[dst[k]]
        if x > beta[src[k]]:
            beta[src[k]] = x


@jit
def best_end(state_offset: Ints, alpha: Floats, final: Floats, score: Floats, end: Ints) -> bool:
    """Fill score (B,) and end (B,), the last state of the best path, -1 without one.

    Returns:
        False if a score is NaN.
    """
    good = True
    for b in range(score.size):
        high, last = -math.inf, -1
        for s in range(state_offset[b], state_offset[b + 1]):
            x = alpha[s] + final[s]
            good &= x == x
            if x > high:
                high, last = x, s
        score[b] = high
        end[b] = last
    return good


@jit
def trace(src: Ints, back: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Return the arcs of the best paths end to end, and the first arc of each (B + 1,)."""
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
def linear_states(num: int, offset: Ints, end: Ints, final: Floats) -> tuple[Ints, Ints, Ints, Flags, Floats]:
    """Build the states of linear graphs.

    Args:
        num: N, the number of arcs.
        offset: (P + 1,) first arc of each graph.
        end: (P,) the state whose final weight the last state of each takes; -1 for none, it is then not final.
        final: (S,) final weights.

    Returns:
        src (N,), dst (N,), state_offset (P + 1,), start (N + P,) and final weights (N + P,).
    """
    size = end.size
    src, dst, state_offset = np.empty(num, np.int64), np.empty(num, np.int64), np.empty(size + 1, np.int64)
    start, weight = np.zeros(num + size, np.bool_), np.full(num + size, -math.inf)
    state_offset[0] = 0
    for p in range(size):
        for k in range(offset[p], offset[p + 1]):
            src[k], dst[k] = k + p, k + p + 1
        start[offset[p] + p] = True
        state_offset[p + 1] = offset[p + 1] + p + 1
        if end[p] >= 0:
            weight[offset[p + 1] + p] = final[end[p]]
    return src, dst, state_offset, start, weight


@jit
def count_forward(
    num: int, arcs: Ints, src: Ints, dst: Ints, weight: Floats, start: Flags, alpha: Floats
) -> None:
    """Fill alpha (S,) with the number of paths to each state, over arcs whose weight is not -inf."""
    for s in range(start.size):
        alpha[s] = 1.0 if start[s] else 0.0
    for n in range(num):
        k = arcs[n] if arcs.size else n
        if weight[k] > -math.inf:
            alpha[dst[k]] += alpha[src[k]]
