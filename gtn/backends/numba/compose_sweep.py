"""Matching pairs of a composition by two sweeps over the pairs of states, in topological order.

Pairs of one item are *cells* of a table: cell ``(p * wide + q) * layers + blocked`` is the state of rank p
of a, the state of rank q of b, and whether b has moved alone (so that a may not, see ``compose``). Arcs lead to
higher cells, so that one sweep downwards finds the cells from which a final state is reachable, and one upwards
the reachable ones among them. A state of a with the same arcs as its neighbor, as in an emission graph, copies
its row of cells where both rows agree. Cyclic graphs and sparse tables are left to
``gtn.backends.numba.compose_search``.
"""

from __future__ import annotations

import numpy as np

from gtn.backends.numba.jit import Flags, Ints, jit
from gtn.backends.numba.operands import (
    TOO_MANY_ARCS,
    TOO_MANY_STATES,
    Operand,
    double_columns,
    result_columns,
)

CHUNK = 1 << 16


@jit
def matching_pairs(
    size: int,
    width: int,
    a: Operand,
    b: Operand,
    layers: int,
    table_size: int,
    room: int,
    max_states: int,
    max_arcs: int,
) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints, Flags, Ints, Ints]:
    """Find the pairs; see ``gtn.backends.torch.compose.Pairs`` for the results.

    A result beyond the budget is incomplete; ``arc_offset`` then begins with a negative code for the reason.

    Args:
        size: B.
        width: 1 + the number of labels.
        a: Operand by output labels; acyclic.
        b: Operand by input labels; without cycles of epsilons.
        layers: 2 if a has epsilons, else 1: the epsilon filter then blocks nothing.
        table_size: Number of cells of the largest item.
        room: Estimated number of arcs of the result.
        max_states: Budget.
        max_arcs: Budget.
    """
    number = np.full(table_size, -1, np.int64)  # -1: unreached; -2: reached; then the number of the state
    useful = np.zeros(table_size, np.bool_)
    state_offset, arc_offset = np.zeros(size + 1, np.int64), np.zeros(size + 1, np.int64)
    arcs = np.empty((4, max(4096, room)), np.int64)  # from, to, arc of a, arc of b
    states = np.empty((3, max(4096, room)), np.int64)  # state of a, state of b, blocked
    count = np.zeros(2, np.int64)  # arcs, states
    nothing = np.zeros(0, np.bool_)
    b_has_epsilons = False
    for j in range(b.start.size):
        b_has_epsilons |= b.table[j * width + 1] > b.table[j * width]
    for item in range(size):
        at_a, at_b = a.item[item], b.item[item]
        a0, a1 = a.offset[at_a], a.offset[at_a + 1]
        b0, b1 = b.offset[at_b], b.offset[at_b + 1]
        wide = b1 - b0
        repeats = repeated_ranks(width, a0, a1, a) if layers == 1 and not b_has_epsilons else nothing
        sweep_down(width, layers, a0, a1, b0, b1, a, b, repeats, useful)
        for i in range(a1 - a0):
            if a.start[a.state[a0 + i]]:
                for j in range(wide):
                    cell = (i * wide + j) * layers
                    if b.start[b.state[b0 + j]] and useful[cell]:
                        number[cell] = -2
        b_most = b.table[b1 * width] - b.table[b0 * width]
        p = 0
        while p < a1 - a0:
            # as many states of a at once as surely fit
            most, until = 0, p
            while until < a1 - a0 and (until == p or most < CHUNK):
                i = a.state[a0 + until]
                most += layers * ((a.table[(i + 1) * width] - a.table[i * width]) * (b_most + wide) + b_most)
                until += 1
            while count[0] + most > arcs.shape[1]:
                arcs = double_columns(arcs, count[0])
            while count[1] + (until - p) * wide * layers > states.shape[1]:
                states = double_columns(states, count[1])
            sweep_up(
                width, layers, a0, p, until, b0, b1, a, b, repeats, useful, number,
                arcs[0], arcs[1], arcs[2], arcs[3], states, count,
            )  # fmt: skip
            p = until
            if count[0] > max_arcs or count[1] > max_states:
                break
        if count[0] > max_arcs or count[1] > max_states:
            arc_offset[0] = TOO_MANY_ARCS if count[0] > max_arcs else TOO_MANY_STATES
            break
        for k in range(arc_offset[item], count[0]):
            arcs[1, k] = number[arcs[1, k]]
        number[: (a1 - a0) * wide * layers] = -1
        useful[: (a1 - a0) * wide * layers] = False
        arc_offset[item + 1], state_offset[item + 1] = count[0], count[1]
    return result_columns(arcs, states, arc_offset, state_offset)


