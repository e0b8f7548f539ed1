"""Everything works where its tensors lie: nothing is made on another device, and results equal those on the CPU."""

import pytest
import torch
from torch.overrides import TorchFunctionMode
from torch.utils._device import _device_constructors

import gtn
from gtn.backends import use_backend

CUDA = pytest.param(
    "cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
)
STRINGS = [[0, 1, 1], [1], [0]]


class DeviceNamed(TorchFunctionMode):
    """Fails where a tensor is made without a device: on a GPU that would be a tensor on the CPU."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        taken = func is torch.as_tensor and isinstance(args[0], torch.Tensor)  # stays where it is
        if func in _device_constructors() and kwargs.get("device") is None and not taken:
            raise AssertionError(f"{func.__name__} without device=")
        return func(*args, **kwargs)


def lattices(device="cpu"):
    """Three graphs with epsilons on both sides, several ends, payloads, and a useless state."""
    one = gtn.from_text(
        """
        states 6
        start 0 1
        0 2 0 1 0.5 @3
        0 2 1 1 -0.25
        1 2 1 0 0.125 @4
        2 3 -1 -1 0.0
        2 3 0 -1 1.0
        3 4 1 1 0.75
        0 4 -1 0 -1.0
        final 4 0.5
        final 3
        """,
        dtype=torch.float64,
    )
    frames = gtn.linear_graph(torch.arange(6, dtype=torch.float64).view(1, 3, 2))
    return gtn.batch([one, gtn.reverse(one), frames]).to(device)


def ends(g):
    return [g.src, g.dst, g.ilabel, g.olabel, g.weight, g.start, g.final_weight]


def all_paths(paths):
    return [*ends(paths.graph), paths.score, paths.item, paths.offset, paths.arcs]


def loop(device):
    """An acceptor with a cycle, so that it stands on both sides of a composition."""
    return gtn.closure(gtn.label_graph([0, 1])).to(device, torch.float64)


OPERATIONS = {
    "forward_score": lambda g: [gtn.forward_score(g)],
    "count": lambda g: [gtn.forward_score(g, gtn.CountingSemiring)],
    "viterbi_score": lambda g: [gtn.viterbi_score(g)],
    "viterbi_path": lambda g: ends(gtn.viterbi_path(g)),
    "posteriors": lambda g: [gtn.posteriors(g, s) for s in (gtn.LogSemiring, gtn.TropicalSemiring)],
    "state_posteriors": lambda g: [gtn.state_posteriors(g)],
    "n_best": lambda g: all_paths(gtn.n_best(g, 3)),
    "n_best paths": lambda g: all_paths(gtn.n_best(g, 3, distinct=False)),
    "compose": lambda g: ends(gtn.compose(g, g)),
    "compose with one": lambda g: ends(gtn.compose(g, g[0])),
    "compose with a cycle": lambda g: ends(gtn.compose(g, loop(g.device))),
    "compose a cycle": lambda g: ends(gtn.compose(loop(g.device), g)),
    "intersect": lambda g: ends(gtn.intersect(gtn.project_input(g), gtn.project_output(g))),
    "union": lambda g: ends(gtn.union([g, g[1]])),
    "concat": lambda g: ends(gtn.concat([g, g[1], g])),
    "closure": lambda g: ends(gtn.closure(g)),
    "reverse": lambda g: ends(gtn.reverse(g)),
    "remove": lambda g: ends(gtn.remove(g)),
    "remove, tropical": lambda g: ends(gtn.remove(g, semiring=gtn.TropicalSemiring)),
    "trim": lambda g: ends(gtn.trim(g)),
    "arc_sort": lambda g: ends(gtn.arc_sort(g, "output")),
    "topological_order": lambda g: [gtn.topological_order(g)],
    "batch": lambda g: ends(gtn.batch([g, g[0], g[1:]])),
    "graphs_from_arcs": lambda g: ends(
        gtn.graphs_from_arcs([g.src], [g.dst], [g.ilabel], weight=g.weight, num_states=[g.num_states])
    ),
    "from_arcs": lambda g: ends(
        gtn.Graph.from_arcs(g.src, g.dst, g.ilabel, num_states=g.num_states, start=g.start, final=g.final)
    ),
    "linear_graph": lambda g: ends(gtn.linear_graph(g.weight[:6].view(1, 3, 2), [2])),
    "interpretation_graph": lambda g: ends(gtn.interpretation_graph(g, g.weight[:, None].expand(-1, 2))),
    "string_acceptor": lambda g: ends(gtn.string_acceptor(STRINGS, g.weight[:2])),
    "scalar_graph": lambda g: ends(gtn.scalar_graph(g.weight)),
    "viterbi_loss": lambda g: [gtn.nn.viterbi_loss(g, STRINGS, "none", zero_infinity=True)],
    "discriminative_viterbi_loss": lambda g: [
        gtn.nn.discriminative_viterbi_loss(g, STRINGS, "none", zero_infinity=True)
    ],
    "forward_loss": lambda g: [gtn.nn.forward_loss(g, STRINGS, "none", zero_infinity=True)],
    "discriminative_forward_loss": lambda g: [
        gtn.nn.discriminative_forward_loss(g, STRINGS, "none", zero_infinity=True)
    ],
    "asg_loss": lambda g: [gtn.nn.asg_loss(g.weight[:6].view(1, 3, 2), g.weight[:6].view(3, 2), [[0, 1]])],
    "ctc_loss": lambda g: [gtn.nn.ctc_loss(g.weight[:6].view(3, 1, 2).log_softmax(-1), [[1]])],
}


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("device", ["cpu", CUDA])
def test_results_are_those_of_the_cpu_and_lie_on_the_device(name, device):
    operation, here, there = OPERATIONS[name], lattices(), lattices(device)
    weights = [g.weight.clone().requires_grad_() for g in (here, there)]
    expected = operation(here.with_weight(weights[0]))
    with use_backend("torch"):
        got = operation(there.with_weight(weights[1]))
    assert {x.device.type for x in got} == {device}
    for x, y in zip(got, expected, strict=True):
        assert torch.allclose(x.cpu(), y) if x.is_floating_point() else torch.equal(x.cpu(), y)
    if got[-1].requires_grad:
        grads = [
            torch.autograd.grad(torch.where(x > -torch.inf, x, 0.0).sum(), w)[0]
            for x, w in ((expected[-1], weights[0]), (got[-1], weights[1]))
        ]
        assert torch.allclose(grads[1].cpu(), grads[0])


@pytest.mark.parametrize("name", sorted(set(OPERATIONS) - {"compose a cycle", "compose with a cycle"}))
def test_no_tensor_is_made_without_naming_its_device(name):
    g = lattices()
    weight = g.weight.clone().requires_grad_()
    with use_backend("torch"), DeviceNamed():
        got = OPERATIONS[name](g.with_weight(weight))[-1]
        if got.requires_grad:
            torch.where(got > -torch.inf, got, 0.0).sum().backward()


def test_sampling_draws_where_the_graph_lies():
    g = lattices()
    with use_backend("torch"), DeviceNamed():
        paths = gtn.sample(g, 5)
    assert len(paths[0]) == 5


@pytest.mark.parametrize("device", ["cpu", CUDA])
def test_modules_take_their_graphs_along(device):
    grammar = gtn.nn.GrammarComposition(gtn.string_acceptor([0, 1]), trainable=True).to(device)
    assert grammar.grammar.device.type == device
    out = grammar(gtn.linear_graph(torch.zeros(2, 2, 2, device=device)))
    gtn.forward_score(out).sum().backward()
    assert grammar.weight.grad.tolist() == [2.0, 2.0]
