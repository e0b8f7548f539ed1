import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gtn
from tests.gtn.oracle import language, paths


@given(strings=st.lists(st.lists(st.integers(0, 3), max_size=4), min_size=1, max_size=4))
def test_string_acceptors(strings):
    g = gtn.string_acceptor(strings)
    assert [language(one) for one in g] == [{(tuple(s), tuple(s)): 0.0} for s in strings]
    assert gtn.equal(g, gtn.string_acceptor([torch.tensor(s, dtype=torch.int64) for s in strings]))


def test_strings_and_scores_as_arrays():
    assert gtn.equal(gtn.string_acceptor(np.array([[1, 2], [3, 4]])), gtn.string_acceptor([[1, 2], [3, 4]]))
    assert gtn.equal(gtn.string_acceptor([np.int64(1)]), gtn.string_acceptor([1]))
    assert gtn.equal(
        gtn.linear_graph(np.zeros((2, 3))), gtn.linear_graph(torch.zeros(2, 3, dtype=torch.float64))
    )


def test_scores_of_strings():
    weight = torch.tensor([0.5, -1.0], dtype=torch.float64, requires_grad=True)
    g = gtn.string_acceptor([[0, 1, 1], [0]], weight)
    assert gtn.viterbi_score(g).tolist() == [-1.5, 0.5]
    gtn.viterbi_score(g).sum().backward()
    assert weight.grad.tolist() == [2, 2]
    assert gtn.viterbi_score(gtn.string_acceptor([4, 4], 0.25)).item() == 0.5


@given(
    lengths=st.lists(st.integers(0, 3), min_size=1, max_size=3),
    classes=st.integers(1, 2),
    seed=st.integers(0, 99),
)
def test_linear_graphs(lengths, classes, seed):
    scores = torch.randn(
        len(lengths), 3, classes, generator=torch.Generator().manual_seed(seed), dtype=torch.float64
    )
    for g, length, score in zip(gtn.linear_graph(scores, lengths), lengths, scores, strict=True):
        found = language(g)
        assert len(found) == classes**length
        for labels in itertools.product(range(classes), repeat=length):
            value = sum(score[t, c].item() for t, c in enumerate(labels))
            assert found[labels, labels] == pytest.approx(value)
        assert g.payload.tolist() == [t for t in range(length) for _ in range(classes)]


def test_interpretation_graph():
    segmentation = gtn.Graph.from_arcs(
        [0, 0, 1], [1, 2, 2], [0, 0, 0], weight=[0.5, 0.0, 0.0], num_states=3, final=2, payload=[4, 5, 6]
    )
    scores = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], requires_grad=True)
    g = gtn.interpretation_graph(segmentation, scores, [7, 9])
    assert {p.strings[0]: p.score for p in paths(g)} == {
        (7, 7): 6.5, (7, 9): 7.5, (9, 7): 7.5, (9, 9): 8.5, (7,): 3.0, (9,): 4.0,
    }  # fmt: skip
    assert g.payload.tolist() == [4, 4, 5, 5, 6, 6]
    gtn.viterbi_score(g).sum().backward()
    assert scores.grad.tolist() == [[0, 1], [0, 0], [0, 1]]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: gtn.string_acceptor([1, -1]), "labels of a string"),
        (lambda: gtn.string_acceptor([[0.5]]), "labels of a string"),
        (lambda: gtn.string_acceptor([[1], 2]), "a list of strings"),
        (lambda: gtn.string_acceptor([3], torch.zeros(2)), "labels up to 3"),
        (lambda: gtn.string_acceptor([[]], torch.zeros(2, 2)), "labels up to -1"),
        (lambda: gtn.linear_graph(torch.zeros(3)), "must be"),
        (lambda: gtn.linear_graph(torch.zeros(1, 3, 2), [4]), "from 0 to 3"),
        (lambda: gtn.interpretation_graph(gtn.string_acceptor([1]), torch.zeros(2, 3)), r"must be \(1, C\)"),
        (
            lambda: gtn.interpretation_graph(gtn.string_acceptor([1]), torch.zeros(1, 3), [1]),
            "1 labels for 3",
        ),
    ],
)
def test_errors(call, message):
    with pytest.raises(gtn.GraphError, match=message):
        call()
