"""Conversion to and from networkx."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import torch

from gtn.errors import GraphError
from gtn.graph import NO_PAYLOAD, Graph

if TYPE_CHECKING:
    import networkx as nx


def to_networkx(g: Graph) -> nx.MultiDiGraph[int]:
    """Convert one graph to networkx.

    Nodes are state numbers, with attributes ``start`` (bool) and ``final`` (score, -inf where not final).
    Edges have ``ilabel``, ``olabel``, ``weight`` and, if the graph has payloads, ``payload``; their keys
    are the numbers of the arcs.

    Raises:
        GraphError: g is a batch of other than one.
    """
    import networkx as nx  # deferred: slow to import

    if len(g) != 1:
        raise GraphError(f"one graph becomes one networkx graph: this is a batch of {len(g)}; take g[i]")
    result: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    for state, (start, final) in enumerate(zip(g.start.tolist(), g.final_weight.tolist(), strict=True)):
        result.add_node(state, start=start, final=final)
    columns = (g.src, g.dst, g.ilabel, g.olabel, g.weight)
    payload = [None] * g.num_arcs if g.payload is None else g.payload.tolist()
    for number, (s, d, i, o, w) in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
        extra = {} if g.payload is None else {"payload": payload[number]}
        result.add_edge(s, d, key=number, ilabel=i, olabel=o, weight=w, **extra)
    return result


def from_networkx(graph: nx.Graph[Any], *, dtype: torch.dtype = torch.float32) -> Graph:
    """Convert a networkx graph: one of ``to_networkx``, or any directed graph with labels.

    Args:
        graph: A DiGraph or MultiDiGraph. Nodes, of any type, become states in their order, with the
            attributes ``start`` and ``final`` (``final`` may be True, for score 0). Edges have ``ilabel``
            (or ``label``); ``olabel`` defaults to it, ``weight`` to 0. If all keys are different numbers
            they give the order of the arcs.
        dtype: Dtype of the weights.

    Raises:
        GraphError: The graph is not directed, or an edge has no label.
    """
    import networkx as nx  # deferred: slow to import

    if not graph.is_directed():
        raise GraphError(
            "the networkx graph is not directed; call .to_directed() for arcs in both directions"
        )
    number = {node: k for k, node in enumerate(graph.nodes)}
    rows = []
    edges: Iterable[tuple[Any, Any, Any, dict[str, Any]]]
    if isinstance(graph, nx.MultiDiGraph):
        edges = graph.edges(keys=True, data=True)
    else:
        edges = ((u, v, 0, data) for u, v, data in graph.edges(data=True))
    for source, target, key, data in edges:
        ilabel = data.get("ilabel", data.get("label"))
        if ilabel is None:
            raise GraphError(f"edge {source!r} -> {target!r} has neither 'ilabel' nor 'label'")
        values = (
            ilabel,
            data.get("olabel", ilabel),
            data.get("weight", 0.0),
            data.get("payload", NO_PAYLOAD),
        )
        rows.append((key, number[source], number[target], *values))
    keys = [row[0] for row in rows]
    if all(isinstance(key, int) for key in keys) and len(set(keys)) == len(keys):
        rows.sort(key=lambda row: row[0])
    finals = {}
    for node, data in graph.nodes(data=True):
        final = data.get("final", False)
        score = 0.0 if final is True else -math.inf if final is False else float(final)
        if score > -math.inf:
            finals[number[node]] = score
    _, src, dst, ilabels, olabels, weight, payload = (
        (list(c) for c in zip(*rows, strict=True)) if rows else ([],) * 7
    )
    return Graph.from_arcs(
        src,
        dst,
        ilabels,
        None if ilabels == olabels else olabels,
        torch.tensor(weight, dtype=dtype),
        num_states=len(number),
        start=[number[node] for node, data in graph.nodes(data=True) if data.get("start")],
        final=list(finals),
        payload=payload if any(p != NO_PAYLOAD for p in payload) else None,
        final_weight=torch.tensor(list(finals.values()), dtype=dtype),
    )
