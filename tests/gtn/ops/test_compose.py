from collections import defaultdict

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gtn
from gtn.backends import use_backend
from tests.gtn.oracle import batches, close, graphs, language, logsumexp, paths


def expected(a, b):
    """Every pair of matching paths, once; of graphs, or of lists of paths."""
    joined = defaultdict(list)
    for p in a if isinstance(a, list) else paths(a):
        for q in b if isinstance(b, list) else paths(b):
            if p.strings[1] == q.strings[0]:
                joined[p.strings[0], q.strings[1]].append(p.score + q.score)
    return {k: logsumexp(v) for k, v in joined.items() if logsumexp(v) > -float("inf")}


SMALL = {"max_states": 4, "max_arcs": 6}


@given(a=graphs(**SMALL), b=graphs(**SMALL))
def test_accepts_matching_pairs_once(a, b):
    c = gtn.compose(a, b)
    assert close(language(c), expected(a, b))
    with use_backend("torch"):
        assert gtn.to_text(gtn.compose(a, b)) == gtn.to_text(c)
    assert gtn.equal(gtn.trim(c), c)


TINY = {"max_states": 2, "max_arcs": 3, "acyclic": False}


@given(a=graphs(**TINY), b=graphs(**TINY))
def test_cyclic_graphs_accept_the_same_short_strings(a, b):
    # two arcs of each make at most four of the composition, and one of it is at most one of each
    long = language(gtn.compose(a, b), 4)
    for x, y in language(a, 2):
        for read, written in language(b, 2):
            assert read != y or (x, written) in long
    every, other = language(a, 2), language(b, 2)
    for x, z in language(gtn.compose(a, b), 2):
        assert any((x, y) in every and (y, z) in other for y in {p[1] for p in every})


@given(
    a=graphs(**SMALL), b=graphs(max_states=3, max_arcs=5, acyclic=False, epsilon=False), turned=st.booleans()
)
def test_an_acyclic_graph_meets_a_cyclic_one(a, b, turned):
    # without epsilons the cyclic side takes as many arcs as the other writes, or reads, labels
    longest = max((len(p.strings[0 if turned else 1]) for p in paths(a)), default=0)
    first, second = (b, a) if turned else (a, b)
    found = paths(b, longest)
    got = language(gtn.compose(first, second))
    assert close(got, expected(found, a) if turned else expected(a, found))


@given(a=batches(3, **SMALL), b=batches(3, **SMALL))
def test_batches_meet_item_by_item_or_all(a, b):
    left, right = gtn.batch(a), gtn.batch(b)
    if len(a) != len(b) and 1 not in (len(a), len(b)):
        with pytest.raises(gtn.BatchError, match=f"{len(a)} and {len(b)}"):
            gtn.compose(left, right)
        return
    got = gtn.compose(left, right)
    for i, one in enumerate(got):
        pair = gtn.compose(a[i % len(a)], b[i % len(b)])
        assert gtn.to_text(one) == gtn.to_text(pair)


@given(a=batches(3, **SMALL), b=batches(3, **SMALL, acyclic=False), data=st.data())
def test_items_select_the_pairs_of_graphs(a, b, data):
    left, right = gtn.batch(a), gtn.batch(b)
    weight = left.weight.clone().requires_grad_()
    items = torch.tensor([data.draw(st.integers(0, len(a) - 1)) for _ in b])
    grads = []
    for backend in ("auto", "torch"):
        with use_backend(backend):
            got = gtn.compose(left.with_weight(weight), right, items=items)
            expected = gtn.compose(left.with_weight(weight)[items], right)
            assert gtn.to_text(got) == gtn.to_text(expected)
            grads += [
                torch.autograd.grad(g.weight.clamp(min=-9).square().sum(), weight)[0] for g in (got, expected)
            ]
    assert all(torch.allclose(grad, grads[0]) for grad in grads)


def test_items_that_do_not_fit():
    a, b = gtn.string_acceptor([[1], [2]]), gtn.string_acceptor([[1], [2], [1]])
    assert gtn.forward_score(gtn.compose(a, b, items=torch.tensor([0, 1, 1]))).tolist() == [
        0,
        0,
        -float("inf"),
    ]
    with pytest.raises(gtn.BatchError, match=r"items must be \(3,\)"):
        gtn.compose(a, b, items=torch.tensor([0, 1]))
    with pytest.raises(gtn.BatchError, match=r"items \[0, 1, 2\] of a batch of 2"):
        gtn.compose(a, b, items=torch.tensor([0, 1, 2]))


@given(a=graphs(**SMALL, payload=True), b=graphs(**SMALL, payload=True))
def test_payload_is_that_of_a_where_it_has_one(a, b):
    both = gtn.compose(a, b)
    alone = gtn.compose(a, gtn.Graph.from_flat(
        b.src, b.dst, b.ilabel, b.olabel, b.weight, arc_offset=b.arc_offset, state_offset=b.state_offset,
        start=b.start, final_weight=b.final_weight,
    ))  # fmt: skip
    assert torch.equal(torch.where(alone.payload >= 0, alone.payload, both.payload), both.payload)
    assert set(alone.payload.tolist()) <= {-1, *a.payload.tolist()}


@given(a=graphs(**SMALL, acceptor=True), b=graphs(**SMALL, acceptor=True))
def test_intersection_of_acceptors(a, b):
    c = gtn.intersect(a, b)
    assert c.is_acceptor
    assert close(language(c), expected(a, b))


def test_transducers_do_not_intersect_and_devices_must_agree():
    a = gtn.string_acceptor([1])
    t = gtn.Graph.from_arcs([0], [1], [1], [2], num_states=2, final=1)
    with pytest.raises(gtn.GraphError, match="b is a transducer"):
        gtn.intersect(a, t)
    with pytest.raises(gtn.BatchError, match="float64"):
        gtn.compose(a, t.to(dtype=torch.float64))


@pytest.mark.parametrize("epsilons", [False, True])
def test_a_large_table_of_which_little_is_reached(epsilons):
    # long strings against long strings: one pair in a hundred is reached, which is looked for in another way
    words = [[k % 7 for k in range(60)], [3] * 40, []]
    a, b = gtn.string_acceptor(words), gtn.string_acceptor(words)
    if epsilons:
        a, b = (gtn.concat([g, gtn.string_acceptor([[1], [2], [3]])]) for g in (a, b))
    for items in (None, torch.tensor([0, 0, 2])):
        got = gtn.compose(a, b, items=items)
        with use_backend("torch"):
            assert gtn.to_text(got) == gtn.to_text(gtn.compose(a, b, items=items))
    assert gtn.forward_score(gtn.compose(a, b), gtn.CountingSemiring).tolist() == [1, 1, 1]
    with pytest.raises(gtn.BudgetError, match="max_states=50"):
        gtn.compose(a, b, max_states=50)
    with pytest.raises(gtn.BudgetError, match="max_arcs=50"):
        gtn.compose(a, b, max_arcs=50)
