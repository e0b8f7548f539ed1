import networkx as nx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gtn
from tests.gtn.oracle import graphs


@given(g=graphs(payload=True, acyclic=False))
def test_round_trip(g):
    back = gtn.from_networkx(gtn.to_networkx(g), dtype=torch.float64)
    assert gtn.to_text(back) == gtn.to_text(g)


@given(g=graphs(forbidden=False), data=st.data())
def test_networkx_finds_the_same_best_path(g, data):
    graph = gtn.to_networkx(g)
    costs = nx.MultiDiGraph()
    costs.add_nodes_from(["begin", "end"])
    costs.add_edges_from(("begin", s, {"cost": 0.0}) for s, x in graph.nodes(data=True) if x["start"])
    costs.add_edges_from(
        (s, "end", {"cost": -x["final"]}) for s, x in graph.nodes(data=True) if x["final"] > -99
    )
    costs.add_edges_from((u, v, {"cost": -x["weight"]}) for u, v, x in graph.edges(data=True))
    try:
        best = -nx.bellman_ford_path_length(costs, "begin", "end", weight="cost")
    except nx.NetworkXNoPath:
        best = -float("inf")
    assert gtn.viterbi_score(g).item() == pytest.approx(best)


def test_a_graph_with_names():
    graph = nx.DiGraph()
    graph.add_node("a", start=True)
    graph.add_node("b", final=True)
    graph.add_edge("a", "b", label=3)
    assert gtn.to_text(gtn.from_networkx(graph)) == "start 0\n0 1 3 3 0\nfinal 1 0"


def test_errors():
    with pytest.raises(gtn.GraphError, match="not directed"):
        gtn.from_networkx(nx.Graph())
    with pytest.raises(gtn.GraphError, match="'a' -> 'b'"):
        gtn.from_networkx(nx.DiGraph([("a", "b")]))
    with pytest.raises(gtn.GraphError, match="batch of 2"):
        gtn.to_networkx(gtn.string_acceptor([[1], [2]]))
