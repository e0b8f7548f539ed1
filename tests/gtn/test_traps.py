"""The known traps of differentiable graph libraries, one test each."""

import math
import subprocess
import sys

import pytest
import torch

import gtn
from gtn.backends import use_backend

INF = math.inf


@pytest.fixture(params=["auto", "torch"], autouse=True)
def backend(request):
    with use_backend(request.param):
        yield request.param


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("semiring", [gtn.LogSemiring, gtn.TropicalSemiring])
def test_logsumexp_over_nothing_but_minus_infinity_has_zero_gradient(dtype, semiring):
    weight = torch.full((3,), -INF, dtype=dtype, requires_grad=True)
    g = gtn.Graph.from_arcs([0, 0, 1], [1, 1, 2], [0, 1, 2], weight=weight, num_states=3, final=2)
    score = gtn.forward_score(g, semiring)
    assert score.item() == -INF
    score.sum().backward()
    assert weight.grad.tolist() == [0, 0, 0]


def test_one_forbidden_arc_harms_no_other():
    weight = torch.tensor([-INF, 0.0, 1.0], requires_grad=True)
    g = gtn.Graph.from_arcs([0, 0, 1], [1, 1, 2], [0, 1, 2], weight=weight, num_states=3, final=2)
    gtn.forward_score(g).sum().backward()
    assert weight.grad.tolist() == [0, 1, 1]


def test_two_epsilons_in_a_row_on_both_sides_count_once():
    a = gtn.Graph.from_arcs([0, 1, 2], [1, 2, 3], [5, 6, 7], [-1, -1, 0], num_states=4, final=3)
    b = gtn.Graph.from_arcs([0, 1, 2], [1, 2, 3], [-1, -1, 0], [8, 9, 4], num_states=4, final=3)
    assert gtn.forward_score(gtn.compose(a, b), gtn.CountingSemiring).item() == 1


def test_epsilons_everywhere_count_pairs_of_paths():
    e = gtn.union([gtn.scalar_graph(0.0)] * 3)
    both = gtn.compose(gtn.concat([e, e]), gtn.concat([e, e]))
    assert gtn.forward_score(both, gtn.CountingSemiring).item() == 9 * 9


def test_no_path_unreachable_states_and_a_cycle_are_three_things():
    no_path = gtn.Graph.from_arcs([0], [1], [0], num_states=3, final=2)
    assert gtn.forward_score(no_path).item() == -INF
    unreachable = gtn.Graph.from_arcs([0, 2], [1, 1], [0, 0], num_states=3, final=1)
    assert gtn.forward_score(unreachable).item() == 0
    aside = gtn.Graph.from_arcs([0, 2, 3], [1, 3, 2], [0, 0, 0], num_states=4, final=1)
    assert gtn.forward_score(aside).item() == 0
    useful = gtn.Graph.from_arcs([0, 1, 1], [1, 0, 2], [0, 0, 0], num_states=3, final=2)
    with pytest.raises(gtn.CycleError):
        gtn.forward_score(useful)


def test_an_item_without_a_path_leaves_the_others_alone():
    nothing = gtn.Graph.from_arcs([], [], [], num_states=0, start=[], final=[])
    batch = gtn.batch([gtn.string_acceptor([1, 2]), nothing, gtn.string_acceptor([3])])
    assert gtn.forward_score(batch).tolist() == [0, -INF, 0]
    best = gtn.viterbi_path(batch)
    assert gtn.viterbi_score(best).tolist() == [0, -INF, 0]
    assert [len(found) for found in gtn.n_best(batch, 3).tolist()] == [1, 0, 1]
    assert [len(found) for found in gtn.sample(batch, 2).tolist()] == [2, 0, 2]
    assert gtn.forward_score(gtn.compose(batch, gtn.string_acceptor([3]))).tolist() == [-INF, -INF, 0]


def test_a_composition_over_budget_raises():
    a = gtn.linear_graph(torch.zeros(1, 50, 4))
    with pytest.raises(gtn.BudgetError, match="max_states=100"):
        gtn.compose(
            a, gtn.closure(gtn.lexicon_acceptor([[0, 1, 2], [1, 1], [2, 3, 3, 0], [3]])), max_states=100
        )
    with pytest.raises(gtn.BudgetError, match="max_arcs=100"):
        gtn.compose(a, a, max_arcs=100)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_large_scores_do_not_spoil_the_gradient(dtype):
    # distances near 1e5, where float32 can tell apart steps of 0.008 only
    weight = torch.tensor([1e5, 0.0, 0.001], dtype=dtype, requires_grad=True)
    g = gtn.Graph.from_arcs([0, 1, 1], [1, 2, 2], [0, 0, 1], weight=weight, num_states=3, final=2)
    gtn.forward_score(g).sum().backward()
    share = 1 / (1 + math.exp(0.001))
    assert weight.grad.tolist() == pytest.approx([1, share, 1 - share], abs=1e-6)


def test_autocast_does_not_lower_the_precision():
    weight = torch.randn(2, 30, 5)
    expected = gtn.forward_score(gtn.linear_graph(weight))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(gtn.forward_score(gtn.linear_graph(weight)), expected)


