"""Every operation that weights flow through, against finite differences in float64."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import gtn
from gtn import nn
from tests.gtn.oracle import INF, graphs

FLOAT = torch.float64
FEW = settings(max_examples=1000 if settings().max_examples >= 1000 else 15)
SMALL = {"max_states": 4, "max_arcs": 6, "forbidden": False}
STRING = gtn.string_acceptor([0, 1, 0], dtype=FLOAT)
LOOP = gtn.closure(gtn.label_graph([0, 1])).to(dtype=FLOAT)

OF_ONE = {
    "forward_score": lambda g: g,
    "viterbi_path": gtn.viterbi_path,
    "project_input": gtn.project_input,
    "project_output": gtn.project_output,
    "reverse": gtn.reverse,
    "arc_sort": gtn.arc_sort,
    "trim": gtn.trim,
    "remove": gtn.remove,
    "remove, tropical": lambda g: gtn.remove(g, semiring=gtn.TropicalSemiring),
    "remove 1": lambda g: gtn.remove(g, 1, 0),
    "closure": lambda g: gtn.compose(STRING, gtn.closure(g)),
    "batch": lambda g: gtn.batch([g, STRING, g]),
    "slices": lambda g: gtn.batch([g, STRING, g])[[2, 0, 0]],
    "to": lambda g: g.to("cpu", torch.float64),
    "interpretation_graph": lambda g: gtn.interpretation_graph(
        g, torch.linspace(-1, 1, 2 * g.num_arcs, dtype=FLOAT).view(-1, 2)
    ),
    "GrammarComposition": lambda g: nn.GrammarComposition(LOOP)(g),
    "PathSelector": lambda g: nn.PathSelector()(g, [[0, 1], [0]]),
}
OF_TWO = {
    "union": lambda g, h: gtn.union([g, h, g]),
    "concat": lambda g, h: gtn.concat([g, h, g]),
    "compose": gtn.compose,
    "compose, a shared graph": lambda g, h: gtn.compose(gtn.compose(g, h), h),
    "compose, a cycle on the right": lambda g, h: gtn.compose(gtn.compose(STRING, g), gtn.closure(h)),
    "compose, items": lambda g, h: gtn.compose(
        gtn.batch([g, STRING]), gtn.batch([h, h]), items=torch.tensor([1, 0])
    ),
    "intersect": lambda g, h: gtn.intersect(gtn.project_output(g), gtn.project_input(h)),
}
SCORES = {
    "forward_score": gtn.forward_score,
    "viterbi_score": gtn.viterbi_score,
    "n_best": lambda g: gtn.n_best(g, 3).score,
    "n_best, paths": lambda g: gtn.n_best(g, 3, distinct=False).score,
    "sample": lambda g: gtn.sample(g, 3, generator=torch.Generator().manual_seed(0)).score,
    "viterbi_loss": lambda g: nn.viterbi_loss(g, [[0, 1]]),
    "discriminative_viterbi_loss": lambda g: nn.discriminative_viterbi_loss(g, [[0, 1]]),
    "forward_loss": lambda g: nn.forward_loss(g, [[0, 1]]),
    "discriminative_forward_loss": lambda g: nn.discriminative_forward_loss(g, [[0]]),
}


def apart(g, seed):
    """Weights of which no two sums are equal, so that the best path stays the best; and final weights likewise."""
    noise = torch.Generator().manual_seed(seed)
    weight = g.weight + torch.rand(g.num_arcs, generator=noise, dtype=FLOAT) / 3
    final = g.final_weight + torch.rand(g.num_states, generator=noise, dtype=FLOAT) / 5
    return weight.requires_grad_(), final[g.final].clone().requires_grad_()


def check(call, *operands):
    """gradcheck of call(graphs), by the arc weights and the final weights of all of them."""
    inputs = [x for seed, g in enumerate(operands) for x in apart(g, seed)]

    def scores(*weights):
        changed = []
        for g, weight, ends in zip(operands, weights[::2], weights[1::2], strict=True):
            changed.append(
                g.with_weight(weight, torch.full_like(g.final_weight, -INF).masked_scatter(g.final, ends))
            )
        score = call(*changed)
        return torch.where(score.abs() < INF, score, 0.0)

    # along random directions; the plain kernels are compared with the compiled ones elsewhere
    assert torch.autograd.gradcheck(scores, inputs, fast_mode=True)


@pytest.mark.parametrize("name", OF_ONE)
@FEW
@given(g=graphs(**SMALL))
def test_operations_on_one_graph(name, g):
    try:
        check(lambda g: gtn.forward_score(OF_ONE[name](g)), g)
    except gtn.CycleError:
        assert name == "closure"  # of a graph that accepts the empty string


@pytest.mark.parametrize("name", OF_TWO)
@FEW
@given(
    g=graphs(max_states=3, max_arcs=4, forbidden=False), h=graphs(max_states=3, max_arcs=4, forbidden=False)
)
def test_operations_on_two_graphs(name, g, h):
    try:
        check(lambda g, h: gtn.forward_score(OF_TWO[name](g, h)), g, h)
    except gtn.CycleError:
        assert name == "compose, a cycle on the right"


@pytest.mark.parametrize("name", SCORES)
@FEW
@given(g=graphs(**SMALL))
def test_scores_and_losses(name, g):
    check(SCORES[name], g)


@FEW
@given(seed=st.integers(0, 2**30), lengths=st.lists(st.integers(0, 3), min_size=2, max_size=2))
def test_builders(seed, lengths):
    generator = torch.Generator().manual_seed(seed)

    def random(*shape):
        return torch.randn(*shape, generator=generator, dtype=FLOAT, requires_grad=True)

    def score(g):
        # two different functions of the paths, so that no weight hides behind another
        total = gtn.forward_score(g)
        return torch.where(total > -INF, total, 0.0)

    checks = {
        "linear_graph": (lambda x: gtn.linear_graph(x, lengths), random(2, 3, 2)),
        "string_acceptor": (lambda x: gtn.string_acceptor([[0, 2], [1], [2, 2]], x), random(3)),
        "scalar_graph": (gtn.scalar_graph, random(3)),
        "label_graph": (lambda x: gtn.label_graph([4, 1, 7], x), random(3)),
        "lexicon_acceptor": (lambda x: gtn.lexicon_acceptor([[1], [], [1, 2]], x), random(3)),
        "lexicon_transducer": (lambda x: gtn.lexicon_transducer({5: [[1], [1, 2]], 6: [[1]]}, x), random(3)),
        "interpretation_graph": (lambda x: gtn.interpretation_graph(STRING, x), random(3, 2)),
        "graphs_from_arcs": (
            lambda x: gtn.graphs_from_arcs(
                [[0, 0], [0]], [[1, 1], [1]], [[1, 2], [3]], weight=x, num_states=[2, 2]
            ),
            random(3),
        ),
        "transition_graph": (
            lambda x: gtn.compose(
                gtn.linear_graph(torch.zeros(1, 3, 2, dtype=FLOAT)), nn.transition_graph(x)
            ),
            random(3, 2),
        ),
    }
    for build, value in checks.values():
        assert torch.autograd.gradcheck(lambda x, build=build: score(build(x)), value)


@FEW
@given(
    seed=st.integers(0, 2**30),
    targets=st.lists(st.lists(st.integers(1, 2), max_size=3), min_size=2, max_size=2),
    reduction=st.sampled_from(["none", "mean", "sum"]),
)
def test_ctc_and_asg(seed, targets, reduction):
    scores = torch.randn(
        4, 2, 3, generator=torch.Generator().manual_seed(seed), dtype=FLOAT, requires_grad=True
    )
    moves = torch.linspace(-1, 1, 12, dtype=FLOAT).view(4, 3).requires_grad_()
    options = {"reduction": reduction, "zero_infinity": True}
    assert torch.autograd.gradcheck(lambda x: nn.ctc_loss(x, targets, [4, 3], **options), scores)
    assert torch.autograd.gradcheck(
        lambda x, m: nn.asg_loss(x.transpose(0, 1), m, targets, [4, 3], **options), (scores, moves)
    )
