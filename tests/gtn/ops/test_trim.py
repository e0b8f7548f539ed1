import networkx as nx
from hypothesis import given

import gtn
from tests.gtn.oracle import batches, close, graphs, language


@given(graphs=batches(payload=True))
def test_accepts_the_same(graphs):
    got = gtn.trim(gtn.batch(graphs))
    assert len(got) == len(graphs)
    for one, g in zip(got, graphs, strict=True):
        assert close(language(one), language(g))


@given(g=graphs(max_states=6, max_arcs=9, acyclic=False))
def test_keeps_exactly_what_lies_on_a_path(g):
    around = nx.DiGraph()
    around.add_nodes_from(range(g.num_states))
    around.add_edges_from(zip(g.src.tolist(), g.dst.tolist(), strict=True))
    reached = {t for s in g.start.nonzero().flatten().tolist() for t in {s, *nx.descendants(around, s)}}
    ending = {t for s in g.final.nonzero().flatten().tolist() for t in {s, *nx.ancestors(around, s)}}
    useful = sorted(reached & ending)
    arcs = [
        k for k, (s, d) in enumerate(zip(g.src.tolist(), g.dst.tolist(), strict=True)) if {s, d} <= {*useful}
    ]
    got = gtn.trim(g)
    assert got.final_weight.tolist() == g.final_weight[useful].tolist()
    assert got.start.tolist() == g.start[useful].tolist()
    assert got.weight.tolist() == g.weight[arcs].tolist()
    assert [useful[s] for s in got.src.tolist()] == g.src[arcs].tolist()
    assert [useful[s] for s in got.dst.tolist()] == g.dst[arcs].tolist()
