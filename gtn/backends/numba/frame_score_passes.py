"""Forward and backward passes of a graph over score sequences, without building the composition.

After time step t every state holds the sum over the paths that have read t labels; time steps lie end to end as rows
of states. Sums are ``m * 2**e``, see ``gtn.backends.numba.scaled_float``.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from gtn.backends.numba.distance_passes import LARGE, SMALL, path_sum
from gtn.backends.numba.jit import Floats, Ints, jit
from gtn.backends.numba.scaled_float import LEAST, LN2, NARROW, WIDE, power


class SortedArcs(NamedTuple):
    """The arcs of a batch, sorted by dst (forward pass) or by src (backward pass).

    Attributes:
        offset: (S + 1,) first arc of each state.
        arc: (A,) arc numbers.
        other: (A,) the state at the other end.
        label: (A,).
        m: (A,) mantissas of exp(weight).
        e: (A,) exponents.
    """

    offset: Ints
    arc: Ints
    other: Ints
    label: Ints
    m: Floats
    e: Floats


class Items(NamedTuple):
    """Sizes and positions of the items of a batch.

    Attributes:
        length: (B,) time steps of each item.
        begin: (B,) first state of the graph that reads it.
        end: (B,) the state after its last one.
        row: (B + 1,) first row of each item; an item has one row more than time steps.
    """

    length: Ints
    begin: Ints
    end: Ints
    row: Ints


@jit
def forward(
    items: Items,
    entering: SortedArcs,
    score_m: Floats,
    score_e: Floats,
    start_m: Floats,
    start_e: Floats,
    final_m: Floats,
    final_e: Floats,
    m: Floats,
    e: Floats,
    total: Floats,
) -> None:
    """Fill m (R,) and e (R,), sums over the paths to each state after each time step, and total (3, B).

    Args:
        items: The items.
        entering: SortedArcs by dst, without epsilons.
        score_m: (B, T, C) mantissas of exp(score).
        score_e: (B, T, C) exponents.
        start_m: (S,) 1 for start states, 0 for others.
        start_e: (S,) their exponents.
        final_m: (S,) mantissas of exp(final weight).
        final_e: (S,) exponents.
        m: Filled with mantissas.
        e: Filled with exponents.
        total: Filled with the logarithms of the sums over all paths of each item, their mantissas and exponents.
    """
    offset, other, label, arc_m, arc_e = (
        entering.offset,
        entering.other,
        entering.label,
        entering.m,
        entering.e,
    )
    for b in range(items.length.size):
        begin, end, row = items.begin[b], items.end[b], items.row[b]
        m[row : row + end - begin] = start_m[begin:end]
        e[row : row + end - begin] = start_e[begin:end]
        for t in range(items.length[b]):
            step_m, step_e = score_m[b, t], score_e[b, t]
            before = row - begin
            row += end - begin
            for s in range(begin, end):
                x, at = 0.0, LEAST
                for k in range(offset[s], offset[s + 1]):
                    if label[k] >= step_m.size:
                        continue
                    part = m[before + other[k]] * arc_m[k] * step_m[label[k]]
                    if part != 0.0:  # true for NaN, which must propagate
                        high = e[before + other[k]] + arc_e[k] + step_e[label[k]]
                        if high - at > WIDE:
                            x = x * power(at - high) + part
                            at = high
                        elif high - at >= NARROW:
                            x += part * power(high - at)
                if x > LARGE or (x < SMALL and x != 0.0):
                    x, shift = math.frexp(x)
                    at += shift
                m[row - begin + s] = x
                e[row - begin + s] = at
        last = items.row[b + 1]
        mantissa, exponent = path_sum(m[row:last], e[row:last], final_m[begin:end], final_e[begin:end])
        total[0, b] = math.log(mantissa) + exponent * LN2 if mantissa != 0.0 else -math.inf
        total[1, b], total[2, b] = mantissa, exponent


@jit
def backward(
    items: Items,
    leaving: SortedArcs,
    score_m: Floats,
    score_e: Floats,
    final_m: Floats,
    final_e: Floats,
    m: Floats,
    e: Floats,
    total: Floats,
    grad: Floats,
    by_score: Floats,
    by_arc: Floats,
    by_final: Floats,
) -> None:
    """Add the gradients of the logarithms, times grad (B,), to by_score (B, T, C), by_arc (A,) and by_final (S,).

    Arguments as filled by ``forward``, but ``leaving`` are arcs by src. An empty ``by_arc`` is skipped.
    """
    offset, other, label, arc_m, arc_e = leaving.offset, leaving.other, leaving.label, leaving.m, leaving.e
    # gradients by the logarithm of each state's sum, divided by its mantissa, after this time step and the one before
    after, before = np.zeros(offset.size), np.zeros(offset.size)
    for b in range(items.length.size):
        begin, end = items.begin[b], items.end[b]
        row = items.row[b + 1] - (end - begin)
        for s in range(begin, end):
            after[s] = 0.0
            here = row - begin + s
            if m[here] * final_m[s] != 0.0:
                after[s] = grad[b] / total[1, b] * final_m[s] * power(e[here] + final_e[s] - total[2, b])
                by_final[s] += after[s] * m[here]
        for t in range(items.length[b] - 1, -1, -1):
            step_m, step_e, by_step = score_m[b, t], score_e[b, t], by_score[b, t]
            behind = row - begin
            row -= end - begin
            for s in range(begin, end):
                here = row - begin + s
                unit, at, x = m[here], e[here], 0.0
                if unit != 0.0:
                    for k in range(offset[s], offset[s + 1]):
                        if label[k] >= step_m.size:
                            continue
                        part = after[other[k]] * arc_m[k] * step_m[label[k]]
                        if part != 0.0:
                            part *= power(at + arc_e[k] + step_e[label[k]] - e[behind + other[k]])
                            x += part
                            by_step[label[k]] += part * unit
                            if by_arc.size:
                                by_arc[leaving.arc[k]] += part * unit
                before[s] = x
            after, before = before, after
