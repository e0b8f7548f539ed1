import pytest
import torch
from hypothesis import given

import gtn
from tests.gtn.oracle import batches, close, language


@given(graphs=batches())
def test_accepts_the_same_without_epsilons(graphs):
    got = gtn.remove(gtn.batch(graphs))
    silent = (got.ilabel == gtn.EPSILON) & (got.olabel == gtn.EPSILON)
    assert not silent.any()
    for one, g in zip(got, graphs, strict=True):
        assert close(language(one), language(g))


@given(graphs=batches())
def test_best_paths_stay_the_best_in_the_tropical_semiring(graphs):
    g = gtn.batch(graphs)
    got = gtn.remove(g, semiring=gtn.TropicalSemiring)
    assert gtn.viterbi_score(got).tolist() == pytest.approx(gtn.viterbi_score(g).tolist())


@given(graphs=batches(epsilon=False, acceptor=True))
def test_another_label(graphs):
    for one, g in zip(gtn.remove(gtn.batch(graphs), 1), graphs, strict=True):
        without = gtn.Graph.from_arcs(
            g.src,
            g.dst,
            torch.where(g.ilabel == 1, gtn.EPSILON, g.ilabel),
            weight=g.weight,
            num_states=g.num_states,
            start=g.start,
            final=g.final,
            final_weight=g.final_weight,
        )
        assert close(language(one), language(without))


def test_a_cycle_of_epsilons_and_a_budget():
    loop = gtn.closure(gtn.string_acceptor([]))
    with pytest.raises(gtn.CycleError, match="infinite"):
        gtn.remove(loop)
    with pytest.raises(gtn.BudgetError, match="max_arcs=3"):
        gtn.remove(gtn.concat([gtn.string_acceptor([1, 2, 3, 4])] * 2), max_arcs=3)


def test_payload_is_that_of_the_arc_that_stays():
    g = gtn.Graph.from_arcs([0, 1], [1, 2], [gtn.EPSILON, 5], num_states=3, final=2, payload=[7, 8])
    assert gtn.remove(g).payload.tolist() == [8]
