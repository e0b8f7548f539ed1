"""Matching pairs of a composition on the CPU: one sweep over the pairs of states, in topological order.

Pairs of one item are *cells* of a table: cell ``(p * width + q) * 2 + blocked`` stands for the state of rank p
of a, the state of rank q of b, and whether b has moved alone (so that a may not, see ``compose``). Arcs lead to
higher cells, so that one sweep upwards finds what can be reached and one downwards what leads to an end.
"""

from __future__ import annotations

import numpy as np

from gtn.cpu.jit import Flags, Floats, Ints, jit

TOO_MANY_STATES, TOO_MANY_ARCS = -1, -2


@jit
def label_table(src: Ints, label: Ints, num_states: int, width: int) -> tuple[Ints, Ints]:
    """Arcs by (state, label), stably, and the offset of each such pair; width is 1 + the number of labels."""
    offset = np.zeros(num_states * width + 1, np.int64)
    for k in range(src.size):
        offset[src[k] * width + label[k] + 2] += 1
    for n in range(num_states * width):
        offset[n + 1] += offset[n]
    place = offset[:-1].copy()
    arcs = np.empty(src.size, np.int64)
    for k in range(src.size):
        n = src[k] * width + label[k] + 1
        arcs[place[n]] = k
        place[n] += 1
    return arcs, offset


