"""Outcomes of readings compared with the ground truth."""

from dataclasses import replace

import pytest

from docreader.evaluation.comparison import Outcome, SampleResult, compare, correct_labels
from docreader.io.ground_truth import Correction, TruthColumn
from docreader.io.records import ErrorRecord, Failure
from segment.image.box import Box


def result(item, *records, column=TruthColumn.LABEL, digits_only=False):
    return compare(item, records, column, digits_only=digits_only)


@pytest.mark.parametrize(
    ("text", "confidence", "outcome", "correct"),
    [
        ("60", 0.9, Outcome.RIGHT, True),
        ("66", 0.9, Outcome.WRONG, False),
        ("60", 0.1, Outcome.REJECTED, True),
        ("", 0.0, Outcome.REJECTED, False),
    ],
)
def test_outcomes(make_item, make_reading, text, confidence, outcome, correct):
    one = result(make_item("60"), make_reading(text, confidence))
    assert (one.outcome, one.correct, one.confidence) == (outcome, correct, confidence)


def test_digits_alone(make_item, make_reading):
    item, reading = make_item("1.200-"), make_reading("1,200")
    assert not result(item, reading).correct
    assert result(item, reading, digits_only=True).correct


@pytest.mark.parametrize(
    ("amount", "correct"), [("1200.50", True), ("1200.5", True), ("1200.05", False), (None, False)]
)
def test_amounts_are_compared_as_numbers(make_item, make_reading, amount, correct):
    one = result(make_item("1200.5"), make_reading("whatever", amount=amount), column=TruthColumn.AMOUNT)
    assert one.correct is correct


def test_the_page_that_is_labeled_counts(make_item, make_reading):
    readings = [make_reading("1", page=1), make_reading("2", page=2)]
    assert result(make_item("2", page=2), *readings).correct
    assert result(make_item("1"), *readings).correct


def test_of_several_fields_the_most_confident_counts(make_item, make_reading):
    assert result(make_item("1"), make_reading("2", 0.6), make_reading("1", 0.8)).correct


def test_failures(make_item, make_reading):
    error = ErrorRecord(file="f", error=Failure("X", "y"))
    torn = ErrorRecord(file="f", page=2, error=Failure("X", "y"))
    assert result(make_item("1"), error).outcome is Outcome.FAILED
    assert result(make_item("1", page=2), make_reading("1"), torn).record == torn
    missing = result(make_item("1", page=9), make_reading("1"), torn)
    assert (missing.outcome, missing.record) == (Outcome.FAILED, None)


def test_corrected_labels(make_item, make_reading):
    raw = [
        result(make_item("7"), make_reading("1")),
        result(make_item("5", file="b.png"), make_reading("5")),
    ]
    corrections = {"a.png": Correction(2, "1.-", "a 1 typed as 7")}
    corrected = correct_labels(raw, corrections, TruthColumn.LABEL, digits_only=True)
    assert [one.outcome for one in raw] == [Outcome.WRONG, Outcome.RIGHT]
    assert [one.outcome for one in corrected] == [Outcome.RIGHT, Outcome.RIGHT]
    assert [one.reason for one in corrected] == ["a 1 typed as 7", None]


@pytest.mark.parametrize(
    ("found", "expected"), [(Box(10, 10, 100, 50), True), (Box(60, 10, 100, 50), False), (None, False)]
)
def test_a_field_is_found_where_half_of_the_union_is_shared(make_item, make_reading, found, expected):
    item = make_item("12", x="10", y="12", w="100", h="50")
    reading = replace(make_reading("12"), bbox=found)
    assert SampleResult(item, "12", "12", reading).field_found is expected
    assert (
        SampleResult(make_item("12", x="10", y="12", w="0", h="50"), "12", "12", reading).field_found is None
    )
    assert SampleResult(make_item("12"), "12", "12", reading).field_found is None
