import itertools
import math

import pytest
import torch

import gtn
from docreader.decoding import alphabet
from docreader.training.reader.losses_hos import path_loss, target_graph

CLASSES = tuple(alphabet.INPUT_SYMBOLS)
SPOILED = (alphabet.INDEX[alphabet.OTHER],)


def segmentation(fragments, longest=2):
    arcs = [(a, b) for a in range(fragments) for b in range(a + 1, min(a + longest, fragments) + 1)]
    source, target = zip(*arcs, strict=True)
    return arcs, gtn.Graph.from_arcs(
        list(source), list(target), [gtn.EPSILON] * len(arcs), num_states=fragments + 1, start=[0],
        final=[fragments], payload=list(range(len(arcs))),
    )  # fmt: skip


def all_paths(arcs, fragments):
    """Yield every path, as a list of arc numbers."""

    def go(at):
        if at == fragments:
            yield []
        for number, (a, b) in enumerate(arcs):
            if a == at:
                for rest in go(b):
                    yield [number, *rest]

    return list(go(0))


def brute(arcs, fragments, scores, text, digits_only):
    """Scores of the paths of the text, and of all."""
    right, every = [], []
    shown = set(alphabet.DIGITS + alphabet.OTHER)
    dropped = set(alphabet.INPUT_SYMBOLS) - shown if digits_only else {alphabet.NON_CHARACTER}
    for path in all_paths(arcs, fragments):
        for choice in itertools.product(range(len(CLASSES)), repeat=len(path)):
            score = sum(float(scores[arc, column]) for arc, column in zip(path, choice, strict=True))
            every.append(score)
            if "".join(CLASSES[c] for c in choice if CLASSES[c] not in dropped) == text:
                right.append(score)
    return torch.tensor(right), torch.tensor(every)


@pytest.mark.parametrize(("text", "digits_only"), [("12", True), ("7", True), ("1.", False), ("12", False)])
@pytest.mark.parametrize(
    "criterion", ["viterbi", "discriminative-viterbi", "forward", "discriminative-forward"]
)
def test_losses_equal_enumeration(text, digits_only, criterion):
    torch.manual_seed(len(text) + digits_only)
    arcs, graph = segmentation(3)
    scores = torch.randn(len(arcs), len(CLASSES), dtype=torch.float64).log_softmax(1)
    right, every = brute(arcs, 3, scores, text, digits_only)
    target = target_graph(tuple(alphabet.encode(text)), digits_only)
    found = path_loss(graph.to(dtype=torch.float64), scores, CLASSES, [target], digits_only, criterion)
    join = torch.logsumexp if "forward" in criterion else torch.amax
    expected = -join(right.double(), 0)
    if criterion.startswith("discriminative"):
        expected += join(every.double(), 0)
    assert found.item() == pytest.approx(expected.item(), abs=1e-5)


def test_every_arc_of_a_path_gets_a_gradient():
    arcs, graph = segmentation(3)
    scores = torch.zeros(len(arcs), len(CLASSES), requires_grad=True)
    path_loss(
        graph, scores, CLASSES, [target_graph((1, 2), True)], True, "discriminative-forward"
    ).sum().backward()
    assert (scores.grad.abs().sum(1) > 0).all()


def test_a_label_without_a_path_costs_everything():
    arcs, graph = segmentation(2)
    scores = torch.zeros(len(arcs), len(CLASSES))
    target = target_graph((1, 2, 3), True)
    assert path_loss(graph, scores, CLASSES, [target], True, "forward").item() == math.inf


@pytest.mark.parametrize("criterion", ["forward", "discriminative-forward"])
def test_an_image_without_an_amount_has_a_segment_of_other_ink(criterion):
    torch.manual_seed(3)
    arcs, graph = segmentation(3)
    scores = torch.randn(len(arcs), len(CLASSES), dtype=torch.float64).log_softmax(1)
    right, every = [], []
    for path in all_paths(arcs, 3):
        with_other = torch.stack([scores[arc] for arc in path])
        total = with_other.logsumexp(1).sum()
        kept = [n for n, c in enumerate(CLASSES) if c != alphabet.OTHER]
        every.append(total)
        right.append(torch.log(total.exp() - with_other[:, kept].logsumexp(1).sum().exp()))
    expected = -torch.stack(right).logsumexp(0)
    if criterion == "discriminative-forward":
        expected = expected + torch.stack(every).logsumexp(0)
    target = target_graph(SPOILED, False)
    found = path_loss(graph.to(dtype=torch.float64), scores, CLASSES, [target], False, criterion)
    assert float(found[0]) == pytest.approx(float(expected))
