"""Matching pairs of a composition on the CPU where arcs may lead back: pairs of states wait on a stack.

Cells are those of ``gtn.cpu.pairs``. What is found is put in order, and freed of what leads nowhere, item by item.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from gtn.cpu.jit import Flags, Ints, Small, jit
from gtn.cpu.sides import TOO_MANY_ARCS, TOO_MANY_STATES, Side, tight

UNSEEN, SEEN = -1, -2
Table = TypeVar("Table", Ints, Small)


@jit
def matching(
    size: int,
    width: int,
    a: Side,
    b: Side,
    layers: int,
    table_size: int,
    max_states: int,
    max_arcs: int,
) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints, Flags, Ints, Ints]:
    """Find the same as ``gtn.cpu.pairs.matching``, which see, in graphs of any form."""
    number = np.full(
        table_size, UNSEEN, np.int32
    )  # of the state found in each cell, as they come off the stack
    waiting = np.empty(table_size, np.int32)
    arcs, states = np.empty((3, 4096), np.int32), np.empty((3, 1024), np.int32)
    out_arcs, out_states = np.empty((4, 4096), np.int64), np.empty((3, 1024), np.int64)
    arc_offset, state_offset = np.zeros(size + 1, np.int64), np.zeros(size + 1, np.int64)
    all_arcs, all_states = 0, 0
    for item in range(size):
        at_a, at_b = a.item[item], b.item[item]
        a0, b0 = a.offset[at_a], b.offset[at_b]
        tall, wide = a.offset[at_a + 1] - a0, b.offset[at_b + 1] - b0
        num_waiting = 0
        for p in range(tall):
            if a.start[a.state[a0 + p]]:
                for q in range(wide):
                    if b.start[b.state[b0 + q]]:
                        waiting[num_waiting] = (p * wide + q) * layers
                        number[waiting[num_waiting]] = SEEN
                        num_waiting += 1
        num_arcs, num_states = 0, 0
        while num_waiting and all_arcs + num_arcs <= max_arcs and all_states + num_states <= max_states:
            cell = waiting[num_waiting - 1]
            end = step(cell, width, layers, a0, b0, wide, a, b, arcs, num_arcs)
            if end < 0:
                arcs = grown(arcs)
                continue
            if num_states == states.shape[1]:
                states = grown(states)
            number[cell] = num_states
            states[0, num_states] = a.state[a0 + cell // layers // wide] * layers + cell % layers
            states[1, num_states] = b.state[b0 + cell // layers % wide]
            states[2, num_states] = end
            num_states += 1
            num_waiting -= 1
            for k in range(num_arcs, end):
                if number[arcs[0, k]] == UNSEEN:
                    number[arcs[0, k]] = SEEN
                    waiting[num_waiting] = arcs[0, k]
                    num_waiting += 1
            num_arcs = end
        all_arcs += num_arcs
        all_states += num_states
        if all_arcs > max_arcs or all_states > max_states:
            arc_offset[0] = TOO_MANY_ARCS if all_arcs > max_arcs else TOO_MANY_STATES
            break
        for k in range(num_arcs):
            arcs[0, k] = number[arcs[0, k]]
        order = np.empty(num_states, np.int32)
        n = 0
        for cell in range(tall * wide * layers):
            if number[cell] >= 0:
                order[n] = number[cell]
                n += 1
            number[cell] = UNSEEN
        while arc_offset[item] + num_arcs > out_arcs.shape[1]:
            out_arcs = grown(out_arcs)
        while state_offset[item] + num_states > out_states.shape[1]:
            out_states = grown(out_states)
        useful = leading_on(a, b, layers, arcs, states, num_arcs, num_states)
        arc_offset[item + 1], state_offset[item + 1] = keep(
            order, useful, layers, arcs, states, arc_offset[item], state_offset[item], out_arcs, out_states
        )
    num_arcs, num_states = arc_offset[size], state_offset[size]
    return (
        tight(out_arcs[0], num_arcs),
        tight(out_arcs[1], num_arcs),
        tight(out_arcs[2], num_arcs),
        tight(out_arcs[3], num_arcs),
        tight(out_states[0], num_states),
        tight(out_states[1], num_states),
        out_states[2, :num_states] == 0,
        arc_offset,
        state_offset,
    )


@jit
def step(
    cell: int,
    width: int,
    layers: int,
    a0: int,
    b0: int,
    wide: int,
    a: Side,
    b: Side,
    arcs: Small,
    begin: int,
) -> int:
    """Write the arcs of a cell from ``begin`` on: the cell that each leads to, arc of a, arc of b; where they end.

    Returns -1 where there is not enough room.
    """
    p, q, blocked = cell // layers // wide, cell // layers % wide, cell % layers
    i, j = a.state[a0 + p], b.state[b0 + q]
    first_a, loud_a, last_a = a.table[i * width], a.table[i * width + 1], a.table[(i + 1) * width]
    first_b, loud_b, last_b = b.table[j * width], b.table[j * width + 1], b.table[(j + 1) * width]
    blocks = 1 if loud_a > first_a else 0
    room = arcs.shape[1] - (loud_a - first_a) - (loud_b - first_b)
    n = begin
    if n > room:
        return -1
    if blocked == 0:
        for k in range(first_a, loud_a):  # a alone
            arcs[0, n] = ((a.to[k] - a0) * wide + q) * layers
            arcs[1, n], arcs[2, n] = a.arcs[k], -1
            n += 1
    # both: label by label of the side that has fewer arcs
    k, m = loud_a, loud_b
    by_a = last_a - loud_a <= last_b - loud_b
    while k < last_a and m < last_b:
        label = a.label[k] if by_a else b.label[m]
        begin_k, k = a.table[i * width + label + 1], a.table[i * width + label + 2]
        begin_m, m = b.table[j * width + label + 1], b.table[j * width + label + 2]
        if n + (k - begin_k) * (m - begin_m) > room:
            return -1
        for x in range(begin_k, k):
            for y in range(begin_m, m):
                arcs[0, n] = ((a.to[x] - a0) * wide + b.to[y] - b0) * layers
                arcs[1, n], arcs[2, n] = a.arcs[x], b.arcs[y]
                n += 1
    for m in range(first_b, loud_b):  # b alone; then a may not move alone, where it could
        arcs[0, n] = (p * wide + b.to[m] - b0) * layers + blocks
        arcs[1, n], arcs[2, n] = -1, b.arcs[m]
        n += 1
    return n


@jit
def leading_on(
    a: Side, b: Side, layers: int, arcs: Small, states: Small, num_arcs: int, num_states: int
) -> Flags:
    """Which of the states found lead to an end."""
    useful = np.zeros(num_states, np.bool_)
    waiting = np.empty(num_states, np.int32)
    num_waiting = 0
    for n in range(num_states):
        useful[n] = a.final[states[0, n] // layers] and b.final[states[1, n]]
        if useful[n]:
            waiting[num_waiting] = n
            num_waiting += 1
    # arcs turned round, by the state they enter
    entry = np.zeros(num_states + 1, np.int64)
    for k in range(num_arcs):
        entry[arcs[0, k]] += 1
    for n in range(num_states):
        entry[n + 1] += entry[n]
    origin = np.empty(num_arcs, np.int32)
    k = 0
    for n in range(num_states):
        while k < states[2, n]:
            entry[arcs[0, k]] -= 1
            origin[entry[arcs[0, k]]] = n
            k += 1
    while num_waiting:
        num_waiting -= 1
        n = waiting[num_waiting]
        for k in range(entry[n], entry[n + 1]):
            if not useful[origin[k]]:
                useful[origin[k]] = True
                waiting[num_waiting] = origin[k]
                num_waiting += 1
    return useful


@jit
def keep(
    order: Small,
    useful: Flags,
    layers: int,
    arcs: Small,
    states: Small,
    num_arcs: int,
    num_states: int,
    out_arcs: Ints,
    out_states: Ints,
) -> tuple[int, int]:
    """Write the useful states in this order, and the arcs between them; how many there are now."""
    number = np.empty(order.size, np.int64)
    for n in order:
        if useful[n]:
            number[n] = num_states
            out_states[0, num_states] = states[0, n] // layers
            out_states[1, num_states] = states[1, n]
            out_states[2, num_states] = states[0, n] % layers
            num_states += 1
    for n in order:
        if useful[n]:
            for k in range(states[2, n - 1] if n else 0, states[2, n]):
                if useful[arcs[0, k]]:
                    out_arcs[0, num_arcs], out_arcs[1, num_arcs] = number[n], number[arcs[0, k]]
                    out_arcs[2, num_arcs], out_arcs[3, num_arcs] = arcs[1, k], arcs[2, k]
                    num_arcs += 1
    return num_arcs, num_states


@jit
def grown(table: Table) -> Table:
    """The table with twice the columns."""
    result = np.empty((table.shape[0], table.shape[1] * 2), table.dtype)
    result[:, : table.shape[1]] = table
    return result
