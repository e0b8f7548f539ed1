"""Compiled kernels against plain torch: the same numbers, arc for arc."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gtn
from gtn.backend import compiled, plain_torch
from tests.gtn.oracle import batches, graphs

pytest.importorskip("numba")
SEMIRINGS = st.sampled_from([gtn.LogSemiring, gtn.TropicalSemiring, gtn.CountingSemiring])


@given(graphs=batches(max_states=7, max_arcs=14, payload=True), semiring=SEMIRINGS)
def test_scores_posteriors_and_paths(graphs, semiring):
    g = gtn.batch(graphs)
    fast = gtn.forward_score(g, semiring), gtn.posteriors(g, semiring), gtn.state_posteriors(g, semiring)
    path = gtn.to_text(gtn.viterbi_path(g))
    with plain_torch():
        slow = gtn.forward_score(g, semiring), gtn.posteriors(g, semiring), gtn.state_posteriors(g, semiring)
        assert path == gtn.to_text(gtn.viterbi_path(g))
    for a, b in zip(fast, slow, strict=True):
        assert torch.allclose(a, b, rtol=1e-12, atol=1e-12)


@given(
    a=batches(3, max_states=4, max_arcs=6),
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
    with plain_torch():
        other, expected = run()
    assert text == other
    assert all(torch.allclose(x, y) for x, y in zip(grads, expected, strict=True))


@given(graphs=batches(max_states=7, max_arcs=14), n=st.integers(1, 5), distinct=st.booleans())
def test_n_best(graphs, n, distinct):
    g = gtn.batch(graphs)
    fast = gtn.n_best(g, n, distinct=distinct)
    with plain_torch():
        slow = gtn.n_best(g, n, distinct=distinct)
    assert torch.equal(fast.offset, slow.offset)
    assert torch.allclose(fast.score, slow.score)


def test_many_equal_paths_do_not_slow_the_search_down():
    g = gtn.linear_graph(torch.full((1, 60, 5), 0.1))
    best = gtn.n_best(g, 7)[0]
    assert len({p.output for p in best}) == 7
    assert all(p.score == pytest.approx(6.0) for p in best)


def test_compiled_kernels_are_used_on_the_cpu_and_only_there():
    g = gtn.string_acceptor([1])
    assert compiled(g.src)
    with plain_torch():
        assert not compiled(g.src)
    assert not compiled(g.to("meta").src)


def test_kernels_give_what_the_python_text_of_them_says():
    from gtn.cpu import order

    src, dst = np.array([0, 2, 1]), np.array([2, 1, 3])
    arcs, offset = order.sort_by.py_func(src, 4, False)
    assert order.topological.py_func(src, dst, arcs, offset).tolist() == [0, 2, 1, 3]
    assert order.topological(src, dst, arcs, offset).tolist() == [0, 2, 1, 3]


def test_kernels_compile_where_no_cache_can_be_written(monkeypatch):
    import numba

    from gtn.cpu import jit

    compile_it = numba.njit

    def njit(function, cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return compile_it(function, **options)

    monkeypatch.setattr(numba, "njit", njit)
    assert jit.jit(lambda x: x + 1)(1) == 2


def test_without_numba_plain_torch_answers():
    code = (
        "import sys; sys.modules['numba'] = None\n"
        "import importlib.util as u; find = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'numba' else find(name, *a)\n"
        "import gtn\n"
        "g = gtn.compose(gtn.string_acceptor([1, 2]), gtn.string_acceptor([1, 2]))\n"
        "print(gtn.forward_score(g).item(), gtn.n_best(g, 1)[0][0].output)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0.0 (1, 2)"
