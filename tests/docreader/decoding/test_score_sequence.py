"""The character model: repeats, gaps, and scores that are sums over all paths of a text."""

import itertools

import pytest
import torch

import gtn
from docreader.decoding import alphabet
from docreader.decoding.grammar import load_grammar
from docreader.decoding.lattice import Lattice
from docreader.decoding.score_sequence import (
    BLANK,
    character_model,
    frame_graph,
    sequence_interpretation,
)
from docreader.decoding.search import best_hypotheses


def collapsed(steps):
    """The text of time steps, by the definition."""
    kept = [f for number, f in enumerate(steps) if number == 0 or steps[number - 1] != f]
    return tuple(f for f in kept if f != BLANK)


def test_each_sequence_of_time_steps_has_one_text_along_one_path():
    model = character_model()
    for steps in itertools.product((1, 2, 10, BLANK), repeat=4):
        graph = gtn.compose(gtn.string_acceptor(list(steps)), model)
        assert gtn.forward_score(graph, gtn.CountingSemiring).item() == 1
        [[path]] = gtn.n_best(graph, 2).tolist()
        assert path.output == collapsed(steps)
        assert path.score == 0.0


def test_the_score_of_a_text_is_that_of_all_its_frames():
    generator = torch.Generator().manual_seed(3)
    scores = torch.randn(1, 3, len(alphabet.INPUT_SYMBOLS), generator=generator).double().log_softmax(-1)
    wanted = (1, 10)
    total = sum(
        sum(scores[0, k, f] for k, f in enumerate(steps)).exp().item()
        for steps in itertools.product(range(len(alphabet.INPUT_SYMBOLS)), repeat=3)
        if collapsed(steps) == wanted
    )
    graph = gtn.compose(
        sequence_interpretation(scores, torch.tensor([3])),
        gtn.string_acceptor(list(wanted)).to(dtype=torch.float64),
    )
    assert gtn.forward_score(graph).exp().item() == pytest.approx(total, rel=1e-6)


def test_all_texts_together_are_certain():
    generator = torch.Generator().manual_seed(2)
    scores = torch.randn(2, 6, len(alphabet.INPUT_SYMBOLS), generator=generator).log_softmax(-1)
    graph = sequence_interpretation(scores, torch.tensor([6, 4]))
    assert gtn.forward_score(graph).tolist() == pytest.approx([0.0, 0.0], abs=1e-4)


def test_views_are_parallel_branches():
    generator = torch.Generator().manual_seed(1)
    views = [
        (
            torch.randn(1, steps, len(alphabet.INPUT_SYMBOLS), generator=generator).log_softmax(-1),
            torch.tensor([steps]),
        )
        for steps in (3, 5)
    ]
    wanted = gtn.string_acceptor([4])
    alone = [
        gtn.forward_score(gtn.compose(sequence_interpretation(*view), wanted)).exp().item() for view in views
    ]
    united = Lattice.union_views([sequence_interpretation(*view) for view in views])
    joined = united.graph
    assert gtn.forward_score(gtn.compose(joined, wanted)).exp().item() == pytest.approx(sum(alone), rel=1e-4)
    assert gtn.forward_score(joined).exp().item() == pytest.approx(2.0, rel=1e-3)
    origins = {tuple(united.origin[row].tolist()) for row in joined.payload.tolist()}
    assert origins == {*((0, 0, step) for step in range(3)), *((0, 1, step) for step in range(5))}


def test_hopeless_arcs_are_left_out():
    scores = torch.full((1, 2, len(alphabet.INPUT_SYMBOLS)), -20.0)
    scores[0, 0, 4] = scores[0, 1, 5] = 0.0
    scores[0, 1, 6] = -7.0
    graph = frame_graph(scores, torch.tensor([2]))
    assert list(zip(graph.ilabel.tolist(), graph.payload.tolist(), strict=True)) == [(4, 0), (5, 1), (6, 1)]
    assert frame_graph(scores, torch.tensor([1])).num_arcs == 1


def test_answers_pass_the_grammar():
    scores = torch.full((1, 7, len(alphabet.INPUT_SYMBOLS)), -9.0)
    for step, character in enumerate("66#0.#-"):
        scores[0, step, alphabet.INDEX[character]] = 0.0
    scores = scores.log_softmax(-1)
    [answers] = best_hypotheses(
        Lattice.of(sequence_interpretation(scores, torch.tensor([7]))), load_grammar("digits"), 2
    )
    assert answers[0].text == "60"
    assert answers[0].posterior > 0.9
    assert [(step.character, step.unit) for step in answers[0].path if step.character == "6"] == [
        ("6", 0),
        ("6", 1),
    ]


def test_only_blank_time_steps_have_no_text():
    scores = torch.full((1, 3, len(alphabet.INPUT_SYMBOLS)), -torch.inf)
    scores[..., BLANK] = 0.0
    assert best_hypotheses(
        Lattice.of(sequence_interpretation(scores, torch.tensor([3]))), load_grammar("digits"), 2
    ) == [[]]