@jit
def matching(
    size: int,
    width: int,
    a_state_offset: Ints,
    a_arcs: Ints,
    a_table: Ints,
    a_dst: Ints,
    a_label: Ints,
    a_start: Flags,
    a_final: Flags,
    a_rank: Ints,
    a_state: Ints,
    b_state_offset: Ints,
    b_arcs: Ints,
    b_table: Ints,
    b_dst: Ints,
    b_label: Ints,
    b_start: Flags,
    b_final: Flags,
    b_rank: Ints,
    b_state: Ints,
    table_size: int,
    max_states: int,
    max_arcs: int,
) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints, Flags, Ints, Ints]:
    """Find the pairs; see ``compose_torch.Pairs`` for what is returned.

    A result that goes over the budget has an ``arc_offset`` of one negative number, which says why.

    Args:
        size: B.
        width: 1 + the number of labels.
        a_state_offset: of a; one item only stands for all.
        a_arcs: arcs of a by (src, output label), and
        a_table: where those of each begin, at ``src * width + label + 1``.
        a_dst: (A,).
        a_label: (A,) output labels.
        a_start: (S,).
        a_final: (S,).
        a_rank: (S,) global rank of each state; its inverse:
        a_state: (S,).
        b_state_offset: of b, and so on; labels are input labels, ranks those of the epsilon arcs.
        b_arcs: as for a.
        b_table: as for a.
        b_dst: as for a.
        b_label: as for a.
        b_start: as for a.
        b_final: as for a.
        b_rank: as for a.
        b_state: as for a.
        table_size: the most cells that an item has.
        max_states: budget.
        max_arcs: budget.
    """
    found = np.empty((1024, 3), np.int64)  # cell an arc enters, arc of a, arc of b
    reached = np.empty((256, 2), np.int64)  # cell, where the arcs that leave it begin in found
    number = np.full(table_size, -1, np.int64)  # -1: not reached; -2: reached; later the number of the state
    useful = np.zeros(table_size, np.bool_)
    state_offset, arc_offset = np.zeros(size + 1, np.int64), np.zeros(size + 1, np.int64)
    arcs, states = np.empty((1024, 4), np.int64), np.empty((256, 3), np.int64)
    num_arcs, num_states = 0, 0
    reached_states, reached_arcs = 0, 0
    none = np.zeros(0, np.int64)
    for item in range(size):
        at_a = item if a_state_offset.size > 2 else 0
        at_b = item if b_state_offset.size > 2 else 0
        a0, a1 = a_state_offset[at_a], a_state_offset[at_a + 1]
        b0, b1 = b_state_offset[at_b], b_state_offset[at_b + 1]
        wide = b1 - b0
        for i in range(a0, a1):
            if a_start[i]:
                for j in range(b0, b1):
                    if b_start[j]:
                        number[((a_rank[i] - a0) * wide + b_rank[j] - b0) * 2] = -2
        # upwards: what can be reached
        num_found, num_reached = 0, 0
        for p in range(a1 - a0):
            i = a_state[a0 + p]
            first_a, loud_a, last_a = a_table[i * width], a_table[i * width + 1], a_table[(i + 1) * width]
            for q in range(wide * 2):
                cell = p * wide * 2 + q
                if number[cell] == -1:
                    continue
                if num_reached == reached.shape[0]:
                    reached = grown(reached)
                reached[num_reached, 0] = cell
                reached[num_reached, 1] = num_found
                num_reached += 1
                j = b_state[b0 + q // 2]
                first_b, loud_b, last_b = b_table[j * width], b_table[j * width + 1], b_table[(j + 1) * width]
                most = (
                    num_found + (loud_a - first_a) + (last_a - loud_a) * (last_b - loud_b) + loud_b - first_b
                )
                while most > found.shape[0]:
                    found = grown(found)
                if q % 2 == 0:
                    for k in range(first_a, loud_a):  # a alone
                        to = ((a_rank[a_dst[a_arcs[k]]] - a0) * wide + b_rank[j] - b0) * 2
                        num_found = put(found, num_found, number, to, a_arcs[k], -1)
                # both: label by label of the side that has fewer arcs
                k, m = loud_a, loud_b
                while k < last_a and m < last_b:
                    label = a_label[a_arcs[k]] if last_a - loud_a <= last_b - loud_b else b_label[b_arcs[m]]
                    begin_k, k = a_table[i * width + label + 1], a_table[i * width + label + 2]
                    begin_m, m = b_table[j * width + label + 1], b_table[j * width + label + 2]
                    for x in range(begin_k, k):
                        up = (a_rank[a_dst[a_arcs[x]]] - a0) * wide - b0
                        for y in range(begin_m, m):
                            to = (up + b_rank[b_dst[b_arcs[y]]]) * 2
                            num_found = put(found, num_found, number, to, a_arcs[x], b_arcs[y])
                for m in range(first_b, loud_b):  # b alone; then a may not move alone, where it could
                    to = (p * wide + b_rank[b_dst[b_arcs[m]]] - b0) * 2 + (1 if loud_a > first_a else 0)
                    num_found = put(found, num_found, number, to, -1, b_arcs[m])
                if reached_arcs + num_found > max_arcs:
                    return none, none, none, none, none, none, useful, np.full(1, TOO_MANY_ARCS), none
        reached_arcs += num_found
        reached_states += num_reached
        if reached_states > max_states:
            return none, none, none, none, none, none, useful, np.full(1, TOO_MANY_STATES), none
        # downwards: what leads to an end
        for i in range(a0, a1):
            if a_final[i]:
                for j in range(b0, b1):
                    if b_final[j]:
                        cell = ((a_rank[i] - a0) * wide + b_rank[j] - b0) * 2
                        useful[cell] = number[cell] == -2
                        useful[cell + 1] = number[cell + 1] == -2
        last = num_found
        for r in range(num_reached - 1, -1, -1):
            ends = useful[reached[r, 0]]
            for k in range(reached[r, 1], last):
                ends |= useful[found[k, 0]]
            useful[reached[r, 0]] = ends
            last = reached[r, 1]
        for r in range(num_reached):
            cell = reached[r, 0]
            if useful[cell]:
                if num_states == states.shape[0]:
                    states = grown(states)
                states[num_states, 0] = a_state[a0 + cell // 2 // wide]
                states[num_states, 1] = b_state[b0 + cell // 2 % wide]
                states[num_states, 2] = cell % 2
                number[cell] = num_states
                num_states += 1
        while num_arcs + num_found > arcs.shape[0]:
            arcs = grown(arcs)
        for r in range(num_reached):
            cell = reached[r, 0]
            if useful[cell]:
                for k in range(reached[r, 1], reached[r + 1, 1] if r + 1 < num_reached else num_found):
                    if useful[found[k, 0]]:
                        arcs[num_arcs, 0] = number[cell]
                        arcs[num_arcs, 1] = number[found[k, 0]]
                        arcs[num_arcs, 2] = found[k, 1]
                        arcs[num_arcs, 3] = found[k, 2]
                        num_arcs += 1
        number[: (a1 - a0) * wide * 2] = -1
        useful[: (a1 - a0) * wide * 2] = False
        state_offset[item + 1], arc_offset[item + 1] = num_states, num_arcs
    return (
        arcs[:num_arcs, 0].copy(),
        arcs[:num_arcs, 1].copy(),
        arcs[:num_arcs, 2].copy(),
        arcs[:num_arcs, 3].copy(),
        states[:num_states, 0].copy(),
        states[:num_states, 1].copy(),
        states[:num_states, 2] == 0,
        arc_offset,
        state_offset,
    )


@jit
def grown(table: Ints) -> Ints:
    """The table with twice the rows."""
    result = np.empty((table.shape[0] * 2, table.shape[1]), np.int64)
    result[: table.shape[0]] = table
    return result


@jit
def put(found: Ints, row: int, number: Ints, to: int, arc_a: int, arc_b: int) -> int:
    """Note an arc and that its end is reached; the next row."""
    number[to] = -2
    found[row, 0] = to
    found[row, 1] = arc_a
    found[row, 2] = arc_b
    return row + 1


@jit
def fill(
    arc_a: Ints,
    arc_b: Ints,
    a_label: Ints,
    b_label: Ints,
    a_weight: Floats,
    b_weight: Floats,
    a_payload: Ints,
    b_payload: Ints,
    ilabel: Ints,
    olabel: Ints,
    weight: Floats,
    payload: Ints,
) -> None:
    """Fill labels, weights and payloads of the result; empty arrays stand for what is not wanted or not there."""
    for k in range(arc_a.size):
        i, j = arc_a[k], arc_b[k]
        ilabel[k] = a_label[i] if i >= 0 else -1
        weight[k] = (a_weight[i] if i >= 0 else 0.0) + (b_weight[j] if j >= 0 else 0.0)
        if olabel.size:
            olabel[k] = b_label[j] if j >= 0 else -1
        if payload.size:
            carried = a_payload[i] if i >= 0 and a_payload.size else -1
            payload[k] = b_payload[j] if carried < 0 and j >= 0 and b_payload.size else carried


@jit
def scatter(arc_a: Ints, arc_b: Ints, grad: Floats, by_a: Floats, by_b: Floats) -> None:
    """Add the gradient of each arc of the result to those of its arcs; by_a and by_b come as zeros."""
    for k in range(arc_a.size):
        if by_a.size and arc_a[k] >= 0:
            by_a[arc_a[k]] += grad[k]
        if by_b.size and arc_b[k] >= 0:
            by_b[arc_b[k]] += grad[k]
