import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gtn
from gtn import nn
from tests.gtn.oracle import INF, batches, logsumexp, paths

LOSSES = {
    nn.ViterbiLoss: (max, False),
    nn.DiscriminativeViterbiLoss: (max, True),
    nn.ForwardLoss: (logsumexp, False),
    nn.DiscriminativeForwardLoss: (logsumexp, True),
}


@pytest.mark.parametrize("loss", LOSSES)
@given(graphs=batches(), data=st.data())
def test_value_is_that_of_all_paths(loss, graphs, data):
    join, discriminative = LOSSES[loss]
    targets = [data.draw(st.lists(st.integers(0, 1), max_size=2)) for _ in graphs]
    got = loss(reduction="none")(gtn.batch(graphs), targets)
    for value, g, target in zip(got.tolist(), graphs, targets, strict=True):
        every = [p.score for p in paths(g)]
        right = [p.score for p in paths(g) if list(p.strings[1]) == target]
        best = join(right) if right else -INF
        free = (join(every) if every else -INF) if discriminative else 0.0
        assert value == pytest.approx(INF if best == -INF else free - best)
        assert not discriminative or value >= -1e-9


@pytest.mark.parametrize("loss", LOSSES)
@given(graphs=batches(forbidden=False), data=st.data())
def test_gradient_is_that_of_finite_differences_and_never_nan(loss, graphs, data):
    g = gtn.batch(graphs)
    targets = [data.draw(st.lists(st.integers(0, 1), max_size=2)) for _ in graphs]
    # distinct weights, so that the best path is one
    noise = torch.arange(g.num_arcs, dtype=torch.float64).mul(0.61803).frac() / 3
    weight = (g.weight + noise).requires_grad_()
    value = loss("sum", zero_infinity=True)(g.with_weight(weight), targets)
    (grad,) = torch.autograd.grad(value, weight)
    assert not grad.isnan().any()
    if g.num_arcs and loss in (nn.ForwardLoss, nn.DiscriminativeForwardLoss):
        arc, step = data.draw(st.integers(0, g.num_arcs - 1)), 1e-5
        moved = weight.detach().clone()
        moved[arc] += step
        high = loss("sum", zero_infinity=True)(g.with_weight(moved), targets)
        moved[arc] -= 2 * step
        low = loss("sum", zero_infinity=True)(g.with_weight(moved), targets)
        assert (high - low).item() / (2 * step) == pytest.approx(grad[arc].item(), abs=1e-6)


def test_one_string_for_each_graph():
    g = gtn.linear_graph(torch.zeros(3, 2, 4))
    for targets in ([[0, 1]], [0, 1]):
        with pytest.raises(gtn.BatchError, match="1 targets for 3 graphs"):
            nn.discriminative_forward_loss(g, targets)
    several = nn.discriminative_forward_loss(g[0], [[0, 1], [2, 3]], reduction="none")
    assert several.tolist() == pytest.approx([math.log(16)] * 2)


def test_reductions():
    g = gtn.linear_graph(torch.randn(3, 2, 4))
    targets = [[0, 1], [2, 3], [3, 3]]
    each = nn.discriminative_forward_loss(g, targets, reduction="none")
    assert each.shape == (3,)
    assert torch.allclose(nn.discriminative_forward_loss(g, targets), each.mean())
    assert torch.allclose(nn.discriminative_forward_loss(g, targets, reduction="sum"), each.sum())
    for call in (lambda: nn.forward_loss(g, targets, reduction="max"), lambda: nn.ForwardLoss("max")):
        with pytest.raises(gtn.GraphError, match="'max'"):
            call()


def test_discriminative_forward_pushes_right_arcs_up_and_wrong_ones_down():
    weight = torch.zeros(2, requires_grad=True)
    g = gtn.Graph.from_arcs([0, 0], [1, 1], [7, 8], weight=weight, num_states=2, final=1)
    nn.discriminative_forward_loss(g, [[7]]).backward()
    assert weight.grad.tolist() == pytest.approx([-0.5, 0.5])


def test_a_target_out_of_reach_is_infinite_or_zero():
    weight = torch.zeros(2, requires_grad=True)
    g = gtn.Graph.from_arcs([0, 0], [1, 1], [7, 8], weight=weight, num_states=2, final=1)
    assert nn.discriminative_forward_loss(g, [[9]]).item() == math.inf
    loss = nn.discriminative_forward_loss(g, [[9]], zero_infinity=True)
    loss.backward()
    assert loss.item() == 0
    assert weight.grad.tolist() == [0, 0]
