"""Matching pairs of a composition on the CPU: one sweep over the pairs of states, in topological order.

Pairs of one item are *cells* of a table: cell ``(p * wide + q) * layers + blocked`` stands for the state of rank p
of a, the state of rank q of b, and whether b has moved alone (so that a may not, see ``compose``). Arcs lead to
higher cells, so that one sweep downwards finds what leads to an end, and one upwards what can be reached of it.
"""

from __future__ import annotations

import numpy as np

from gtn.cpu.jit import Flags, Floats, Ints, jit

TOO_MANY_STATES, TOO_MANY_ARCS = -1, -2
CHUNK = 1 << 16


@jit
def label_table(
    src: Ints, dst: Ints, label: Ints, rank: Ints, num_states: int, width: int
) -> tuple[Ints, Ints, Ints, Ints]:
    """Arcs by (state, label), stably, and the offset of each such pair; width is 1 + the number of labels.

    Returns:
        The arcs, where those of each pair begin, and the rank that each arc leads to and its label.
    """
    offset = np.zeros(num_states * width + 1, np.int64)
    for k in range(src.size):
        offset[src[k] * width + label[k] + 2] += 1
    for n in range(num_states * width):
        offset[n + 1] += offset[n]
    place = offset[:-1].copy()
    arcs, to, labels = (
        np.empty(src.size, np.int64),
        np.empty(src.size, np.int64),
        np.empty(src.size, np.int64),
    )
    for k in range(src.size):
        n = src[k] * width + label[k] + 1
        arcs[place[n]] = k
        to[place[n]] = rank[dst[k]]
        labels[place[n]] = label[k]
        place[n] += 1
    return arcs, offset, to, labels


