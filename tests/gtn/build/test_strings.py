import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gtn
from tests.gtn.oracle import language


@given(strings=st.lists(st.lists(st.integers(0, 3), max_size=4), min_size=1, max_size=4))
def test_string_acceptors(strings):
    g = gtn.string_acceptor(strings)
    assert [language(one) for one in g] == [{(tuple(s), tuple(s)): 0.0} for s in strings]
    assert gtn.equal(g, gtn.string_acceptor([torch.tensor(s, dtype=torch.int64) for s in strings]))


def test_strings_as_arrays():
    assert gtn.equal(gtn.string_acceptor(np.array([[1, 2], [3, 4]])), gtn.string_acceptor([[1, 2], [3, 4]]))
    assert gtn.equal(gtn.string_acceptor([np.int64(1)]), gtn.string_acceptor([1]))


def test_scores_of_strings():
    weight = torch.tensor([0.5, -1.0], dtype=torch.float64, requires_grad=True)
    g = gtn.string_acceptor([[0, 1, 1], [0]], weight)
    assert gtn.viterbi_score(g).tolist() == [-1.5, 0.5]
    gtn.viterbi_score(g).sum().backward()
    assert weight.grad.tolist() == [2, 2]
    assert gtn.viterbi_score(gtn.string_acceptor([4, 4], 0.25)).item() == 0.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: gtn.string_acceptor([1, -1]), "labels of a string"),
        (lambda: gtn.string_acceptor([[0.5]]), "labels of a string"),
        (lambda: gtn.string_acceptor([[1], 2]), "a list of strings"),
        (lambda: gtn.string_acceptor([3], torch.zeros(2)), "labels up to 3"),
        (lambda: gtn.string_acceptor([[]], torch.zeros(2, 2)), "labels up to -1"),
    ],
)
def test_errors(call, message):
    with pytest.raises(gtn.GraphError, match=message):
        call()
