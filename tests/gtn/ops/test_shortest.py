import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gtn
from tests.gtn.oracle import INF, batches, logsumexp, paths

SEMIRINGS = [gtn.LogSemiring, gtn.TropicalSemiring, gtn.CountingSemiring]


def expected_score(g, semiring):
    scores = [path.score for path in paths(g) if path.score > -INF]
    if semiring is gtn.CountingSemiring:
        return len(scores)
    return logsumexp(scores) if semiring is gtn.LogSemiring else max(scores, default=-INF)


@pytest.mark.parametrize("semiring", SEMIRINGS)
@given(graphs=batches())
def test_score_is_that_of_all_paths(semiring, graphs):
    score = gtn.forward_score(gtn.batch(graphs), semiring)
    assert score.tolist() == pytest.approx([expected_score(g, semiring) for g in graphs])


@pytest.mark.parametrize("semiring", SEMIRINGS)
@given(graphs=batches())
def test_posteriors_are_shares_of_the_paths(semiring, graphs):
    batch = gtn.batch(graphs)
    by_arc, by_state = gtn.posteriors(batch, semiring), gtn.state_posteriors(batch, semiring)
    for i, g in enumerate(graphs):
        total = expected_score(g, semiring)
        arcs, states = [0.0] * g.num_arcs, [0.0] * g.num_states
        for path in paths(g):
            if path.score == -INF:
                continue
            if semiring is gtn.TropicalSemiring:
                continue
            share = 1 if semiring is gtn.CountingSemiring else math.exp(path.score - total)
            src = [g.src[a].item() for a in path.arcs]
            for arc in path.arcs:
                arcs[arc] += share
            for state in [*src, path.last]:
                states[state] += share
        if semiring is gtn.TropicalSemiring:
            best = gtn.n_best(g, 1, distinct=False)[0]
            for path in best:
                value = sum(g.weight[list(path.arcs)].tolist())
                assert value + g.final_weight.max().item() >= total - 1e-9
            got = by_arc[batch.arc_offset[i] : batch.arc_offset[i + 1]]
            assert set(got.tolist()) <= {0.0, 1.0}
            continue
        assert by_arc[batch.arc_offset[i] : batch.arc_offset[i + 1]].tolist() == pytest.approx(arcs, abs=1e-9)
        assert by_state[batch.state_offset[i] : batch.state_offset[i + 1]].tolist() == pytest.approx(
            states, abs=1e-9
        )


@given(graphs=batches(payload=True))
def test_viterbi_path_is_a_best_path(graphs):
    batch = gtn.batch(graphs)
    best = gtn.viterbi_path(batch)
    assert len(best) == len(graphs)
    for one, g in zip(best, graphs, strict=True):
        found, every = paths(one), [p for p in paths(g) if p.score > -INF]
        assert len(found) == min(len(every), 1)
        if every:
            assert found[0].score == max(p.score for p in every)
            same = [p for p in every if (p.ilabels, p.olabels) == (found[0].ilabels, found[0].olabels)]
            assert one.payload.tolist() in [[100 + a for a in p.arcs] for p in same]
    assert gtn.viterbi_score(best).tolist() == gtn.viterbi_score(batch).tolist()


@given(graphs=batches(), semiring=st.sampled_from([gtn.LogSemiring, gtn.TropicalSemiring]))
def test_gradient_is_the_posterior(graphs, semiring):
    batch = gtn.batch(graphs)
    weight, final = batch.weight.clone().requires_grad_(), batch.final_weight.clone().requires_grad_()
    g = batch.with_weight(weight, final)
    score = gtn.forward_score(g, semiring)
    score.sum().backward(retain_graph=True)
    assert torch.equal(weight.grad, gtn.posteriors(batch, semiring))
    assert not weight.grad.isnan().any()
    assert not final.grad.isnan().any()
    score.sum().backward()
    assert torch.equal(weight.grad, 2 * gtn.posteriors(batch, semiring))
