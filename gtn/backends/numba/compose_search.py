"""Matching pairs of a composition by depth-first search, for cyclic graphs and sparse tables.

The cells are those of ``gtn.backends.numba.compose_sweep``. Discovered cells wait on a stack; each item of the batch is
then sorted and trimmed.
"""

from __future__ import annotations

import numpy as np

from gtn.backends.numba.jit import Flags, Ints, Small, jit
from gtn.backends.numba.operands import (
    TOO_MANY_ARCS,
    TOO_MANY_STATES,
    Operand,
    double_columns,
    result_columns,
)

UNDISCOVERED, DISCOVERED = -1, -2
SPARSE = 8


@jit
def matching_pairs(
    size: int,
    width: int,
    a: Operand,
    b: Operand,
    layers: int,
    table_size: int,
    max_states: int,
    max_arcs: int,
) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints, Flags, Ints, Ints]:
    """Find the pairs as ``gtn.backends.numba.compose_sweep.matching_pairs`` does, in graphs of any form."""
    number = np.full(table_size, UNDISCOVERED, np.int32)  # of each cell's state, in the order of expansion
    waiting, visited = np.empty(table_size, np.int32), np.empty(table_size, np.int32)
    arcs, states = np.empty((3, 4096), np.int32), np.empty((3, 1024), np.int32)
    out_arcs, out_states = np.empty((4, 4096), np.int64), np.empty((3, 1024), np.int64)
    count = np.zeros(3, np.int64)  # arcs, states, cells on the stack
    arc_offset, state_offset = np.zeros(size + 1, np.int64), np.zeros(size + 1, np.int64)
    all_arcs, all_states = 0, 0
    for item in range(size):
        at_a, at_b = a.item[item], b.item[item]
        a0, b0 = a.offset[at_a], b.offset[at_b]
        wide = b.offset[at_b + 1] - b0
        num_waiting = push_starts(layers, a.offset[at_a + 1] - a0, wide, a0, b0, a, b, number, waiting)
        count[0], count[1], count[2] = 0, 0, num_waiting
        most = max_states - all_states
        while not explore(
            width, layers, a0, b0, wide, a, b, most, number, waiting, visited, arcs, states, count
        ):
            if all_arcs + count[0] > max_arcs:
                break
            arcs, states = double_columns(arcs, arcs.shape[1]), double_columns(states, states.shape[1])
        num_arcs, num_states = count[0], count[1]
        all_arcs += num_arcs
        all_states += num_states
        if all_arcs > max_arcs or all_states > max_states:
            arc_offset[0] = TOO_MANY_ARCS if all_arcs > max_arcs else TOO_MANY_STATES
            break
        for k in range(num_arcs):
            arcs[0, k] = number[arcs[0, k]]
        number[visited[:num_states]] = UNDISCOVERED
        order = np.argsort(visited[:num_states])
        while arc_offset[item] + num_arcs > out_arcs.shape[1]:
            out_arcs = double_columns(out_arcs, out_arcs.shape[1])
        while state_offset[item] + num_states > out_states.shape[1]:
            out_states = double_columns(out_states, out_states.shape[1])
        useful = coaccessible(a, b, layers, arcs, states, num_arcs, num_states)
        arc_offset[item + 1], state_offset[item + 1] = append_trimmed(
            order, useful, layers, arcs, states, arc_offset[item], state_offset[item], out_arcs, out_states
        )
    return result_columns(out_arcs, out_states, arc_offset, state_offset)


@jit
def push_starts(
    layers: int, tall: int, wide: int, a0: int, b0: int, a: Operand, b: Operand, number: Small, waiting: Small
) -> int:
    """Push the start cells of an item onto the stack; return their number."""
    num_waiting = 0
    for p in range(tall):
        if a.start[a.state[a0 + p]]:
            for q in range(wide):
                if b.start[b.state[b0 + q]]:
                    waiting[num_waiting] = (p * wide + q) * layers
                    number[waiting[num_waiting]] = DISCOVERED
                    num_waiting += 1
    return num_waiting