@jit
def repeated_ranks(width: int, a0: int, a1: int, a: Operand) -> Flags:
    """Mark the ranks of an item of a whose arcs repeat at the next rank: to the following rank, on the same labels."""
    repeats = np.zeros(a1 - a0, np.bool_)
    for p in range(a1 - a0 - 1):
        i, j = a.state[a0 + p], a.state[a0 + p + 1]
        first, last = a.table[i * width], a.table[(i + 1) * width]
        shift = a.table[j * width] - first
        same = a.table[(j + 1) * width] - last == shift and last > first and a.final[i] == a.final[j]
        k = first
        while same and k < last:
            m = k + shift
            same &= a.to[k] == a0 + p + 1 and a.to[m] == a0 + p + 2 and a.label[k] == a.label[m]
            same &= a.arcs[m] - a.arcs[k] == a.arcs[first + shift] - a.arcs[first]
            k += 1
        repeats[p] = same
    return repeats


@jit
def sweep_down(
    width: int,
    layers: int,
    a0: int,
    a1: int,
    b0: int,
    b1: int,
    a: Operand,
    b: Operand,
    repeats: Flags,
    useful: Flags,
) -> None:
    """Mark the cells of an item from which a final state is reachable; the first path found is enough."""
    a_table, a_to, a_label = a.table, a.to, a.label
    b_table, b_to, b_label = b.table, b.to, b.label
    wide = b1 - b0
    for p in range(a1 - a0 - 1, -1, -1):
        if repeats.size and repeats[p]:  # if the rows after this rank and after the next agree, copy
            row = (p + 1) * wide
            same = True
            for cell in range(row, row + wide):
                same &= useful[cell] == useful[cell + wide]
            if same:
                for cell in range(row, row + wide):
                    useful[cell - wide] = useful[cell]
                continue
        i = a.state[a0 + p]
        first_a, labeled_a, last_a = a_table[i * width], a_table[i * width + 1], a_table[(i + 1) * width]
        blocks = 1 if labeled_a > first_a else 0
        for q in range(wide - 1, -1, -1):
            j = b.state[b0 + q]
            first_b, labeled_b, last_b = b_table[j * width], b_table[j * width + 1], b_table[(j + 1) * width]
            ends = a.final[i] and b.final[j]
            m = first_b
            while not ends and m < labeled_b:
                ends = useful[(p * wide + b_to[m] - b0) * layers + blocks]
                m += 1
            k, m = labeled_a, labeled_b
            while not ends and k < last_a and m < last_b:
                label = a_label[k] if last_a - labeled_a <= last_b - labeled_b else b_label[m]
                begin_k, k = a_table[i * width + label + 1], a_table[i * width + label + 2]
                begin_m, m = b_table[j * width + label + 1], b_table[j * width + label + 2]
                for x in range(begin_k, k):
                    up = (a_to[x] - a0) * wide - b0
                    for y in range(begin_m, m):
                        ends |= useful[(up + b_to[y]) * layers]
            cell = (p * wide + q) * layers
            if blocks:
                useful[cell + 1] = ends
                for k in range(first_a, labeled_a):
                    ends |= useful[((a_to[k] - a0) * wide + q) * layers]
            useful[cell] = ends


