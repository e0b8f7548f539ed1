import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gtn
from tests.gtn.oracle import batches, close, graphs, language


def renumbered(g, number, order):
    where = torch.empty(g.num_states, dtype=torch.int64)
    where[number] = torch.arange(g.num_states)
    arcs = torch.tensor(order, dtype=torch.int64)
    return gtn.Graph.from_arcs(
        where[g.src[arcs]],
        where[g.dst[arcs]],
        g.ilabel[arcs],
        g.olabel[arcs],
        g.weight[arcs],
        num_states=g.num_states,
        start=g.start[number],
        final=g.final[number],
        final_weight=g.final_weight[number],
    )


@given(g=graphs(), data=st.data())
def test_renumbered_graphs_are_isomorphic(g, data):
    number = torch.tensor(data.draw(st.permutations(range(g.num_states))))
    order = data.draw(st.permutations(range(g.num_arcs)))
    other = renumbered(g, number, order)
    assert gtn.isomorphic(g, other)
    assert gtn.equivalent(g, other)
    assert gtn.equal(g, renumbered(g, torch.arange(g.num_states), order))
    if g.num_arcs:
        changed = g.with_weight(g.weight.clamp(min=-50) + torch.eye(g.num_arcs, dtype=torch.float64)[0])
        assert not gtn.equal(g, changed)


def rows(g, number):
    """Everything in a graph but the order of its arcs, with states called number[state]."""
    columns = (g.src, g.dst, g.ilabel, g.olabel, g.weight)
    arcs = [(number[s], number[d], *rest) for s, d, *rest in zip(*(c.tolist() for c in columns), strict=True)]
    states = zip(number, g.start.tolist(), g.final_weight.tolist(), strict=True)
    return sorted(arcs), sorted(states)


@given(g=graphs(max_states=4), other=graphs(max_states=4), data=st.data())
def test_equal_and_isomorphic_by_all_numberings(g, other, data):
    if data.draw(st.booleans()):  # nearly the same graph, which another one seldom is
        order = data.draw(st.permutations(range(g.num_arcs)))
        other = renumbered(g, torch.tensor(data.draw(st.permutations(range(g.num_states)))), order)
        if g.num_arcs and data.draw(st.booleans()):
            k = data.draw(st.integers(0, g.num_arcs - 1))
            other = gtn.Graph.from_arcs(
                other.src.index_fill(0, torch.tensor([k]), data.draw(st.integers(0, g.num_states - 1))),
                other.dst,
                other.ilabel,
                other.olabel,
                other.weight,
                num_states=g.num_states,
                start=other.start,
                final=other.final,
                final_weight=other.final_weight,
            )
    same = range(other.num_states)
    assert gtn.equal(g, other) == (rows(g, range(g.num_states)) == rows(other, same))
    ways = itertools.permutations(range(g.num_states)) if g.num_states == other.num_states else []
    assert gtn.isomorphic(g, other) == any(rows(g, number) == rows(other, same) for number in ways)


@given(a=graphs(max_arcs=3), b=graphs(max_arcs=3))
def test_equivalence_is_that_of_the_languages(a, b):
    assert gtn.equivalent(a, b) == close(language(a), language(b), 1e-4)
    assert gtn.equivalent(a, a)
    assert not gtn.isomorphic(a, b) or gtn.equivalent(a, b)


@given(g=graphs())
def test_language(g):
    assert close(gtn.language(g), language(g))


def test_weights_within_a_tolerance():
    a, b = gtn.string_acceptor([1]), gtn.string_acceptor([1], 0.01)
    assert not gtn.isomorphic(a, b)
    assert gtn.isomorphic(a, b, tolerance=0.1)
    assert gtn.equivalent(a, b, tolerance=0.1)


@given(graphs=batches(2))
def test_batches_of_other_size(graphs):
    g = gtn.batch(graphs)
    more = gtn.batch([*graphs, graphs[0]])
    assert not gtn.equal(g, more)
    assert not gtn.isomorphic(g, more)
    with pytest.raises(gtn.BatchError):
        gtn.equivalent(g, more)


def test_budget_and_batches_of_language():
    with pytest.raises(gtn.BudgetError, match="max_strings=10"):
        gtn.language(gtn.linear_graph(torch.zeros(5, 5))[0], max_strings=10)
    with pytest.raises(gtn.GraphError, match="batch of 2"):
        gtn.language(gtn.string_acceptor([[1], [2]]))
