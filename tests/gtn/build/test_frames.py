import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gtn
from tests.gtn.oracle import language


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


def test_scores_as_arrays():
    assert gtn.equal(
        gtn.linear_graph(np.zeros((2, 3))), gtn.linear_graph(torch.zeros(2, 3, dtype=torch.float64))
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: gtn.linear_graph(torch.zeros(3)), "must be"),
        (lambda: gtn.linear_graph(torch.zeros(1, 3, 2), [4]), "from 0 to 3"),
    ],
)
def test_errors(call, message):
    with pytest.raises(gtn.GraphError, match=message):
        call()
