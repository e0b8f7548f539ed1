import torch

import gtn
from gtn import nn


def segmentation():
    """Two cuts, three candidate segments: two in sequence, or one for both; in the rows 1, 0 and 2."""
    return gtn.Graph.from_arcs([0, 1, 0], [1, 2, 2], [0, 1, 2], num_states=3, final=2, payload=[1, 0, 2])


def test_recognition_puts_the_scores_of_a_segment_on_its_arcs():
    segments = torch.randn(3, 5)
    recognizer = torch.nn.Linear(5, 4)
    g = nn.Recognition(recognizer, labels=[3, 5, 7, 9])(segmentation(), segments)
    torch.testing.assert_close(g.weight.view(3, 4), recognizer(segments)[[1, 0, 2]])
    assert g.ilabel.tolist() == [3, 5, 7, 9] * 3
    assert g.payload.tolist() == [1] * 4 + [0] * 4 + [2] * 4


def test_a_whole_network_of_transformers_trains_every_part():
    grammar = nn.GrammarComposition(
        gtn.Graph.from_arcs([0, 0], [0, 0], [0, 1], [4, 5], num_states=1, final=0), True
    )
    recognition = nn.Recognition(torch.nn.Linear(5, 2))
    g = grammar(recognition(segmentation(), torch.randn(3, 5)))
    loss = nn.ForwardScorer()(g) - nn.ForwardScorer()(nn.PathSelector()(g, [[4, 5]]))
    loss.sum().backward()
    assert all(
        p.grad is not None and p.grad.abs().sum() > 0
        for p in [*grammar.parameters(), *recognition.parameters()]
    )
    best = nn.ViterbiSelector()(g)
    torch.testing.assert_close(gtn.viterbi_score(best), nn.ForwardScorer(gtn.TropicalSemiring)(g))


def test_a_fixed_grammar_is_no_parameter_and_follows_the_module():
    grammar = nn.GrammarComposition(gtn.string_acceptor([1]))
    assert not list(grammar.parameters())
    assert grammar.double().grammar.dtype == torch.float64
