"""The numba back end against the torch back end: the same numbers, arc for arc."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gtn
from gtn.backends import use_backend, uses_numba
from tests.gtn.oracle import batches, graphs

SEMIRINGS = st.sampled_from([gtn.LogSemiring, gtn.TropicalSemiring, gtn.CountingSemiring])


@given(graphs=batches(max_states=7, max_arcs=14, payload=True), semiring=SEMIRINGS)
def test_scores_posteriors_and_paths(graphs, semiring):
    g = gtn.batch(graphs)
    fast = gtn.forward_score(g, semiring), gtn.posteriors(g, semiring), gtn.state_posteriors(g, semiring)
    path = gtn.to_text(gtn.viterbi_path(g))
    with use_backend("torch"):
        slow = gtn.forward_score(g, semiring), gtn.posteriors(g, semiring), gtn.state_posteriors(g, semiring)
        assert path == gtn.to_text(gtn.viterbi_path(g))
    for a, b in zip(fast, slow, strict=True):
        assert torch.allclose(a, b, rtol=1e-12, atol=1e-12)


@given(
    a=st.one_of(batches(3, max_states=4, max_arcs=6), batches(3, max_states=4, max_arcs=6, acyclic=False)),
    b=graphs(max_states=4, max_arcs=6, acyclic=False),
    seed=st.integers(0, 99),
)
def test_composition_and_its_gradient(a, b, seed):
    generator = torch.Generator().manual_seed(seed)
    left = gtn.batch(a)
    inputs = [x.weight.clone().requires_grad_() for x in (left, b)]

    def run():
        c = gtn.compose(left.with_weight(inputs[0]), b.with_weight(inputs[1]))
        pull = torch.randn(c.num_arcs, generator=generator.manual_seed(seed), dtype=torch.float64)
        return gtn.to_text(c), torch.autograd.grad(c.weight, inputs, pull)

    text, grads = run()
    with use_backend("torch"):
        other, expected = run()
    assert text == other
    assert all(torch.allclose(x, y) for x, y in zip(grads, expected, strict=True))


@given(
    lengths=st.lists(st.integers(0, 12), min_size=2, max_size=2),
    b=batches(2, max_states=4, max_arcs=9, acyclic=False),
    forbidden=st.booleans(),
    swap=st.booleans(),
)
def test_composition_with_frames_that_are_all_alike(lengths, b, forbidden, swap):
    frames = gtn.linear_graph(torch.zeros(2, 12, 2, dtype=torch.float64), lengths)
    if forbidden and min(lengths) > 1:  # not quite alike: another final state, as no builder makes
        final = frames.final_weight.clone()
        final[1] = 0.5
        frames = frames.with_weight(frames.weight, final)
    pair = (gtn.batch((b * 2)[:2]), frames) if swap else (frames, gtn.batch((b * 2)[:2]))
    text = gtn.to_text(gtn.compose(*pair))
    with use_backend("torch"):
        assert text == gtn.to_text(gtn.compose(*pair))


@given(graphs=batches(max_states=7, max_arcs=14), n=st.integers(1, 5), distinct=st.booleans())
def test_n_best(graphs, n, distinct):
    g = gtn.batch(graphs)
    fast = gtn.n_best(g, n, distinct=distinct)
    with use_backend("torch"):
        slow = gtn.n_best(g, n, distinct=distinct)
    assert torch.equal(fast.offset, slow.offset)
    assert torch.allclose(fast.score, slow.score)


@given(score=st.floats(-1e5, 1e5), forbidden=st.booleans())
def test_scores_as_mantissa_and_exponent(score, forbidden):
    from gtn.backends.numba import scaled_float

    value = np.array([-np.inf if forbidden else score, np.nan, np.inf, -3e38, -1.7e308])
    m, e = np.empty(5), np.empty(5)
    scaled_float.split(value, m, e)
    assert m[0] == 0 if forbidden else math.log(m[0]) + e[0] * math.log(2) == pytest.approx(score, rel=1e-14)
    assert e[0] == math.floor(e[0])
    assert math.isnan(m[1])
    assert m[2] == math.inf
    assert math.log(m[3]) + e[3] * math.log(2) == pytest.approx(-3e38)
    assert m[4] > 0
    assert -math.inf < e[4] < -1e300


def test_sums_far_outside_of_what_exp_can_hold():
    # two ways whose scores are apart by up to 3,000, in any order, before and behind 1e6
    for far in (-3000.0, -800.0, -1.0, 0.0, 1.0, 300.0, 800.0, 3000.0):
        for shift in (-1e6, 0.0, 1e6):
            weight = torch.tensor([shift, shift + far, -far, 2.0], dtype=torch.float64, requires_grad=True)
            g = gtn.Graph.from_arcs(
                [0, 0, 1, 1], [1, 1, 2, 2], [0, 1, 2, 3], weight=weight, num_states=3, final=2
            )
            score = gtn.forward_score(g)
            (grad,) = torch.autograd.grad(score.sum(), weight)
            with use_backend("torch"):
                other = gtn.forward_score(g)
                (expected,) = torch.autograd.grad(other.sum(), weight)
            assert score.item() == pytest.approx(other.item(), rel=1e-12)
            assert torch.allclose(grad, expected, atol=1e-9)


def test_many_equal_paths_do_not_slow_the_search_down():
    g = gtn.linear_graph(torch.full((1, 60, 5), 0.1))
    best = gtn.n_best(g, 7)[0]
    assert len({p.output for p in best}) == 7
    assert all(p.score == pytest.approx(6.0) for p in best)


def test_compiled_kernels_are_used_on_the_cpu_and_only_there():
    g = gtn.string_acceptor([1])
    assert uses_numba(g.src)
    with use_backend("torch"):
        assert not uses_numba(g.src)
    assert not uses_numba(g.to("meta").src)
    with pytest.raises(ValueError, match="'cuda'"), use_backend("cuda"):
        pass


def test_compiled_kernels_equal_their_python_code():
    from gtn.backends.numba import order

    src, dst = np.array([0, 2, 1]), np.array([2, 1, 3])
    arcs, offset = order.sort_by.py_func(src, 4, False)
    assert order.topological.py_func(dst, arcs, offset).tolist() == [0, 2, 1, 3]
    assert order.topological(dst, arcs, offset).tolist() == [0, 2, 1, 3]


def test_kernels_compile_where_no_cache_can_be_written(monkeypatch):
    import numba

    from gtn.backends.numba import jit

    compile_it = numba.njit

    def njit(function, cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return compile_it(function, **options)

    monkeypatch.setattr(numba, "njit", njit)
    assert jit.jit(lambda x: x + 1)(1) == 2
