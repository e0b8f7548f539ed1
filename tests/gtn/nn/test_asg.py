import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gtn
from gtn.nn import asg_loss, transition_graph


def squeeze(labels):
    return [label for label, _ in itertools.groupby(labels)]


@given(
    seed=st.integers(0, 2**30),
    frames=st.integers(1, 5),
    target=st.lists(st.integers(0, 2), min_size=1, max_size=4).map(squeeze),
)
def test_equals_the_sum_over_all_label_sequences(seed, frames, target):
    generator = torch.Generator().manual_seed(seed)
    scores = torch.randn(1, frames, 3, generator=generator, dtype=torch.float64)
    moves = torch.randn(4, 3, generator=generator, dtype=torch.float64)
    every, right = 0.0, 0.0
    for labels in itertools.product(range(3), repeat=frames):
        score = sum(scores[0, t, c].item() for t, c in enumerate(labels))
        score += (
            sum(moves[i + 1, j].item() for i, j in itertools.pairwise(labels)) + moves[0, labels[0]].item()
        )
        every += math.exp(score)
        right += math.exp(score) * (squeeze(labels) == target)
    loss = asg_loss(scores, moves, [target])
    assert loss.item() == pytest.approx(math.log(every / right) if right else math.inf)


def test_gradients_of_scores_and_transitions():
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(2, 4, 3, generator=generator, dtype=torch.float64, requires_grad=True)
    moves = torch.randn(4, 3, generator=generator, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda s, m: asg_loss(s, m, [[0, 1], [2]], [4, 3]), (scores, moves))


def test_transitions_of_another_shape_are_refused():
    with pytest.raises(gtn.GraphError, match=r"\(C \+ 1, C\)"):
        transition_graph(torch.zeros(3, 3))
