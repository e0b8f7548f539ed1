"""Which answers are refused, and for what reason."""

from types import SimpleNamespace

import pytest

from docreader.confidence.thresholds import Thresholds
from docreader.decoding.grammar import load_grammar
from docreader.decoding.search import Hypothesis
from docreader.io.records import Character
from docreader.pipeline import decision as decision_module
from docreader.pipeline.decision import decide, is_rule_rejection, rejection_reason, touches_edge
from segment.image.transform import Transform


def segments(read: str, height: float = 30) -> list[Character]:
    return [Character((20.0 * n, 0.0, 18.0, height), c, 0.0) for n, c in enumerate(read)]


def answers(**shares: float) -> list[Hypothesis]:
    return [Hypothesis(text.strip("_").replace("_", "."), share, ()) for text, share in shares.items()]


@pytest.mark.parametrize(
    ("found", "read", "reason"),
    [
        ({"_1234_56": 0.8, "_123456": 0.1}, "1234.56", None),
        ({}, "", "no_valid_amount"),
        ({"_1234_56": 0.4, "_1284_56": 0.3}, "1234.56", "low_confidence"),
        ({"_1234_56": 0.4, "_123456": 0.3}, "1234.56", "ambiguous_decimal_point"),
        ({"_500_00": 1.0}, "$-500.00", "possible_minus"),
        ({"_500_00": 1.0}, "#-#500.00#", "possible_minus"),
        ({"_500_00": 1.0}, "---500.00", None),
        ({"_500_00": 1.0}, "-500.00-", None),
        ({"_500_00": 1.0}, "500.00--", None),
        ({"_500": 1.0}, "500-", None),
        ({"_0_00": 1.0}, "0.00", "zero"),
        ({"_123456789": 1.0}, "123456789", None),
        ({"_1234567890": 1.0}, "1234567890", "not_an_amount"),
        ({"_12_05": 1.0}, "$12-05", "not_an_amount"),
        ({"_112_05": 1.0}, "112-05", None),
    ],
)
def test_reasons(found, read, reason):
    assert rejection_reason(answers(**found), segments(read), load_grammar("amount"), 0.5) == reason


@pytest.mark.parametrize(
    ("read", "reason"),
    [("1", "single_digit"), ("#1#", "single_digit"), ("1-", None), ("$1", None), ("12", None)],
)
def test_a_single_digit_is_no_field_of_a_page(read, reason):
    found, grammar = answers(_1=1.0), load_grammar("amount")
    assert rejection_reason(found, segments(read), grammar, 0.5, auto_located=True) == reason
    assert rejection_reason(found, segments(read), grammar, 0.5) is None


def test_bare_digits_have_no_sign():
    assert rejection_reason(answers(_500=1.0), segments("-500"), load_grammar("digits"), 0.5) is None


def test_what_is_too_small_to_read_is_refused():
    found = answers(_500=1.0)
    assert rejection_reason(found, segments("500", height=7), load_grammar("amount"), 0.0) == "low_resolution"
    assert rejection_reason(found, segments("500", height=9), load_grammar("amount"), 0.0) is None


@pytest.mark.parametrize("least", [0.0, 0.5, 1.0])
def test_a_refusal_by_rule_holds_at_any_threshold(least):
    grammar = load_grammar("amount")
    assert is_rule_rejection(rejection_reason(answers(_500=0.4), segments("-500"), grammar, least))
    assert is_rule_rejection(rejection_reason(answers(_500=0.4), segments("500", height=7), grammar, least))
    assert not is_rule_rejection(rejection_reason(answers(_500=0.4), segments("500"), grammar, least))
    assert not is_rule_rejection(
        rejection_reason(answers(_1234_56=0.4, _123456=0.3), segments("1234.56"), grammar, least)
    )


@pytest.mark.parametrize(
    ("gap", "least", "reason"),
    [(0.0, 0.9, None), (20.0, 0.9, "ambiguous_decimal_point"), (20.0, 0.995, "low_confidence")],
)
def test_the_geometry_is_the_reason_where_it_turns_an_acceptance(gap, least, reason, monkeypatch):
    monkeypatch.setattr(decision_module, "find_contradiction", lambda *_, **__: None)
    monkeypatch.setattr(decision_module, "measure_evidence", lambda *_: None)
    read = segments("70445")
    read[3:] = [Character((c.bbox[0] + gap, *c.bbox[1:]), c.character, 0.0) for c in read[3:]]
    candidate = SimpleNamespace(to_source=Transform.identity(), currency_symbol=None)
    page = SimpleNamespace(
        is_check=False,
        layout=SimpleNamespace(void_score=-1.0),
        candidates=[SimpleNamespace(candidate=candidate, field=None)],
    )
    recognizer = SimpleNamespace(characters=lambda hypothesis, field: read)
    found, grammar = answers(_70445=0.99), load_grammar("amount")
    decision = decide(page, found, recognizer, grammar, Thresholds(least, least, least), auto_located=True)
    assert decision.reason == reason


@pytest.mark.parametrize(("x", "width", "at_edge"), [(40, 20, False), (1, 20, True), (60, 39, True)])
def test_a_digit_at_the_edge_of_a_page_may_be_cut(x, width, at_edge):
    characters = [Character((30, 10, 10, 30), "4", -0.1), Character((x, 12, width, 30), "2", -0.1)]
    assert touches_edge(characters, (60, 100)) is at_edge
    dash = [Character((30, 10, 10, 30), "4", -0.1), Character((x, 12, width, 30), "-", -0.1)]
    assert not touches_edge(dash, (60, 100))
