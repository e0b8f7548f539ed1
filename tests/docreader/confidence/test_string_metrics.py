"""Alignment against the definition of the Levenshtein distance."""

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from docreader.confidence.string_metrics import align, string_metrics

strings = st.text("0123.", max_size=7)


@cache
def by_definition(a, b):
    if not a or not b:
        return len(a) + len(b)
    return min(
        by_definition(a[1:], b[1:]) + (a[0] != b[0]), by_definition(a[1:], b) + 1, by_definition(a, b[1:]) + 1
    )


@given(strings, strings)
def test_the_distance_is_the_least_number_of_edits(truth, answer):
    assert string_metrics([truth], [answer]).edits == by_definition(truth, answer)


@given(strings, strings)
def test_the_pairs_spell_both_strings(truth, answer):
    pairs = align(truth, answer)
    assert "".join(wanted for wanted, _ in pairs) == truth
    assert "".join(read for _, read in pairs) == answer
    assert ("", "") not in pairs


def test_a_confusion_is_a_substitution_and_no_pair_of_edits():
    assert align("1984", "1784") == [("1", "1"), ("9", "7"), ("8", "8"), ("4", "4")]


def test_metrics_of_no_strings():
    found = string_metrics([], [])
    assert (found.exact, found.cer) == (0.0, 0.0)
