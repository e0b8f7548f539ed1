"""Which answers are refused, and for what reason."""

import pytest

from docreader.decoding.grammar import load_grammar
from docreader.decoding.search import Hypothesis
from docreader.io.records import Character
from docreader.pipeline.decision import is_rule_rejection, merge_raised_cents, rejection_reason


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
        ({"_500_00": 1.0}, "--500.00", None),
        ({"_500_00": 1.0}, "-500.00-", None),
        ({"_500_00": 1.0}, "500.00-", None),
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


def test_small_high_digits_at_the_end_may_be_cents():
    found, grammar = answers(_12345=1.0), load_grammar("amount")
    raised = segments("123", 30) + [Character((x, 2.0, 12.0, 16.0), "4", 0.0) for x in (70.0, 85.0)]
    low = segments("123", 30) + [Character((x, 14.0, 12.0, 16.0), "4", 0.0) for x in (70.0, 85.0)]
    point = segments("123.", 30) + raised[3:]
    assert rejection_reason(found, raised, grammar, 0.5) == "possible_raised_cents"
    assert rejection_reason(found, low, grammar, 0.5) is None
    assert rejection_reason(found, point, grammar, 0.5) is None
    assert rejection_reason(found, segments("12345"), grammar, 0.5) is None


@pytest.mark.parametrize("least", [0.0, 0.5, 1.0])
def test_a_refusal_by_rule_holds_at_any_threshold(least):
    grammar = load_grammar("amount")
    assert is_rule_rejection(rejection_reason(answers(_500=0.4), segments("-500"), grammar, least))
    assert is_rule_rejection(rejection_reason(answers(_500=0.4), segments("500", height=7), grammar, least))
    assert not is_rule_rejection(rejection_reason(answers(_500=0.4), segments("500"), grammar, least))
    assert not is_rule_rejection(
        rejection_reason(answers(_1234_56=0.4, _123456=0.3), segments("1234.56"), grammar, least)
    )


def test_raised_digits_are_cents_where_they_may_be_read_so():
    grammar = load_grammar("amount")
    raised = segments("1.234", 30) + [Character((x, 2.0, 12.0, 16.0), "5", 0.0) for x in (110.0, 125.0)]
    found = answers(_1_23455=0.8) + answers(_123_455=0.05) + [Hypothesis("1,234.55", 0.1, ())]
    best, second = merge_raised_cents(found, raised, grammar)
    assert (best.text, best.posterior) == ("1,234.55", pytest.approx(0.9))
    assert second == found[1]
    assert merge_raised_cents(found, segments("1.23455"), grammar) == found
    assert merge_raised_cents(found, raised, load_grammar("digits")) == found
    unlikely = [found[0], Hypothesis("1,234.55", 0.01, ())]
    assert merge_raised_cents(unlikely, raised, grammar) == unlikely
    assert merge_raised_cents([], (), grammar) == []
