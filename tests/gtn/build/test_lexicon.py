import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gtn
from tests.gtn.oracle import language

WORD = st.lists(st.integers(0, 2), max_size=3)


@given(words=st.lists(WORD, max_size=5, unique_by=tuple), data=st.data())
def test_lexicon_accepts_its_words(words, data):
    scores = torch.tensor([data.draw(st.integers(-3, 3)) / 2 for _ in words], dtype=torch.float64)
    found = language(gtn.lexicon_acceptor(words, scores))
    assert found == {(tuple(w), tuple(w)): s for w, s in zip(words, scores.tolist(), strict=True)}


@given(
    spellings=st.dictionaries(
        st.integers(0, 5), st.lists(WORD.filter(len), min_size=1, max_size=2, unique_by=tuple)
    )
)
def test_transducer_reads_spellings_and_writes_words(spellings):
    found = language(gtn.lexicon_transducer(spellings))
    assert found == {(tuple(s), (word,)): 0.0 for word, ways in spellings.items() for s in ways}


def test_scores_of_a_lexicon_have_gradients():
    scores = torch.zeros(2, requires_grad=True)
    for g in (
        gtn.lexicon_acceptor([[1], [1, 2]], scores),
        gtn.lexicon_transducer({5: [[1], [1, 2]]}, scores),
    ):
        scores.grad = None
        gtn.forward_score(g).backward()
        assert scores.grad.tolist() == pytest.approx([0.5, 0.5])


@given(values=st.lists(st.integers(-3, 3), min_size=1, max_size=3))
def test_scalar_graphs_accept_the_empty_string(values):
    g = gtn.scalar_graph(torch.tensor(values, dtype=torch.float64))
    assert [language(one) for one in g] == [{((), ()): v} for v in values]


def test_label_graph():
    assert language(gtn.label_graph([3, 5], torch.tensor([0.5, 1.0]))) == {
        ((3,), (3,)): 0.5,
        ((5,), (5,)): 1.0,
    }


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: gtn.lexicon_acceptor([[1], [1]]), "twice"),
        (lambda: gtn.lexicon_acceptor([[-1]]), "labels >= 0"),
        (lambda: gtn.lexicon_acceptor([[1]], torch.zeros(2)), "1 words"),
        (lambda: gtn.lexicon_transducer({1: [[]]}), "empty"),
        (lambda: gtn.lexicon_transducer({1: [[1]]}, torch.zeros(2)), "1 spellings"),
    ],
)
def test_errors(call, message):
    with pytest.raises(gtn.GraphError, match=message):
        call()
