import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gtn
from gtn.backends import use_backend
from tests.gtn.oracle import INF, batches, graphs

FLOAT = torch.float64


def by_composition(scores, g, lengths=None, semiring=gtn.LogSemiring):
    return gtn.forward_score(gtn.compose(gtn.linear_graph(scores, lengths), g), semiring)


def with_gradients(function, scores, g, lengths):
    """Scores, and their derivatives by frames, weights and final weights."""
    scores = scores.clone().requires_grad_()
    h = g.with_weight(g.weight.clone().requires_grad_(), g.final_weight.clone().requires_grad_())
    found = function(scores, h, lengths)
    slopes = torch.arange(1.0, 1.0 + len(found), dtype=FLOAT)
    (torch.where(found > -INF, found, 0.0) * slopes).sum().backward()
    return found.detach(), scores.grad, h.weight.grad, h.final_weight.grad


def frames_for(data, size):
    steps, classes = data.draw(st.integers(0, 4)), data.draw(st.integers(1, 3))
    noise = torch.Generator().manual_seed(data.draw(st.integers(0, 2**30)))
    scores = torch.randn(size, steps, classes, generator=noise, dtype=FLOAT)
    scores[torch.rand(scores.shape, generator=noise) < 0.1] = -INF
    return scores, [data.draw(st.integers(0, steps)) for _ in range(size)]


@given(data=st.data(), cyclic=st.booleans(), one=st.booleans())
def test_equals_the_composition_with_its_gradients(data, cyclic, one):
    options = {"epsilon": False, "acyclic": not cyclic, "max_states": 4}
    g = gtn.batch(data.draw(st.lists(graphs(**options), min_size=1, max_size=1 if one else 3)))
    scores, lengths = frames_for(data, 2 if one else len(g))
    found = with_gradients(gtn.frame_score, scores, g, lengths)
    for got, expected in zip(found, with_gradients(by_composition, scores, g, lengths), strict=True):
        torch.testing.assert_close(got, expected, rtol=1e-9, atol=1e-9)


@given(data=st.data(), semiring=st.sampled_from([gtn.LogSemiring, gtn.TropicalSemiring]))
def test_epsilons_and_the_best_path_are_left_to_the_composition(data, semiring):
    g = gtn.batch(data.draw(batches(2)))
    scores, lengths = frames_for(data, len(g))
    got = gtn.frame_score(scores, g, lengths, semiring)
    torch.testing.assert_close(got, by_composition(scores, g, lengths, semiring), rtol=1e-9, atol=1e-9)


def test_plain_torch_gives_the_same():
    g = gtn.remove(gtn.closure(gtn.lexicon_acceptor([[0, 1], [2]]))).to(dtype=FLOAT)
    scores = torch.randn(2, 6, 3, generator=torch.Generator().manual_seed(1), dtype=FLOAT)
    fast = with_gradients(gtn.frame_score, scores, g, [6, 3])
    with use_backend("torch"):
        slow = with_gradients(gtn.frame_score, scores, g, [6, 3])
    for got, expected in zip(fast, slow, strict=True):
        torch.testing.assert_close(got, expected)


@pytest.mark.parametrize("size", [-1e6, -3000.0, 3000.0, 1e6])
def test_scores_far_from_zero(size):
    g = gtn.nn.ctc_graph([[1, 2]], dtype=FLOAT)
    scores = torch.randn(1, 40, 3, generator=torch.Generator().manual_seed(2), dtype=FLOAT)
    scores[..., 1:] += size
    found = with_gradients(gtn.frame_score, scores, g, None)
    for got, expected in zip(found, with_gradients(by_composition, scores, g, None), strict=True):
        torch.testing.assert_close(got, expected, rtol=1e-9, atol=1e-9)
    assert found[1].sum() == pytest.approx(40)  # one label a frame


def test_ten_thousand_frames():
    g = gtn.remove(gtn.closure(gtn.label_graph([0, 1]))).to(dtype=FLOAT)
    scores = torch.full((10_000, 2), -0.5, dtype=FLOAT, requires_grad=True)
    score = gtn.frame_score(scores, g)
    assert score.item() == pytest.approx(10_000 * (torch.tensor(2.0).log().item() - 0.5))
    score.sum().backward()
    assert torch.allclose(scores.grad, torch.full_like(scores, 0.5))


def test_what_is_not_a_number_is_not_lost():
    scores = torch.zeros(1, 3, 2)
    scores[0, 1, 1] = torch.nan
    assert gtn.frame_score(scores, gtn.string_acceptor([0, 1, 0])).isnan().all()
    assert gtn.frame_score(scores, gtn.string_acceptor([0, 0, 0])).item() == 0.0


def test_gradients_may_be_asked_twice():
    g = gtn.nn.ctc_graph([[1]], dtype=FLOAT)
    scores = torch.zeros(3, 2, dtype=FLOAT, requires_grad=True)
    score = gtn.frame_score(scores, g)
    first = torch.autograd.grad(score.sum(), scores, retain_graph=True)[0]
    assert torch.equal(first, torch.autograd.grad(score.sum(), scores)[0])


def test_wrong_usage():
    g = gtn.string_acceptor([[0], [1]])
    with pytest.raises(gtn.GraphError, match="scores must be"):
        gtn.frame_score(torch.zeros(3), g)
    with pytest.raises(gtn.GraphError, match="lengths"):
        gtn.frame_score(torch.zeros(2, 3, 2), g, [1, 4])
    with pytest.raises(gtn.BatchError, match="batches of 3 and 2"):
        gtn.frame_score(torch.zeros(3, 1, 2), g)
    with pytest.raises(gtn.BatchError, match="float64"):
        gtn.frame_score(torch.zeros(2, 1, 2, dtype=FLOAT), g)
    with pytest.raises(gtn.GraphError):
        gtn.frame_score(torch.zeros(2, 1, 2), g, semiring=gtn.CountingSemiring)
