import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

import gtn
from gtn.nn import ctc_graph, ctc_loss

TARGETS = st.lists(st.lists(st.integers(1, 3), max_size=4), min_size=1, max_size=4)


@given(
    targets=TARGETS,
    frames=st.integers(1, 8),
    reduction=st.sampled_from(["none", "mean", "sum"]),
    data=st.data(),
)
def test_equals_the_fused_kernel(targets, frames, reduction, data):
    generator = torch.Generator().manual_seed(data.draw(st.integers(0, 2**30)))
    scores = torch.randn(frames, len(targets), 4, generator=generator, dtype=torch.float64)
    lengths = torch.tensor([data.draw(st.integers(1, frames)) for _ in targets])
    sizes = torch.tensor([len(t) for t in targets])
    ours, theirs = scores.clone().requires_grad_(), scores.clone().requires_grad_()
    padded = torch.zeros(len(targets), 4, dtype=torch.int64)
    for row, target in zip(padded, targets, strict=True):
        row[: len(target)] = torch.tensor(target)
    got = ctc_loss(ours.log_softmax(-1), padded, lengths, sizes, reduction=reduction, zero_infinity=True)
    expected = F.ctc_loss(
        theirs.log_softmax(-1), padded, lengths, sizes, reduction=reduction, zero_infinity=True
    )
    assert torch.allclose(got, expected)
    got.sum().backward()
    expected.sum().backward()
    assert torch.allclose(ours.grad, theirs.grad, atol=1e-9)


@given(target=st.lists(st.integers(1, 2), max_size=3), frames=st.integers(1, 4), seed=st.integers(0, 2**30))
def test_equals_the_sum_over_all_alignments(target, frames, seed):
    scores = torch.randn(frames, 1, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    right = 0.0
    for labels in itertools.product(range(3), repeat=frames):
        if [label for label, _ in itertools.groupby(labels) if label] == target:
            right += math.exp(sum(scores[t, 0, c].item() for t, c in enumerate(labels)))
    loss = ctc_loss(scores, [target], reduction="sum")
    assert loss.item() == pytest.approx(-math.log(right) if right else math.inf)


def test_a_target_that_does_not_fit_is_infinite_and_harms_no_other():
    scores = torch.randn(3, 2, 3, requires_grad=True)
    loss = ctc_loss(scores.log_softmax(-1), [[1, 1, 1], [1, 2]], reduction="none")
    assert loss[0] == float("inf")
    assert loss[1] < float("inf")
    loss[1].backward()
    assert not scores.grad.isnan().any()


def test_targets_end_to_end_as_in_torch():
    scores = torch.randn(6, 2, 4).log_softmax(-1)
    flat, sizes = torch.tensor([1, 2, 3]), [2, 1]
    expected = F.ctc_loss(scores, flat, torch.tensor([6, 6]), torch.tensor(sizes))
    assert torch.allclose(ctc_loss(scores, flat, None, sizes), expected)


def test_graph_of_a_target_as_a_table():
    assert gtn.to_text(ctc_graph([[2]])) == (
        "start 0\n0 0 0 0 0\n1 1 2 2 0\n0 1 2 2 0\n2 2 0 0 0\n1 2 0 0 0\nfinal 1 0\nfinal 2 0"
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ctc_graph([[0]]), "other than the blank"),
        (lambda: ctc_loss(torch.zeros(2, 3), [[1]]), "must be"),
        (lambda: ctc_loss(torch.zeros(2, 2, 3), [[1]]), "1 targets for 2"),
        (lambda: ctc_loss(torch.zeros(2, 1, 3), [[5]]), "label >= 3"),
        (lambda: ctc_loss(torch.zeros(2, 1, 3), torch.tensor([[1]])), "target_lengths"),
        (lambda: ctc_loss(torch.zeros(2, 1, 3), [[1]], reduction="max"), "reduction"),
    ],
)
def test_errors_name_what_is_wrong(call, message):
    with pytest.raises(gtn.GraphError, match=message):
        call()
