"""Forward scores of graphs over score sequences, by compiled passes over the time steps."""

from __future__ import annotations

import torch
from torch import Tensor

from gtn.backends.numba import frame_score_passes as passes
from gtn.backends.numba.jit import Floats, floats, ints
from gtn.backends.numba.order import sort_by
from gtn.backends.numba.scaled_float import split
from gtn.backends.torch.distance import Saved
from gtn.ragged import lengths_to_offsets
from gtn.tensors import GraphTensors


def forward(scores: Tensor, g: GraphTensors, count: Tensor) -> tuple[Tensor, Saved]:
    """Compute the forward scores (B,) float64.

    Args:
        scores: (B, T, C) log scores.
        g: B graphs or one, without epsilons as input labels.
        count: (B,) time steps of each item.

    Returns:
        The scores, and the tensors that ``backward`` needs.
    """
    item = torch.arange(len(count)) % len(g)
    begin, end = g.state_offset[item], g.state_offset[item + 1]
    row = lengths_to_offsets((end - begin) * (count + 1))
    first = torch.zeros(g.num_states).masked_fill_(~g.start, -torch.inf)
    score, arc, final = (_split(x) for x in (scores, g.weight, g.final_weight))
    state = torch.empty(2, int(row[-1]), dtype=torch.float64)
    total = torch.empty(3, len(count), dtype=torch.float64)
    saved = (count, begin, end, row, score, arc, final, state, total)
    passes.forward(
        passes.Items(ints(count), ints(begin), ints(end), ints(row)),
        _arcs(g.dst, g.src, g, arc),
        *_pair(score),
        *_pair(_split(first)),
        *_pair(final),
        *_pair(state),
        total.numpy(),
    )
    return total[0], saved


def backward(
    g: GraphTensors, saved: Saved, grad: Tensor, by_weight: bool
) -> tuple[Tensor, Tensor | None, Tensor]:
    """Compute the gradients by the scores, the weights (on request) and the final weights, float64."""
    count, begin, end, row, score, arc, final, state, total = saved
    by_score = torch.zeros_like(score[0])
    by_arc = torch.zeros(g.num_arcs if by_weight else 0, dtype=torch.float64)
    by_final = torch.zeros(g.num_states, dtype=torch.float64)
    passes.backward(
        passes.Items(ints(count), ints(begin), ints(end), ints(row)),
        _arcs(g.src, g.dst, g, arc),
        *_pair(score),
        *_pair(final),
        *_pair(state),
        total.numpy(),
        floats(grad),
        by_score.numpy(),
        by_arc.numpy(),
        by_final.numpy(),
    )
    return by_score, by_arc if by_weight else None, by_final


def _pair(table: Tensor) -> tuple[Floats, Floats]:
    """Return mantissas and exponents of a table (2, ...)."""
    m, e = table.numpy()
    return m, e


def _split(values: Tensor) -> Tensor:
    """Split the exponentials of values (...) into mantissas and exponents (2, ...)."""
    result = torch.empty(2, *values.shape, dtype=torch.float64)
    split(floats(values).reshape(-1), *result.view(2, -1).numpy())
    return result


def _arcs(state: Tensor, other: Tensor, g: GraphTensors, weight: Tensor) -> passes.SortedArcs:
    """Sort the arcs by one of their ends."""
    arcs, offset = sort_by(ints(state), g.num_states, False)
    m, e = _pair(weight)
    return passes.SortedArcs(offset, arcs, ints(other)[arcs], ints(g.ilabel)[arcs], m[arcs], e[arcs])
