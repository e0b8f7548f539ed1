"""What a graph reads from frames of scores, on the CPU: the forward algorithm, without the graph of all pairs.

After frame t every state stands for the paths that have read t labels; frames lie end to end as rows of states. Sums
are ``m * 2**e``, see ``gtn.backends.numba.scaled_float``.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from gtn.backends.numba.distance_passes import LARGE, SMALL, ended
from gtn.backends.numba.jit import Floats, Ints, jit
from gtn.backends.numba.scaled_float import LEAST, LN2, NARROW, WIDE, power


class Arcs(NamedTuple):
    """The arcs of a batch, sorted by the state that they enter (to go forward) or leave (to go back).

    Attributes:
        offset: (S + 1,) where those of each state begin.
        arc: (A,) their numbers.
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


class Places(NamedTuple):
    """Where what belongs to each item is.

    Attributes:
        length: (B,) frames of each item.
        begin: (B,) first state of the graph that reads it.
        end: (B,) the state behind its last one.
        row: (B + 1,) where the rows of the item begin, of which it has one more than frames.
    """

    length: Ints
    begin: Ints
    end: Ints
    row: Ints


@jit
def forward(
    places: Places,
    entering: Arcs,
    seen_m: Floats,
    seen_e: Floats,
    start_m: Floats,
    start_e: Floats,
    final_m: Floats,
    final_e: Floats,
    m: Floats,
    e: Floats,
    total: Floats,
) -> None:
    """Fill m (R,) and e (R,), sums over the paths to each state after each frame, and total (3, B).

    Args:
        places: the items.
        entering: arcs by dst, none of them an epsilon.
        seen_m: (B, T, C) mantissas of exp(score).
        seen_e: (B, T, C) exponents.
        start_m: (S,) 1 for start states, 0 for others.
        start_e: (S,) their exponents.
        final_m: (S,) of the final weights.
        final_e: (S,).
        m: to fill.
        e: to fill.
        total: to fill: logarithms of the sums over all paths of each item, their mantissas and their exponents.
    """
    offset, other, label, arc_m, arc_e = (
        entering.offset,
        entering.other,
        entering.label,
        entering.m,
        entering.e,
    )
    for b in range(places.length.size):
        begin, end, row = places.begin[b], places.end[b], places.row[b]
        m[row : row + end - begin] = start_m[begin:end]
        e[row : row + end - begin] = start_e[begin:end]
        for t in range(places.length[b]):
            frame_m, frame_e = seen_m[b, t], seen_e[b, t]
            before = row - begin
            row += end - begin
            for s in range(begin, end):
                x, at = 0.0, LEAST
                for k in range(offset[s], offset[s + 1]):
                    if label[k] >= frame_m.size:
                        continue
                    part = m[before + other[k]] * arc_m[k] * frame_m[label[k]]
                    if part != 0.0:  # NaN is not 0 either, and must not be lost
                        high = e[before + other[k]] + arc_e[k] + frame_e[label[k]]
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
        last = places.row[b + 1]
        mantissa, exponent = ended(m[row:last], e[row:last], final_m[begin:end], final_e[begin:end])
        total[0, b] = math.log(mantissa) + exponent * LN2 if mantissa != 0.0 else -math.inf
        total[1, b], total[2, b] = mantissa, exponent


@jit
def backward(
    places: Places,
    leaving: Arcs,
    seen_m: Floats,
    seen_e: Floats,
    final_m: Floats,
    final_e: Floats,
    m: Floats,
    e: Floats,
    total: Floats,
    grad: Floats,
    by_seen: Floats,
    by_arc: Floats,
    by_final: Floats,
) -> None:
    """Add the derivatives of the logarithms, times grad (B,), to by_seen (B, T, C), by_arc (A,) and by_final (S,).

    Arguments as above, as ``forward`` has filled them; but ``leaving`` are arcs by src, and an empty ``by_arc`` is not
    wanted.
    """
    offset, other, label, arc_m, arc_e = leaving.offset, leaving.other, leaving.label, leaving.m, leaving.e
    # derivatives by the logarithm of each state's sum, divided by its mantissa, after a frame and after the one before
    after, before = np.zeros(offset.size), np.zeros(offset.size)
    for b in range(places.length.size):
        begin, end = places.begin[b], places.end[b]
        row = places.row[b + 1] - (end - begin)
        for s in range(begin, end):
            after[s] = 0.0
            here = row - begin + s
            if m[here] * final_m[s] != 0.0:
                after[s] = grad[b] / total[1, b] * final_m[s] * power(e[here] + final_e[s] - total[2, b])
                by_final[s] += after[s] * m[here]
        for t in range(places.length[b] - 1, -1, -1):
            frame_m, frame_e, by_frame = seen_m[b, t], seen_e[b, t], by_seen[b, t]
            behind = row - begin
            row -= end - begin
            for s in range(begin, end):
                here = row - begin + s
                unit, at, x = m[here], e[here], 0.0
                if unit != 0.0:
                    for k in range(offset[s], offset[s + 1]):
                        if label[k] >= frame_m.size:
                            continue
                        part = after[other[k]] * arc_m[k] * frame_m[label[k]]
                        if part != 0.0:
                            part *= power(at + arc_e[k] + frame_e[label[k]] - e[behind + other[k]])
                            x += part
                            by_frame[label[k]] += part * unit
                            if by_arc.size:
                                by_arc[leaving.arc[k]] += part * unit
                before[s] = x
            after, before = before, after