def test_half_precision_scores_are_taken_up():
    weight = torch.zeros(2, 3, 4, dtype=torch.bfloat16, requires_grad=True)
    score = gtn.forward_score(gtn.linear_graph(weight))
    assert score.dtype == torch.float32
    score.sum().backward()
    assert weight.grad.dtype == torch.bfloat16


def test_backward_twice_and_shared_graphs():
    weight = torch.zeros(2, requires_grad=True)
    g = gtn.Graph.from_arcs([0, 0], [1, 1], [0, 1], weight=weight, num_states=2, final=1)
    both = gtn.concat([g, g, g])
    score = gtn.forward_score(both)
    score.sum().backward(retain_graph=True)
    first = weight.grad.clone()
    assert first.tolist() == pytest.approx([1.5, 1.5])
    weight.grad.mul_(0)  # editing a gradient in place must not reach into the graph
    score.sum().backward()
    assert torch.equal(weight.grad, first)


def test_changing_weights_in_place_before_backward_is_an_error():
    weight = torch.zeros(2, requires_grad=True)
    changed = weight * 1
    g = gtn.Graph.from_arcs([0, 0], [1, 1], [0, 1], weight=changed, num_states=2, final=1)
    score = gtn.forward_score(g)
    with torch.no_grad():
        changed.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        score.sum().backward()


def test_no_gradient_of_the_gradient():
    weight = torch.zeros(2, requires_grad=True)
    g = gtn.Graph.from_arcs([0, 0], [1, 1], [0, 1], weight=weight, num_states=2, final=1)
    (grad,) = torch.autograd.grad(gtn.forward_score(g).square().sum(), weight, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        grad.sum().backward()


def test_nan_is_never_passed_over():
    weight = torch.tensor([math.nan, 0.0])
    g = gtn.Graph.from_arcs([0, 0], [1, 1], [0, 1], num_states=2, final=1).with_weight(weight)
    assert math.isnan(gtn.forward_score(g).item())
    for call in (gtn.viterbi_score, gtn.viterbi_path, lambda x: gtn.n_best(x, 1), gtn.sample):
        with pytest.raises(gtn.GraphError, match="NaN"):
            call(g)


@pytest.mark.parametrize("semiring", ["log", gtn.LogSemiring(), None])
def test_a_semiring_is_one_of_the_classes(semiring):
    for call in (gtn.forward_score, gtn.posteriors, lambda g, s: gtn.remove(g, semiring=s)):
        with pytest.raises(gtn.GraphError, match="semiring must be"):
            call(gtn.string_acceptor([1]), semiring)
    with pytest.raises(gtn.GraphError, match="CountingSemiring"):
        gtn.remove(gtn.string_acceptor([1]), semiring=gtn.CountingSemiring)


def test_a_wide_lattice_of_many_arcs():
    weight = torch.randn(2, 50_000, generator=torch.Generator().manual_seed(0), requires_grad=True)
    expected = weight.double().logsumexp(1).sum()
    score = gtn.forward_score(gtn.linear_graph(weight))
    assert score.item() == pytest.approx(expected.item(), rel=1e-6)
    (grad,) = torch.autograd.grad(score.sum(), weight)
    assert torch.allclose(grad.double(), weight.double().softmax(1), atol=1e-7)


def test_arcs_in_any_order():
    g = gtn.Graph.from_arcs([2, 0, 1], [3, 2, 3], [0, 1, 2], weight=[1.0, 2.0, 9.0], num_states=4, final=3)
    assert gtn.viterbi_score(g).item() == 3


@pytest.mark.parametrize("n", [1, 2, 5])
def test_n_best_gives_no_more_than_n(n):
    assert len(gtn.n_best(gtn.linear_graph(torch.zeros(1, 3, 2)), n)[0]) == n
    with pytest.raises(gtn.GraphError, match="n is 0"):
        gtn.n_best(gtn.string_acceptor([1]), 0)


def test_a_long_chain_forwards_and_backwards(backend):
    # torch takes a step for each level: a shorter chain will do there
    length = 2_000 if backend == "torch" else 100_000
    weight = torch.full((length,), 0.01, dtype=torch.float64, requires_grad=True)
    states = torch.arange(length)
    g = gtn.Graph.from_arcs(
        states, states + 1, states * 0, weight=weight, num_states=length + 1, final=length
    )
    score = gtn.forward_score(g)
    assert score.item() == pytest.approx(0.01 * length)
    score.sum().backward()
    assert torch.allclose(weight.grad, torch.ones_like(weight), rtol=0, atol=1e-10)
    assert gtn.viterbi_path(g).num_arcs == length
    mixed = torch.randperm(length, generator=torch.Generator().manual_seed(0))
    shuffled = gtn.Graph.from_arcs(
        states[mixed], states[mixed] + 1, states * 0, weight=weight, num_states=length + 1, final=length
    )
    assert gtn.forward_score(shuffled).item() == pytest.approx(score.item())


def test_importing_gtn_imports_nothing_slow():
    slow = ("numba", "networkx", "matplotlib", "PIL", "scipy")
    code = f"import sys, gtn; print([m for m in {slow} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