@jit
def is_sparse(width: int, a: Operand, b: Operand, layers: int, table_size: int) -> bool:
    """Return True if less than one in ``SPARSE`` cells is reachable, in the first, middle and last items of a batch."""
    visited, waiting = np.empty(table_size, np.int32), np.empty(table_size, np.int32)
    number = np.full(table_size, UNDISCOVERED, np.int32)
    arcs, states = np.empty((3, 4096), np.int32), np.empty((3, 1024), np.int32)
    count = np.zeros(3, np.int64)
    size = a.item.size
    found, total = 0, 0
    for item in (0, size // 2, size - 1):
        a0, a1 = a.offset[a.item[item]], a.offset[a.item[item] + 1]
        b0, b1 = b.offset[b.item[item]], b.offset[b.item[item] + 1]
        total += (a1 - a0) * (b1 - b0) * layers
        count[0], count[1] = 0, 0
        count[2] = push_starts(layers, a1 - a0, b1 - b0, a0, b0, a, b, number, waiting)
        most = total // SPARSE - found
        while not explore(
            width, layers, a0, b0, b1 - b0, a, b, most, number, waiting, visited, arcs, states, count
        ):
            arcs, states = double_columns(arcs, arcs.shape[1]), double_columns(states, states.shape[1])
        found += count[1]
        if found * SPARSE > total:
            return False
        number[visited[: count[1]]] = UNDISCOVERED
    return True


@jit
def explore(
    width: int,
    layers: int,
    a0: int,
    b0: int,
    wide: int,
    a: Operand,
    b: Operand,
    most: int,
    number: Small,
    waiting: Small,
    visited: Small,
    arcs: Small,
    states: Small,
    count: Ints,
) -> bool:
    """Expand the cells on the stack until it is empty or more than ``most`` states are found.

    Args:
        width: 1 + the number of labels.
        layers: 2 if a has epsilons, else 1.
        a0: First state of the item of a.
        b0: First state of the item of b.
        wide: Number of states of the item of b.
        a: Operand by output labels.
        b: Operand by input labels.
        most: Number of states after which to stop.
        number: State number of each cell.
        waiting: Stack of discovered cells.
        visited: Cell of each state.
        arcs: Destination cell, arc of a and arc of b of each arc.
        states: State of a times layers + blocked, state of b, and end of the arcs of each state.
        count: Numbers of arcs, states and cells on the stack; updated.

    Returns:
        False if ``arcs`` or ``states`` is full; call again with larger tables.
    """
    a_table, a_to, a_label, a_arcs, a_state = a.table, a.to, a.label, a.arcs, a.state
    b_table, b_to, b_label, b_arcs, b_state = b.table, b.to, b.label, b.arcs, b.state
    to, arc_a, arc_b = arcs[0], arcs[1], arcs[2]
    num_arcs, num_states, num_waiting = count[0], count[1], count[2]
    while num_waiting and num_states <= most:
        cell = waiting[num_waiting - 1]
        p, q, blocked = cell // layers // wide, cell // layers % wide, cell % layers
        i, j = a_state[a0 + p], b_state[b0 + q]
        first_a, labeled_a, last_a = a_table[i * width], a_table[i * width + 1], a_table[(i + 1) * width]
        first_b, labeled_b, last_b = b_table[j * width], b_table[j * width + 1], b_table[(j + 1) * width]
        blocks = 1 if labeled_a > first_a else 0
        room = to.size - (labeled_a - first_a) - (labeled_b - first_b)
        n = num_arcs
        if blocked == 0 and n <= room:
            for k in range(first_a, labeled_a):  # a alone
                to[n] = ((a_to[k] - a0) * wide + q) * layers
                arc_a[n], arc_b[n] = a_arcs[k], -1
                n += 1
        # both: label by label of the operand with fewer arcs
        k, m = labeled_a, labeled_b
        by_a = last_a - labeled_a <= last_b - labeled_b
        while k < last_a and m < last_b and n <= room:
            label = a_label[k] if by_a else b_label[m]
            begin_k, k = a_table[i * width + label + 1], a_table[i * width + label + 2]
            begin_m, m = b_table[j * width + label + 1], b_table[j * width + label + 2]
            if n + (k - begin_k) * (m - begin_m) > room:
                n = room + 1
                break
            for x in range(begin_k, k):
                for y in range(begin_m, m):
                    to[n] = ((a_to[x] - a0) * wide + b_to[y] - b0) * layers
                    arc_a[n], arc_b[n] = a_arcs[x], b_arcs[y]
                    n += 1
        if n > room or num_states == states.shape[1]:
            count[0], count[1], count[2] = num_arcs, num_states, num_waiting
            return False
        for m in range(first_b, labeled_b):  # b alone; then a may not move alone, where it could
            to[n] = (p * wide + b_to[m] - b0) * layers + blocks
            arc_a[n], arc_b[n] = -1, b_arcs[m]
            n += 1
        num_waiting -= 1
        for k in range(num_arcs, n):
            if number[to[k]] == UNDISCOVERED:
                number[to[k]] = DISCOVERED
                waiting[num_waiting] = to[k]
                num_waiting += 1
        number[cell] = num_states
        visited[num_states] = cell
        states[0, num_states], states[1, num_states], states[2, num_states] = i * layers + blocked, j, n
        num_states += 1
        num_arcs = n
    count[0], count[1], count[2] = num_arcs, num_states, num_waiting
    return True


@jit
def coaccessible(
    a: Operand, b: Operand, layers: int, arcs: Small, states: Small, num_arcs: int, num_states: int
) -> Flags:
    """Mark the states from which a final state is reachable."""
    useful = np.zeros(num_states, np.bool_)
    waiting = np.empty(num_states, np.int32)
    num_waiting = 0
    for n in range(num_states):
        useful[n] = a.final[states[0, n] // layers] and b.final[states[1, n]]
        if useful[n]:
            waiting[num_waiting] = n
            num_waiting += 1
    # reversed arcs, by the state that they enter
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
def append_trimmed(
    order: Ints,
    useful: Flags,
    layers: int,
    arcs: Small,
    states: Small,
    num_arcs: int,
    num_states: int,
    out_arcs: Ints,
    out_states: Ints,
) -> tuple[int, int]:
    """Append the useful states in this order, and the arcs between them; return the new numbers of arcs and states."""
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
