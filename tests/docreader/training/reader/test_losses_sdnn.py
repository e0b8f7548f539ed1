"""The fused kernel equals the losses by graphs, and those equal enumeration."""

import itertools

import numpy as np
import pytest
import torch

import gtn
from docreader.decoding import alphabet
from docreader.decoding.alphabet import CHARACTERS
from docreader.decoding.score_sequence import BLANK, character_model
from docreader.training.reader.examples_sdnn import LabeledLineImage
from docreader.training.reader.losses_sdnn import (
    collapse,
    graph_loss,
    greedy_runs,
    join_other_classes,
    line_loss,
)
from docreader.training.reader.recipe import CRITERIA


def log_probabilities(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64).log_softmax(-1)


def by_the_character_model(scores, target, digits_only, criterion):
    """The criterion by definition: score sequence composed with the character model, constrained by an acceptor."""
    graph = gtn.compose(gtn.linear_graph(scores), character_model().to(dtype=scores.dtype))
    label = [alphabet.INDEX[CHARACTERS[number]] for number in target]
    if digits_only:  # points and dashes anywhere between the digits
        arcs = [
            (k, k, alphabet.INDEX[c])
            for k in range(len(label) + 1)
            for c in alphabet.POINT + alphabet.FILLERS
        ]
        arcs += [(k, k + 1, value) for k, value in enumerate(label)]
        source, to, read = zip(*arcs, strict=True)
        right = gtn.Graph.from_arcs(
            list(source), list(to), list(read), num_states=len(label) + 1, start=0, final=len(label)
        )
    else:
        right = gtn.string_acceptor(label)
    semiring = gtn.TropicalSemiring if "viterbi" in criterion else gtn.LogSemiring
    loss = -gtn.forward_score(gtn.compose(graph, right.to(dtype=scores.dtype)), semiring)
    if "discriminative" in criterion:
        loss = loss + gtn.forward_score(graph, semiring)
    return loss[0]


@pytest.mark.parametrize("criterion", CRITERIA)
@pytest.mark.parametrize("digits_only", [True, False])
@pytest.mark.parametrize("target", [(1, 2), (3, 3), (7,)])
def test_the_loss_is_that_of_the_composed_graphs(criterion, digits_only, target):
    scores = log_probabilities(1, 6, len(alphabet.INPUT_SYMBOLS)).requires_grad_()
    quick = line_loss(scores, torch.tensor([6]), [target], [digits_only], criterion, CHARACTERS)[0]
    graphs = by_the_character_model(scores, target, digits_only, criterion)
    assert quick.item() == pytest.approx(graphs.item(), abs=1e-9)
    [one] = torch.autograd.grad(quick, scores)
    [other] = torch.autograd.grad(graphs, scores)
    if "viterbi" not in criterion:
        # torch's kernel gives the gradient behind a log_softmax: there, both are the same.
        one = one - scores.detach().exp() * one.sum(-1, keepdim=True)
        other = other - scores.detach().exp() * other.sum(-1, keepdim=True)
    assert torch.allclose(one, other, atol=1e-8)


def test_the_fused_kernel_is_the_graph_loss_in_a_batch():
    scores = log_probabilities(3, 9, len(alphabet.INPUT_SYMBOLS), seed=1)
    lengths, targets = torch.tensor([9, 5, 7]), [(1, 10, 2), (4, 4), (11,)]
    fused = line_loss(scores, lengths, targets, [False] * 3, "forward")
    graphs = graph_loss(scores, lengths, [list(t) for t in targets], "discriminative-forward")
    assert torch.allclose(fused, graphs)


