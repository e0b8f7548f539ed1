"""Forward scores of graphs over score sequences, by compiled passes over the time steps."""

from __future__ import annotations

import torch
from torch import Tensor

from gtn.backends.numba import frame_passes as passes
from gtn.backends.numba.jit import Floats, floats, ints
from gtn.backends.numba.order import sort_by
from gtn.backends.numba.scaled_float import split
from gtn.backends.torch.distance import Saved
from gtn.ragged import lengths_to_offsets
from gtn.tensors import GraphTensors


def forward(scores: Tensor, g: GraphTensors, count: Tensor) -> tuple[Tensor, Saved]:
    """Scores (B,) float64, and what ``backward`` needs.

    Args:
        scores: (B, T, C).
        g: B graphs or one, without epsilons that they read.
        count: (B,) frames of each item.
    """
    item = torch.arange(len(count)) % len(g)
    begin, end = g.state_offset[item], g.state_offset[item + 1]
    row = lengths_to_offsets((end - begin) * (count + 1))
    first = torch.zeros(g.num_states).masked_fill_(~g.start, -torch.inf)
    seen, arc, final = (_split(x) for x in (scores, g.weight, g.final_weight))
    state = torch.empty(2, int(row[-1]), dtype=torch.float64)
    total = torch.empty(3, len(count), dtype=torch.float64)
    saved = (count, begin, end, row, seen, arc, final, state, total)
    passes.forward(
        passes.Places(ints(count), ints(begin), ints(end), ints(row)),
        _arcs(g.dst, g.src, g, arc),
        *_pair(seen),
        *_pair(_split(first)),
        *_pair(final),
        *_pair(state),
        total.numpy(),
    )
    return total[0], saved


def backward(
    g: GraphTensors, saved: Saved, grad: Tensor, by_weight: bool
) -> tuple[Tensor, Tensor | None, Tensor]:
    """Derivatives by the scores, the weights (if they are wanted) and the final weights, float64."""
    count, begin, end, row, seen, arc, final, state, total = saved
    by_seen = torch.zeros_like(seen[0])
    by_arc = torch.zeros(g.num_arcs if by_weight else 0, dtype=torch.float64)
    by_final = torch.zeros(g.num_states, dtype=torch.float64)
    passes.backward(
        passes.Places(ints(count), ints(begin), ints(end), ints(row)),
        _arcs(g.src, g.dst, g, arc),
        *_pair(seen),
        *_pair(final),
        *_pair(state),
        total.numpy(),
        floats(grad),
        by_seen.numpy(),
        by_arc.numpy(),
        by_final.numpy(),
    )
    return by_seen, by_arc if by_weight else None, by_final


def _pair(table: Tensor) -> tuple[Floats, Floats]:
    """Mantissas and exponents of a table (2, ...)."""
    m, e = table.numpy()
    return m, e


def _split(values: Tensor) -> Tensor:
    """Mantissas and exponents of the exponentials of (...), (2, ...)."""
    result = torch.empty(2, *values.shape, dtype=torch.float64)
    split(floats(values).reshape(-1), *result.view(2, -1).numpy())
    return result


def _arcs(state: Tensor, other: Tensor, g: GraphTensors, weight: Tensor) -> passes.Arcs:
    """Arcs by one of their ends."""
    arcs, offset = sort_by(ints(state), g.num_states, False)
    m, e = _pair(weight)
    return passes.Arcs(offset, arcs, ints(other)[arcs], ints(g.ilabel)[arcs], m[arcs], e[arcs])
