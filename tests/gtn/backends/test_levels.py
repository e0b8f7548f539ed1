import networkx as nx
import pytest
import torch
from hypothesis import given

import gtn
from gtn.backends import use_backend
from tests.gtn.oracle import batches, graphs

CYCLE = {"src": [0, 1, 2, 1], "dst": [1, 2, 1, 3], "ilabel": [0, 1, 2, 3], "num_states": 4, "final": 3}


@given(graphs=batches())
def test_arcs_lead_forwards_in_the_order(graphs):
    g = gtn.batch(graphs)
    order = gtn.topological_order(g)
    place = torch.empty_like(order).scatter_(0, order, torch.arange(g.num_states))
    assert bool((place[g.src] < place[g.dst]).all())
    for a, b in zip(g.state_offset.tolist(), g.state_offset[1:].tolist(), strict=False):
        assert sorted(order[a:b].tolist()) == list(range(a, b))


@pytest.mark.parametrize("call", [gtn.forward_score, gtn.viterbi_score, gtn.viterbi_path, gtn.posteriors])
def test_a_cycle_on_a_path_is_an_error_that_names_it(call):
    good = gtn.string_acceptor([1])
    with pytest.raises(gtn.CycleError, match="graph 1 of the batch"):
        call(gtn.batch([good, gtn.Graph.from_arcs(**CYCLE)]))
    with use_backend("torch"), pytest.raises(gtn.CycleError, match="graph 1 of the batch"):
        call(gtn.batch([good, gtn.Graph.from_arcs(**CYCLE)]))


def test_a_self_loop_is_a_cycle():
    loop = gtn.Graph.from_arcs([0, 0], [0, 1], [1, 1], num_states=2, final=1)
    with pytest.raises(gtn.CycleError):
        gtn.forward_score(loop)
    with pytest.raises(gtn.CycleError):
        gtn.n_best(loop, 2)
    with pytest.raises(gtn.CycleError):
        gtn.topological_order(loop)


@given(g=graphs(acyclic=False, max_states=4, max_arcs=6))
def test_cycles_are_errors_exactly_where_a_path_uses_them(g):
    useful = gtn.trim(g)
    digraph = nx.DiGraph(list(zip(useful.src.tolist(), useful.dst.tolist(), strict=True)))
    if nx.is_directed_acyclic_graph(digraph):
        for backend in ("auto", "torch"):
            with use_backend(backend):
                assert gtn.forward_score(g).item() == pytest.approx(gtn.forward_score(useful).item())
                assert gtn.viterbi_score(gtn.viterbi_path(g)).item() == gtn.viterbi_score(useful).item()
                best = [p.score for p in gtn.n_best(g, 3)[0]]
                assert best == pytest.approx([p.score for p in gtn.n_best(useful, 3)[0]])
                assert not gtn.posteriors(g).isnan().any()
    else:
        for call in (gtn.forward_score, gtn.viterbi_path, lambda x: gtn.n_best(x, 1)):
            with pytest.raises(gtn.CycleError):
                call(g)