@jit
def matching(
    size: int,
    width: int,
    a_state_offset: Ints,
    a_arcs: Ints,
    a_table: Ints,
    a_to: Ints,
    a_label: Ints,
    a_start: Flags,
    a_final: Flags,
    b_state_offset: Ints,
    b_arcs: Ints,
    b_table: Ints,
    b_to: Ints,
    b_label: Ints,
    b_start: Flags,
    b_final: Flags,
    a_state: Ints,
    b_state: Ints,
    layers: int,
    table_size: int,
    room: int,
    max_states: int,
    max_arcs: int,
) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints, Flags, Ints, Ints]:
    """Find the pairs; see ``compose_torch.Pairs`` for what is returned.

    A result that goes over the budget is not complete; ``arc_offset`` then begins with a number that says why.

    Args:
        size: B.
        width: 1 + the number of labels.
        a_state_offset: of a; one item only stands for all.
        a_arcs: arcs of a by (src, output label), and
        a_table: where those of each begin, at ``src * width + label + 1``.
        a_to: (A,) the rank of the state that each of ``a_arcs`` enters.
        a_label: (A,) the output label of each of ``a_arcs``.
        a_start: (S,).
        a_final: (S,).
        b_state_offset: of b, and so on; labels are input labels, ranks those of the epsilon arcs.
        b_arcs: as for a.
        b_table: as for a.
        b_to: as for a.
        b_label: as for a.
        b_start: as for a.
        b_final: as for a.
        a_state: (S,) the state of each rank.
        b_state: (S,) the state of each rank.
        layers: 2 if a has epsilons, else 1: the filter has nothing to block.
        table_size: the most cells that an item has.
        room: a guess of the number of arcs of the result.
        max_states: budget.
        max_arcs: budget.
    """
    number = np.full(table_size, -1, np.int64)  # -1: not reached; -2: reached; later the number of the state
    useful = np.zeros(table_size, np.bool_)
    state_offset, arc_offset = np.zeros(size + 1, np.int64), np.zeros(size + 1, np.int64)
    arcs = np.empty((4, max(4096, room)), np.int64)  # from, to, arc of a, arc of b
    states = np.empty((3, max(4096, room)), np.int64)  # state of a, state of b, blocked
    count = np.zeros(2, np.int64)  # arcs, states
    for item in range(size):
        at_a = item if a_state_offset.size > 2 else 0
        at_b = item if b_state_offset.size > 2 else 0
        a0, a1 = a_state_offset[at_a], a_state_offset[at_a + 1]
        b0, b1 = b_state_offset[at_b], b_state_offset[at_b + 1]
        wide = b1 - b0
        sweep_down(
            width, layers, a0, a1, b0, b1, a_table, a_to, a_label, a_final, b_table, b_to, b_label, b_final,
            a_state, b_state, useful,
        )  # fmt: skip
        for i in range(a1 - a0):
            if a_start[a_state[a0 + i]]:
                for j in range(wide):
                    cell = (i * wide + j) * layers
                    if b_start[b_state[b0 + j]] and useful[cell]:
                        number[cell] = -2
        b_most = b_table[b1 * width] - b_table[b0 * width]
        p = 0
        while p < a1 - a0:
            # as many states of a at once as there is surely room for
            most, until = 0, p
            while until < a1 - a0 and (until == p or most < CHUNK):
                i = a_state[a0 + until]
                most += layers * ((a_table[(i + 1) * width] - a_table[i * width]) * (b_most + wide) + b_most)
                until += 1
            while count[0] + most > arcs.shape[1]:
                arcs = grown(arcs, count[0])
            while count[1] + (until - p) * wide * layers > states.shape[1]:
                states = grown(states, count[1])
            sweep_up(
                width, layers, a0, p, until, b0, b1, a_arcs, a_table, a_to, a_label, b_arcs, b_table, b_to, b_label,
                a_state, b_state, useful, number, arcs[0], arcs[1], arcs[2], arcs[3], states, count,
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
    num_arcs, num_states = count[0], count[1]
    return (
        tight(arcs[0], num_arcs),
        tight(arcs[1], num_arcs),
        tight(arcs[2], num_arcs),
        tight(arcs[3], num_arcs),
        tight(states[0], num_states),
        tight(states[1], num_states),
        states[2, :num_states] == 0,
        arc_offset,
        state_offset,
    )


@jit
def sweep_down(
    width: int,
    layers: int,
    a0: int,
    a1: int,
    b0: int,
    b1: int,
    a_table: Ints,
    a_to: Ints,
    a_label: Ints,
    a_final: Flags,
    b_table: Ints,
    b_to: Ints,
    b_label: Ints,
    b_final: Flags,
    a_state: Ints,
    b_state: Ints,
    useful: Flags,
) -> None:
    """Mark the cells of an item from which an end can be reached; the first way out found is enough."""
    wide = b1 - b0
    for p in range(a1 - a0 - 1, -1, -1):
        i = a_state[a0 + p]
        first_a, loud_a, last_a = a_table[i * width], a_table[i * width + 1], a_table[(i + 1) * width]
        blocks = 1 if loud_a > first_a else 0
        for q in range(wide - 1, -1, -1):
            j = b_state[b0 + q]
            first_b, loud_b, last_b = b_table[j * width], b_table[j * width + 1], b_table[(j + 1) * width]
            ends = a_final[i] and b_final[j]
            m = first_b
            while not ends and m < loud_b:
                ends = useful[(p * wide + b_to[m] - b0) * layers + blocks]
                m += 1
            k, m = loud_a, loud_b
            while not ends and k < last_a and m < last_b:
                label = a_label[k] if last_a - loud_a <= last_b - loud_b else b_label[m]
                begin_k, k = a_table[i * width + label + 1], a_table[i * width + label + 2]
                begin_m, m = b_table[j * width + label + 1], b_table[j * width + label + 2]
                for x in range(begin_k, k):
                    up = (a_to[x] - a0) * wide - b0
                    for y in range(begin_m, m):
                        ends |= useful[(up + b_to[y]) * layers]
            cell = (p * wide + q) * layers
            if blocks:
                useful[cell + 1] = ends
                for k in range(first_a, loud_a):
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
    a_arcs: Ints,
    a_table: Ints,
    a_to: Ints,
    a_label: Ints,
    b_arcs: Ints,
    b_table: Ints,
    b_to: Ints,
    b_label: Ints,
    a_state: Ints,
    b_state: Ints,
    useful: Flags,
    number: Ints,
    src: Ints,
    dst: Ints,
    arc_a: Ints,
    arc_b: Ints,
    states: Ints,
    count: Ints,
) -> None:
    """Number the useful cells that are reached, of the states of a of rank begin to until, and write their arcs."""
    wide = b1 - b0
    num_arcs, num_states = count[0], count[1]
    for p in range(begin, until):
        i = a_state[a0 + p]
        first_a, loud_a, last_a = a_table[i * width], a_table[i * width + 1], a_table[(i + 1) * width]
        blocks = 1 if loud_a > first_a else 0
        q, blocked = 0, -1
        for cell in range(p * wide * layers, (p + 1) * wide * layers):
            blocked += 1
            if blocked == layers:
                q, blocked = q + 1, 0
            if number[cell] == -1:
                continue
            j = b_state[b0 + q]
            first_b, loud_b, last_b = b_table[j * width], b_table[j * width + 1], b_table[(j + 1) * width]
            number[cell] = num_states
            states[0, num_states] = i
            states[1, num_states] = j
            states[2, num_states] = blocked
            first = num_arcs
            if blocked == 0:
                for k in range(first_a, loud_a):  # a alone
                    to = ((a_to[k] - a0) * wide + q) * layers
                    dst[num_arcs], arc_a[num_arcs], arc_b[num_arcs] = to, a_arcs[k], -1
                    num_arcs += useful[to]
            # both: label by label of the side that has fewer arcs
            k, m = loud_a, loud_b
            while k < last_a and m < last_b:
                label = a_label[k] if last_a - loud_a <= last_b - loud_b else b_label[m]
                begin_k, k = a_table[i * width + label + 1], a_table[i * width + label + 2]
                begin_m, m = b_table[j * width + label + 1], b_table[j * width + label + 2]
                for x in range(begin_k, k):
                    up = (a_to[x] - a0) * wide - b0
                    for y in range(begin_m, m):
                        to = (up + b_to[y]) * layers
                        dst[num_arcs], arc_a[num_arcs], arc_b[num_arcs] = to, a_arcs[x], b_arcs[y]
                        num_arcs += useful[to]
            for m in range(first_b, loud_b):  # b alone; then a may not move alone, where it could
                to = (p * wide + b_to[m] - b0) * layers + blocks
                dst[num_arcs], arc_a[num_arcs], arc_b[num_arcs] = to, -1, b_arcs[m]
                num_arcs += useful[to]
            for k in range(first, num_arcs):
                src[k] = num_states
                number[dst[k]] = -2
            num_states += 1
    count[0], count[1] = num_arcs, num_states


