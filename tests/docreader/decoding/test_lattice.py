import pytest
import torch

import gtn
from docreader.decoding import alphabet
from docreader.decoding.lattice import segment_interpretation
from docreader.recognition.shape_prior import shape_prior
from models.segment_scorer import KINDS, SegmentScorer, SegmentScorerConfig
from segment.oversegmentation.graph import FEATURES

TYPICAL = {
    "digit": {"width": 0.6, "height": 1.0, "center": 0.5},
    "point": {"width": 0.15, "height": 0.2, "center": 0.05},
    "dash": {"width": 0.6, "height": 0.15, "center": 0.45},
}


def features(**values: float) -> torch.Tensor:
    return torch.tensor([[values.get(name, 0.0) for name in FEATURES]])


@pytest.fixture
def reader():
    made = SegmentScorer(SegmentScorerConfig(tuple(alphabet.DIGITS), FEATURES, backbone="lenet5", channels=1))
    with torch.no_grad():
        made.shape.copy_(shape_prior())
    return made


@pytest.mark.parametrize("kind", TYPICAL)
def test_typical_shapes_are_recognized(reader, kind):
    scores = reader.kinds(features(**TYPICAL[kind]))[0]
    assert KINDS[int(scores.argmax())] == kind
    assert scores.exp().sum().item() == pytest.approx(1)


def test_a_large_segment_is_not_read_over_as_dirt(reader):
    scores = reader.kinds(features(width=0.6, height=1.0, center=0.5))[0].tolist()
    by_kind = dict(zip(KINDS, scores, strict=True))
    assert by_kind["digit"] > by_kind["dirt"] + 5


def test_the_gradient_reaches_recognizer_and_shapes(reader):
    # Like segments of like shape: no arc is so unlikely that its share is rounded away.
    posteriors = torch.zeros(3, 11).log_softmax(dim=1).requires_grad_()
    shapes = torch.full((3, len(FEATURES)), 0.5)
    segmentation = gtn.Graph.from_arcs(
        [0, 1, 0], [1, 2, 2], [gtn.EPSILON] * 3, num_states=3, start=0, final=2, payload=[0, 1, 2]
    )
    graph = segment_interpretation(segmentation, reader.join(posteriors, shapes), reader.classes)
    right = gtn.intersect(graph, gtn.string_acceptor(alphabet.encode("12")))
    loss = gtn.forward_score(graph) - gtn.forward_score(right)
    loss.sum().backward()
    assert loss.item() > 0
    # Evidence for the right digits lowers the loss, evidence for the one wide segment raises it.
    assert posteriors.grad[0, 1] < 0
    assert posteriors.grad[1, 2] < 0
    assert (posteriors.grad[2] > 0).all()
    assert reader.shape.grad.abs().sum() > 0