@jit
def sweep_up(
    width: int,
    layers: int,
    a0: int,
    begin: int,
    until: int,
    b0: int,
    b1: int,
    a: Operand,
    b: Operand,
    repeats: Flags,
    useful: Flags,
    number: Ints,
    src: Ints,
    dst: Ints,
    arc_a: Ints,
    arc_b: Ints,
    states: Ints,
    count: Ints,
) -> None:
    """Number the useful cells that are reachable, for ranks begin to until of a, and write their arcs."""
    a_table, a_to, a_label, a_arcs = a.table, a.to, a.label, a.arcs
    b_table, b_to, b_label, b_arcs = b.table, b.to, b.label, b.arcs
    wide = b1 - b0
    num_arcs, num_states = count[0], count[1]
    row_arcs, row_states = num_arcs, num_states
    for p in range(begin, until):
        i = a.state[a0 + p]
        arcs_before, states_before = row_arcs, row_states
        row_arcs, row_states = num_arcs, num_states
        if repeats.size and p > begin and repeats[p - 1]:
            same = True
            for cell in range(p * wide, (p + 1) * wide):
                same &= (number[cell] == -1) == (number[cell - wide] == -1) and useful[cell] == useful[
                    cell + wide
                ]
            if same:  # copy the arcs of the previous rank, shifted by one
                for cell in range(p * wide, (p + 1) * wide):
                    if number[cell] != -1:
                        number[cell] = num_states
                        states[0, num_states] = i
                        states[1, num_states] = b.state[b0 + cell - p * wide]
                        states[2, num_states] = 0
                        num_states += 1
                shift = a_arcs[a_table[i * width]] - a_arcs[a_table[a.state[a0 + p - 1] * width]]
                for k in range(arcs_before, row_arcs):
                    src[num_arcs] = src[k] + row_states - states_before
                    dst[num_arcs] = dst[k] + wide
                    arc_a[num_arcs] = arc_a[k] + shift
                    arc_b[num_arcs] = arc_b[k]
                    num_arcs += 1
                for k in range(row_arcs, num_arcs):
                    number[dst[k]] = -2
                continue
        first_a, labeled_a, last_a = a_table[i * width], a_table[i * width + 1], a_table[(i + 1) * width]
        blocks = 1 if labeled_a > first_a else 0
        q, blocked = 0, -1
        for cell in range(p * wide * layers, (p + 1) * wide * layers):
            blocked += 1
            if blocked == layers:
                q, blocked = q + 1, 0
            if number[cell] == -1:
                continue
            j = b.state[b0 + q]
            first_b, labeled_b, last_b = b_table[j * width], b_table[j * width + 1], b_table[(j + 1) * width]
            number[cell] = num_states
            states[0, num_states] = i
            states[1, num_states] = j
            states[2, num_states] = blocked
            first = num_arcs
            if blocked == 0:
                for k in range(first_a, labeled_a):  # a alone
                    to = ((a_to[k] - a0) * wide + q) * layers
                    dst[num_arcs], arc_a[num_arcs], arc_b[num_arcs] = to, a_arcs[k], -1
                    num_arcs += useful[to]
            # both: label by label of the operand with fewer arcs
            k, m = labeled_a, labeled_b
            while k < last_a and m < last_b:
                label = a_label[k] if last_a - labeled_a <= last_b - labeled_b else b_label[m]
                begin_k, k = a_table[i * width + label + 1], a_table[i * width + label + 2]
                begin_m, m = b_table[j * width + label + 1], b_table[j * width + label + 2]
                for x in range(begin_k, k):
                    up = (a_to[x] - a0) * wide - b0
                    for y in range(begin_m, m):
                        to = (up + b_to[y]) * layers
                        dst[num_arcs], arc_a[num_arcs], arc_b[num_arcs] = to, a_arcs[x], b_arcs[y]
                        num_arcs += useful[to]
            for m in range(first_b, labeled_b):  # b alone; then a may not move alone, where it could
                to = (p * wide + b_to[m] - b0) * layers + blocks
                dst[num_arcs], arc_a[num_arcs], arc_b[num_arcs] = to, -1, b_arcs[m]
                num_arcs += useful[to]
            for k in range(first, num_arcs):
                src[k] = num_states
                number[dst[k]] = -2
            num_states += 1
    count[0], count[1] = num_arcs, num_states
