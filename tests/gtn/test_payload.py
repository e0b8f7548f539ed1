"""The payload of an arc stays with it through every operation."""

import copy
import io
import pickle
from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gtn
from tests.gtn.oracle import batches, graphs, paths

SMALL = {"max_states": 4, "max_arcs": 5, "payload": True}


def carried(g, turned=False):
    """How often each (input labels, payloads) is a path, arcs without a payload and epsilons left out."""
    found = Counter()
    for path in paths(g):
        labels = [i for i in path.ilabels if i != gtn.EPSILON]
        payload = [p for p in (g.payload[list(path.arcs)].tolist() if path.arcs else []) if p >= 0]
        found[tuple(labels[::-1] if turned else labels), tuple(payload[::-1] if turned else payload)] += 1
    return found


def chained(a, b):
    found = Counter()
    for (x, p), n in a.items():
        for (y, q), m in b.items():
            found[x + y, p + q] += n * m
    return found


SAME = {
    "project_input": gtn.project_input,
    "arc_sort": gtn.arc_sort,
    "trim": gtn.trim,
    "to": lambda g: g.to(dtype=torch.float32),
    "detach": gtn.Graph.detach,
    "with_weight": lambda g: g.with_weight(g.weight + 1),
    "batch and index": lambda g: gtn.batch([gtn.string_acceptor([1], dtype=g.dtype), g])[1],
    "text": lambda g: gtn.from_text(gtn.to_text(g), dtype=g.dtype),
    "networkx": lambda g: gtn.from_networkx(gtn.to_networkx(g), dtype=g.dtype),
    "pickle": lambda g: pickle.loads(pickle.dumps(g)),
    "copy": copy.deepcopy,
}


@pytest.mark.parametrize("name", SAME)
@given(g=graphs(**SMALL))
def test_operations_that_keep_the_paths(name, g):
    got = SAME[name](g)
    if got.payload is None:  # text of a graph without arcs
        assert g.num_arcs == 0
        got = g
    assert carried(got) == carried(g)


@given(g=graphs(**SMALL))
def test_reverse(g):
    assert carried(gtn.reverse(g)) == carried(g, turned=True)


@given(g=graphs(**SMALL, forbidden=False))
def test_remove_loses_those_of_the_arcs_taken_out(g):
    silent = (g.ilabel == gtn.EPSILON) & (g.olabel == gtn.EPSILON)
    kept = gtn.Graph.from_arcs(
        g.src,
        g.dst,
        g.ilabel,
        g.olabel,
        g.weight,
        num_states=g.num_states,
        start=g.start,
        final=g.final,
        final_weight=g.final_weight,
        payload=g.payload.masked_fill(silent, gtn.NO_PAYLOAD),
    )
    got = carried(gtn.remove(g))
    assert got.keys() == carried(kept).keys()
    # ways to end that read nothing more are joined
    assert all(n <= carried(kept)[key] for key, n in got.items())


@given(a=graphs(**SMALL), b=graphs(**SMALL))
def test_union_and_concat(a, b):
    assert carried(gtn.union([a, b])) == carried(a) + carried(b)
    assert carried(gtn.concat([a, b])) == chained(carried(a), carried(b))


@given(g=graphs(**SMALL))
def test_closure(g):
    looped = gtn.closure(g)
    added = looped.num_arcs - g.num_arcs
    assert looped.payload.tolist() == [*g.payload.tolist(), *[gtn.NO_PAYLOAD] * added]


@given(graphs=batches(3, **SMALL), n=st.integers(1, 3))
def test_paths(graphs, n):
    batch = gtn.batch(graphs)
    generator = torch.Generator().manual_seed(n)
    for found in (
        gtn.n_best(batch, n),
        gtn.n_best(batch, n, distinct=False),
        gtn.sample(batch, n, generator=generator),
    ):
        for g, some in zip(graphs, found.tolist(), strict=True):
            for path in some:
                assert (path.input, path.payload) in carried(g)
    for g, best in zip(graphs, gtn.viterbi_path(batch), strict=True):
        assert carried(best).keys() <= carried(g).keys()


def test_a_graph_without_payloads_beside_one_with():
    plain, full = gtn.string_acceptor([1]), gtn.linear_graph(torch.zeros(1, 1))
    assert gtn.union([plain, full]).payload.tolist() == [gtn.NO_PAYLOAD, 0]
    assert gtn.batch([plain, full])[0].payload.tolist() == [gtn.NO_PAYLOAD]
    assert gtn.union([plain, plain]).payload is None


def test_saved_and_loaded():
    g = gtn.linear_graph(torch.arange(6.0).view(1, 3, 2))
    file = io.BytesIO()
    torch.save(g, file)
    file.seek(0)
    with torch.serialization.safe_globals([gtn.Graph]):
        assert gtn.equal(torch.load(file, weights_only=True), g)
