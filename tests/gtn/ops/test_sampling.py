import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gtn
from tests.gtn.oracle import INF, batches, paths


@given(graphs=batches(), n=st.integers(1, 3))
def test_samples_are_paths(graphs, n):
    drawn = gtn.sample(gtn.batch(graphs), n).tolist()
    for g, found in zip(graphs, drawn, strict=True):
        every = [p for p in paths(g) if p.score > -INF]
        assert len(found) == (n if every else 0)
        for p in found:
            scores = [q.score for q in every if (q.ilabels, q.olabels) == (p.ilabels, p.olabels)]
            assert any(score == pytest.approx(p.score) for score in scores)


def test_paths_come_as_often_as_their_share():
    weight = torch.tensor([0.1, 0.2, 0.3, 0.4]).log()
    g = gtn.Graph.from_arcs(
        [0, 0, 0, 1], [1, 1, 2, 2], [0, 1, 2, 3], weight=weight, num_states=3, start=[0, 1], final=2
    )
    generator = torch.Generator().manual_seed(5)
    drawn = gtn.sample(gtn.batch([g, g]), 20_000, generator=generator)
    share = torch.bincount(drawn.arcs, minlength=8) / 20_000
    assert share.tolist() == pytest.approx(gtn.posteriors(gtn.batch([g, g])).tolist(), abs=0.02)
    assert torch.equal(
        drawn.score, gtn.sample(gtn.batch([g, g]), 20_000, generator=generator.manual_seed(5)).score
    )


def test_scores_have_gradients():
    weight = torch.zeros(1, requires_grad=True)
    gtn.sample(gtn.string_acceptor([0], weight), 3).score.sum().backward()
    assert weight.grad.tolist() == [3]


def test_errors():
    with pytest.raises(gtn.GraphError, match="n is 0"):
        gtn.sample(gtn.string_acceptor([1]), 0)
    with pytest.raises(gtn.CycleError):
        gtn.sample(gtn.closure(gtn.string_acceptor([1])))
