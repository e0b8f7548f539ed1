"""Leaving out the states and arcs that no path uses."""

from __future__ import annotations

from gtn.batching import subgraph
from gtn.graph import Graph
from gtn.levels import useful_states


def trim(g: Graph) -> Graph:
    """Keep the states on a path from a start state to a final state, and the arcs between them.

    *Accepts* the same strings with the same *scores*. Differentiable. A graph that accepts nothing
    becomes an item without states. Arcs of weight -inf are kept: they may get another weight.

    Example:
        >>> import gtn
        >>> g = gtn.Graph.from_arcs([0, 0], [1, 2], [5, 6], num_states=3, start=0, final=1)
        >>> gtn.trim(g)
        Graph(batch=1, states=2, arcs=1, acceptor, float32)
    """
    states = useful_states(g)
    return subgraph(g, states[g.src] & states[g.dst], states)