@jit
def tight(values: Ints, num: int) -> Ints:
    """The first num numbers, as they lie unless that would keep more than twice their memory."""
    return values[:num] if 2 * num > values.size else values[:num].copy()


@jit
def grown(table: Ints, used: int) -> Ints:
    """The table with twice the columns, of which some are in use."""
    result = np.empty((table.shape[0], table.shape[1] * 2), np.int64)
    result[:, :used] = table[:, :used]
    return result


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
def fill_states(
    state_a: Ints,
    state_b: Ints,
    first: Flags,
    a_start: Flags,
    b_start: Flags,
    a_final: Floats,
    b_final: Floats,
    start: Flags,
    final: Floats,
) -> None:
    """Fill start and final weight of the states of the result."""
    for s in range(state_a.size):
        i, j = state_a[s], state_b[s]
        start[s] = a_start[i] and b_start[j] and first[s]
        final[s] = a_final[i] + b_final[j]


@jit
def scatter(arc_a: Ints, arc_b: Ints, grad: Floats, by_a: Floats, by_b: Floats) -> None:
    """Add the gradient of each arc of the result to those of its arcs; by_a and by_b come as zeros."""
    for k in range(arc_a.size):
        if by_a.size and arc_a[k] >= 0:
            by_a[arc_a[k]] += grad[k]
        if by_b.size and arc_b[k] >= 0:
            by_b[arc_b[k]] += grad[k]
