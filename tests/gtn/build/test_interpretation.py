import pytest
import torch

import gtn
from tests.gtn.oracle import paths


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
    ("scores", "labels", "message"),
    [
        (torch.zeros(2, 3), None, r"must be \(1, C\)"),
        (torch.zeros(1, 3), [1], "1 labels for 3"),
    ],
)
def test_errors(scores, labels, message):
    with pytest.raises(gtn.GraphError, match=message):
        gtn.interpretation_graph(gtn.string_acceptor([1]), scores, labels)