def test_the_forward_criterion_sums_what_enumeration_finds():
    scores = log_probabilities(1, 3, len(alphabet.INPUT_SYMBOLS), seed=2)
    total = 0.0
    for steps in itertools.product(range(len(alphabet.INPUT_SYMBOLS)), repeat=3):
        collapsed = [f for k, f in enumerate(steps) if k == 0 or steps[k - 1] != f]
        other = alphabet.INDEX[alphabet.OTHER] in steps
        if not other and [f for f in collapsed if f < 10] == [5]:
            joined = ["x" if f >= 10 else f for f in steps]  # a point between two fives keeps them two
            if sum(f == 5 and (k == 0 or joined[k - 1] != 5) for k, f in enumerate(joined)) == 1:
                total += sum(scores[0, k, f] for k, f in enumerate(steps)).exp().item()
    loss = line_loss(scores, torch.tensor([3]), [(5,)], [True], "forward", CHARACTERS)
    assert (-loss).exp().item() == pytest.approx(total)


def test_joined_scores_are_log_probabilities():
    joined = join_other_classes(log_probabilities(2, 4, len(alphabet.INPUT_SYMBOLS)), "forward")
    assert joined.shape == (2, 4, 11)
    assert torch.allclose(joined.exp().sum(-1), torch.ones(2, 4, dtype=torch.float64))


def test_a_spoiled_line_has_the_posterior_of_all_paths_through_other_ink():
    scores = log_probabilities(2, 7, len(alphabet.INPUT_SYMBOLS), seed=3).requires_grad_()
    classes, other = alphabet.CHARACTERS, alphabet.INDEX[alphabet.OTHER]
    every = range(len(alphabet.INPUT_SYMBOLS))
    arcs = [(0, 0, n) for n in every if n != other] + [(0, 1, other)] + [(1, 1, n) for n in every]
    source, to, read = (list(column) for column in zip(*arcs, strict=True))
    branch = gtn.Graph.from_arcs(source, to, read, num_states=2, start=0, final=1).to(dtype=scores.dtype)
    lengths = torch.tensor([7, 4])
    graphs = gtn.compose(gtn.linear_graph(scores, lengths), gtn.batch([branch, branch]))
    by_graphs = -gtn.forward_score(graphs)
    spoiled = (classes.index(alphabet.OTHER),)
    quick = line_loss(scores, lengths, [spoiled] * 2, [False] * 2, "forward", classes, [True] * 2)
    assert torch.allclose(quick, by_graphs, atol=1e-5)
    [one] = torch.autograd.grad(quick.sum(), scores, retain_graph=True)
    [other_way] = torch.autograd.grad(by_graphs.sum(), scores)
    # behind a log_softmax both are the same
    one, other_way = (g - scores.detach().exp() * g.sum(-1, keepdim=True) for g in (one, other_way))
    assert torch.allclose(one, other_way, atol=1e-4)


def test_other_ink_is_no_separator_of_a_line_of_digits():
    scores = torch.full((1, 3, len(alphabet.INPUT_SYMBOLS)), -20.0, dtype=torch.float64)
    for step, character in enumerate("5?5"):
        scores[0, step, alphabet.INDEX[character]] = 0.0
    lengths, classes = torch.tensor([3]), alphabet.CHARACTERS
    assert line_loss(scores, lengths, [(5, 5)], [True], "forward", classes).item() > 10
    scores[0, 1] = -20.0
    scores[0, 1, alphabet.INDEX["."]] = 0.0
    assert line_loss(scores, lengths, [(5, 5)], [True], "forward", classes).item() < 0.1


def test_the_blank_is_the_last_class():
    assert len(alphabet.INPUT_SYMBOLS) - 1 == BLANK
    assert alphabet.INPUT_SYMBOLS[:BLANK] == CHARACTERS


def test_greedy_runs_have_their_first_and_last_time_step():
    scores = torch.full((2, 9, 17), -9.0)
    for frame, label in enumerate([16, 3, 3, 16, 3, 10, 16, 1, 1]):  # the rest is padding
        scores[:, frame, label] = 0
    image = np.zeros((2, 32, 48), np.uint8)
    lines = [LabeledLineImage("toy", image, (3, 3), digits_only) for digits_only in (False, True)]
    found = greedy_runs(scores, torch.tensor([7, 5]), lines, "0123456789.-/$*x")
    assert found == [[("3", 1, 2), ("3", 4, 4), (".", 5, 5)], [("3", 1, 2), ("3", 4, 4)]]
    assert collapse(found) == ["33.", "33"]
