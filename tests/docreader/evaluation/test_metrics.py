"""Metrics of a small evaluation, counted by hand."""

import json

from docreader.evaluation.comparison import Outcome
from docreader.evaluation.metrics import compute_metrics, metrics_to_json, worst_mistakes

EXAMPLE = [("12", "12", 0.9), ("34", "84", 0.8), ("56", "56", 0.2), ("78", None, 0), ("90", "7", 0.95)]


def test_an_example(make_results):
    metrics = compute_metrics(make_results(*EXAMPLE))
    assert {outcome: part.count for outcome, part in metrics.outcomes.items()} == {
        Outcome.RIGHT: 1,
        Outcome.WRONG: 2,
        Outcome.REJECTED: 1,
        Outcome.FAILED: 1,
    }
    assert all(part.total == 5 for part in metrics.outcomes.values())
    assert (metrics.error.count, metrics.error.total) == (2, 3)
    assert metrics.exact.count == 2
    assert (metrics.strings.edits, metrics.strings.characters) == (1 + 2 + 2, 10)
    assert metrics.strings.confusion["3", "8"] == 1
    assert metrics.strings.confusion["7", ""] == 1
    assert metrics.strings.confusion["1", "1"] == 1


def test_mistakes_come_with_the_most_confident_first(make_results):
    assert [item.answer for item in worst_mistakes(make_results(*EXAMPLE), 5)] == ["7", "84"]
    assert len(worst_mistakes(make_results(*EXAMPLE), 1)) == 1


def test_json_keeps_the_ends_of_a_long_curve(make_results):
    results = make_results(*[("1", "1", n / 1000) for n in range(1, 1000)])
    data = metrics_to_json(compute_metrics(results), curve_points=50)
    assert 50 <= len(data["reject_curve"]) <= 60
    assert data["reject_curve"][0]["accepted"] == 0
    assert data["reject_curve"][-1]["accepted"] == 999
    json.dumps(data, allow_nan=False)


def test_nothing_read_is_no_division_by_zero(make_results):
    data = metrics_to_json(compute_metrics(make_results(("1", None, 0))))
    assert data["failed"]["count"] == 1
    assert data["error_among_accepted"]["value"] is None
    assert data["calibration"] is None
    json.dumps(data, allow_nan=False)
