"""Composition by compiled loops, where the tables of state pairs and of arcs by label fit the memory budget."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from gtn.backends.numba import compose_columns, compose_search, compose_sweep
from gtn.backends.numba.jit import flags, floats, ints
from gtn.backends.numba.operands import TOO_MANY_ARCS, TOO_MANY_STATES, Operand, label_table
from gtn.backends.torch.compose import Pairs, epsilon_ranks, over_budget, ranks
from gtn.tensors import EPSILON, GraphTensors, Ranks

MAX_TABLE = 1 << 24
"""Cells of the table of pairs of one item, and entries of a table of arcs by state and label."""

LARGE_TABLE = 1 << 10
"""Cells from which it is worth asking whether only few of them can be reached."""

MAX_ROW = 1 << 26
"""Arcs for which room is made at once: those of one state of a times those of one item of b."""

MAX_ARCS = 1 << 30
"""Arcs of both sides: they are counted in 32 bits."""


def matching_pairs(
    a: GraphTensors, b: GraphTensors, size: int, max_states: int, max_arcs: int, items: Tensor | None = None
) -> Pairs | None:
    """Find the matching pairs as ``gtn.backends.torch.compose.matching_pairs`` does, or return None beyond the limits.

    Args:
        a: Operand matched by its output labels.
        b: Operand matched by its input labels.
        size: B, the size of the result.
        max_states: Budget, before trimming.
        max_arcs: Budget, before trimming.
        items: (N,) int64, the graph of a for each graph of the result; None pairs them by position.

    Raises:
        BudgetError: The result has more states or arcs than the budget.
    """
    rank_a, rank_b = ranks(a), epsilon_ranks(b)
    layers = 2 if _lowest_olabel(a) == EPSILON else 1
    width = 2 + max(_highest_olabel(a), _highest_ilabel(b))
    a_most = int(a.state_offset.diff().max()) if len(a) else 0
    b_most = int(b.state_offset.diff().max()) if len(b) else 0
    cells = layers * a_most * b_most
    tables = (cells, a.num_states * width, b.num_states * width)
    if max(tables) > MAX_TABLE or a.num_arcs + b.num_arcs > MAX_ARCS:
        return None
    of_a = torch.arange(size) % max(len(a), 1) if items is None else items
    left = _operand(a, of_a, "olabel", width, rank_a)
    right = _operand(b, torch.arange(size) % max(len(b), 1), "ilabel", width, rank_b)
    rising = rank_a.rising and rank_b.rising
    if not rising or (
        cells > LARGE_TABLE and size and compose_search.is_sparse(width, left, right, layers, cells)
    ):
        found = compose_search.matching_pairs(size, width, left, right, layers, cells, max_states, max_arcs)
    else:
        if a.num_arcs and int(np.diff(left.table[::width]).max()) * int(b.arc_offset.diff().max()) > MAX_ROW:
            return None
        room = min(4 * a.num_arcs * -(-size // max(len(a), 1)) + 4 * b.num_arcs, 1 << 20)
        found = compose_sweep.matching_pairs(
            size, width, left, right, layers, cells, room, max_states, max_arcs
        )
    verdict = int(found[7][0])
    if verdict == TOO_MANY_STATES:
        raise over_budget("states", max_states + 1, max_states, "max_states")
    if verdict == TOO_MANY_ARCS:
        raise over_budget("arcs", max_arcs + 1, max_arcs, "max_arcs")
    return Pairs(*(torch.from_numpy(x) for x in found))


def columns(a: GraphTensors, b: GraphTensors, found: Pairs) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
    """Compute input labels, output labels, weights (detached) and payloads of the result."""
    num = found.src.numel()
    none = torch.empty(0, dtype=torch.int64)
    ilabel = torch.empty(num, dtype=torch.int64)
    olabel = none if a.is_acceptor and b.is_acceptor else torch.empty_like(ilabel)
    has_payload = a.payload is not None or b.payload is not None
    payload = torch.empty_like(ilabel) if has_payload else none
    weight = torch.empty(num, dtype=torch.float64)
    compose_columns.fill(
        ints(found.arc_a),
        ints(found.arc_b),
        ints(a.ilabel),
        ints(b.olabel),
        floats(a.weight),
        floats(b.weight),
        ints(none if a.payload is None else a.payload),
        ints(none if b.payload is None else b.payload),
        ilabel.numpy(),
        olabel.numpy(),
        weight.numpy(),
        payload.numpy(),
    )
    acceptor = a.is_acceptor and b.is_acceptor
    return ilabel, ilabel if acceptor else olabel, weight.to(a.dtype), payload if has_payload else None


def ends(a: GraphTensors, b: GraphTensors, found: Pairs) -> tuple[Tensor, Tensor]:
    """Compute start flags and final weights (detached) of the states of the result."""
    start = torch.empty(found.first.shape, dtype=torch.bool)
    final = torch.empty(found.first.shape, dtype=torch.float64)
    compose_columns.fill_states(
        ints(found.state_a),
        ints(found.state_b),
        flags(found.first),
        flags(a.start),
        flags(b.start),
        floats(a.final_weight),
        floats(b.final_weight),
        start.numpy(),
        final.numpy(),
    )
    return start, final.to(a.dtype)


def scatter(pairs_a: Tensor, pairs_b: Tensor, grad: Tensor, num_a: int, num_b: int) -> tuple[Tensor, Tensor]:
    """Compute the gradients by the weights of a and of b; an operand of 0 arcs is skipped."""
    by_a, by_b = torch.zeros(num_a, dtype=torch.float64), torch.zeros(num_b, dtype=torch.float64)
    compose_columns.scatter(ints(pairs_a), ints(pairs_b), floats(grad), by_a.numpy(), by_b.numpy())
    return by_a, by_b


def _highest_ilabel(g: GraphTensors) -> int:
    if g.index.highest_ilabel is None:
        g.index.highest_ilabel = int(g.ilabel.max()) if g.num_arcs else -1
    return g.index.highest_ilabel


def _highest_olabel(g: GraphTensors) -> int:
    if g.index.highest_olabel is None:
        g.index.highest_olabel = int(g.olabel.max()) if g.num_arcs else -1
    return g.index.highest_olabel


def _lowest_olabel(g: GraphTensors) -> int:
    if g.index.lowest_olabel is None:
        g.index.lowest_olabel = int(g.olabel.min()) if g.num_arcs else 0
    return g.index.lowest_olabel


def _operand(g: GraphTensors, item: Tensor, side: str, width: int, rank: Ranks) -> Operand:
    tables = g.index.label_tables
    if (side, width) not in tables:
        label = g.ilabel if side == "ilabel" else g.olabel
        columns = (ints(g.src), ints(g.dst), ints(label), ints(rank.of_state))
        tables[side, width] = label_table(*columns, g.num_states, width)
    by_label = tables[side, width]
    return Operand(
        ints(item), ints(g.state_offset), ints(rank.state), flags(g.start), flags(g.final), *by_label
    )
