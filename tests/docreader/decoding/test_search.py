import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import gtn
from docreader.decoding import alphabet
from docreader.decoding.grammar import load_grammar
from docreader.decoding.lattice import Lattice
from docreader.decoding.search import best_hypotheses


def brute_force(rows: list[dict[str, float]]) -> dict[str, float]:
    """Posterior of every digit string by enumeration; "" stands for no digit at all."""
    mass: dict[str, float] = {}
    for path in itertools.product(*(row.items() for row in rows)):
        text = "".join(c for c, _ in path if c in alphabet.DIGITS)
        mass[text] = mass.get(text, 0.0) + math.exp(sum(score for _, score in path))
    total = sum(mass.values())
    return {text: value / total for text, value in mass.items()}


rows = st.lists(
    st.dictionaries(st.sampled_from("127.-#"), st.floats(-6, 0), min_size=1, max_size=5),
    min_size=1,
    max_size=4,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(rows, min_size=1, max_size=4))
def test_posteriors_equal_enumeration(lattice, items):
    batch = gtn.batch([lattice(item) for item in items])
    found = best_hypotheses(Lattice.of(batch), load_grammar("digits"), 300)
    for item, answers in zip(items, found, strict=True):
        right = brute_force(item)
        nothing = right.pop("", 0.0)
        assert {answer.text for answer in answers} == set(right)
        for answer in answers:
            assert answer.posterior == pytest.approx(right[answer.text], abs=1e-4)
        assert sum(answer.posterior for answer in answers) + nothing == pytest.approx(1, abs=1e-3)
        values = [answer.posterior for answer in answers]
        assert values == sorted(values, reverse=True)


def test_the_path_has_segment_character_and_score(lattice):
    graph = lattice([{"7": -0.1, "1": -2.0}, {".": -0.3}, {"2": -0.5}])
    [[answer, *_]] = best_hypotheses(Lattice.of(graph), load_grammar("digits"), 2)
    assert [(step.unit, step.character) for step in answer.path] == [(0, "7"), (1, "."), (2, "2")]
    assert [step.score for step in answer.path] == pytest.approx([-0.1, -0.3, -0.5])


def test_an_item_without_an_answer_leaves_the_others_alone(lattice):
    good, bad = lattice([{"7": -0.1}]), lattice([{"#": -0.1}])
    empty = gtn.Graph.from_arcs([], [], [], num_states=1, start=0, final=0, payload=[])
    [first, second, third, fourth] = best_hypotheses(
        Lattice.of(gtn.batch([bad, good, empty, good])), load_grammar("digits"), 3
    )
    assert first == third == []
    assert [answer.text for answer in second] == ["7"]
    assert second == fourth


def test_ink_that_is_best_explained_as_dirt_gives_no_confidence(lattice):
    [[answer]] = best_hypotheses(Lattice.of(lattice([{"7": -5.0, "#": 0.0}])), load_grammar("digits"), 3)
    assert answer.posterior == pytest.approx(math.exp(-5) / (1 + math.exp(-5)))


def test_float64_graphs_are_searched_as_they_are(lattice):
    graph = lattice([{"7": 0.0, "1": -2.0}]).to(dtype=torch.float64)
    [[answer, _]] = best_hypotheses(Lattice.of(graph), load_grammar("digits"), 2)
    assert answer.posterior == pytest.approx(1 / (1 + math.exp(-2)), abs=1e-12)


def test_spellings_of_one_amount_are_one_answer(lattice):
    rows = [{"1": 0.0}, {"2": 0.0}, {".": math.log(0.5), "#": math.log(0.3), "5": math.log(0.2)}]
    rows += [{c: 0.0} for c in "000"]
    [answers] = best_hypotheses(Lattice.of(gtn.batch([lattice(rows)])), load_grammar("inr"), 5)
    assert [(answer.text, round(answer.posterior, 4)) for answer in answers] == [
        ("12,000", 0.8),
        ("125000", 0.2),
    ]


@pytest.mark.parametrize("read", ["$1234.56", "55.60000/-", "1.05.000", "1.234.567", "1234x"])
def test_odds_of_the_forms_move_probability_between_amounts_alone(lattice, read):
    graphs = gtn.batch([lattice([{c: 0.0, "#": -7.0} for c in text]) for text in (read, "7.50", read, read)])
    symbols = [None, "$", "₹", "$"]
    found = best_hypotheses(Lattice.of(graphs), load_grammar("amount"), 20, currency_symbols=symbols)
    of_symbol = [found[0], *found[2:]]
    for answers in of_symbol:
        assert answers[0].no_amount == pytest.approx(of_symbol[0][0].no_amount, abs=1e-5)
        total = sum(answer.posterior for answer in answers) + answers[0].no_amount
        assert total == pytest.approx(1.0, abs=1e-3)
    assert len({answers[0].text for answers in of_symbol}) == 1


def test_a_score_common_to_all_texts_of_a_grammar_changes_nothing(lattice, tmp_path):
    graph, found = lattice([{"1": -0.5, "2": -1.0, ".": -2.0}]), []
    for score in ("-3", "0", "2"):
        file = tmp_path / f"{score}.txt"
        file.write_text(f"0 1 1 1 {score}\n0 1 2 2 {score}\n1\n")
        [answers] = best_hypotheses(Lattice.of(graph), load_grammar(str(file)), 2)
        found.append([answer.posterior for answer in answers])
    assert found[0] == pytest.approx(found[1], abs=1e-5)
    assert found[2] == pytest.approx(found[1], abs=1e-5)
    assert sum(found[0]) < 0.9
