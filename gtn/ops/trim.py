"""Trimming: removal of the states and arcs outside of all paths."""

from __future__ import annotations

import torch
from torch import Tensor

from gtn.backends.torch.levels import useful_states
from gtn.graph import Graph


def trim(g: Graph) -> Graph:
    """Trim graphs to the states on a path from a start state to a final state, and the arcs between them.

    *Accepts* the same strings with the same *scores*. Differentiable. A graph that accepts nothing
    becomes an item without states. Arcs of weight -inf are kept: their weight may be replaced.

    Example:
        >>> import gtn
        >>> g = gtn.Graph.from_arcs([0, 0], [1, 2], [5, 6], num_states=3, start=0, final=1)
        >>> gtn.trim(g)
        Graph(batch=1, states=2, arcs=1, acceptor, float32)
    """
    states = useful_states(g)
    return subgraph(g, states[g.src] & states[g.dst], states)


def subgraph(g: Graph, arcs: Tensor, states: Tensor) -> Graph:
    """Select some arcs and states of every graph of a batch; selected arcs must join selected states.

    Args:
        g: A batch.
        arcs: (A,) bool.
        states: (S,) bool.
    """
    number = states.long().cumsum(0)
    arc_count = torch.cat([arcs.new_zeros(1, dtype=torch.int64), arcs.long().cumsum(0)])
    state_count = torch.cat([number.new_zeros(1), number])
    number = number - 1
    ilabel = g.ilabel[arcs]
    return Graph(
        number[g.src[arcs]],
        number[g.dst[arcs]],
        ilabel,
        ilabel if g.is_acceptor else g.olabel[arcs],
        g.weight[arcs],
        arc_count[g.arc_offset],
        state_count[g.state_offset],
        g.start[states],
        g.final_weight[states],
        None if g.payload is None else g.payload[arcs],
    )
