"""Metrics of confidences against examples counted by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docreader.confidence.metrics import best_point, calibration_metrics, crossfitted_point, reject_curve


def arrays(*answers, groups=None):
    """Arrays of (confidence, right, acceptable) and one group each."""
    rows = [(*answer, True)[:3] for answer in answers]
    confidences, right, acceptable = zip(*rows, strict=True)
    names = groups or [str(number) for number in range(len(rows))]
    return np.array(confidences, float), np.array(right, bool), np.array(acceptable, bool), names


def curve(*answers):
    return reject_curve(*arrays(*answers)[:3])


EXAMPLE = [(0.9, True), (0.8, True), (0.8, False), (0.3, True), (0, False, False), (0, False, False)]


def test_calibration_of_an_example():
    found = calibration_metrics(np.array([0.95, 0.95, 0.6]), np.array([True, False, True]))
    assert found.count == 3
    assert [(row.low, row.count, row.accuracy) for row in found.bins] == [(0.6, 1, 1.0), (0.9, 2, 0.5)]
    assert found.ece == pytest.approx((1 * 0.4 + 2 * 0.45) / 3)
    assert found.log_loss == pytest.approx(-(math.log(0.95) + math.log(0.05) + math.log(0.6)) / 3)
    assert found.brier == pytest.approx((0.05**2 + 0.95**2 + 0.4**2) / 3)


def test_certainty_goes_into_the_last_bin_and_costs_no_infinity():
    found = calibration_metrics(np.array([1.0, 1.0]), np.array([False, True]))
    assert found.bins[0].high == 1
    assert math.isfinite(found.log_loss)


def test_without_answers_there_is_no_calibration():
    assert calibration_metrics(np.zeros(0), np.zeros(0, bool)) is None


def test_reject_curve_of_an_example():
    points = curve(*EXAMPLE)
    assert [(p.threshold, p.accepted, p.wrong) for p in points] == [
        (1.0, 0, 0),
        (0.9, 1, 0),
        (0.8, 3, 1),
        (0.3, 4, 1),
    ]
    assert points[-1].read_rate == pytest.approx(4 / 6)
    assert points[-1].error == pytest.approx(1 / 4)
    assert best_point(points, 0.25).accepted == 4
    assert best_point(points, 0.24).accepted == 1


@given(
    st.lists(
        st.tuples(st.integers(0, 4).map(lambda n: n / 4), st.booleans(), st.booleans()),
        min_size=1,
        max_size=12,
    )
)
def test_each_point_is_what_its_threshold_gives(answers):
    confidences, right, acceptable, _ = arrays(*answers)
    for point in reject_curve(confidences, right, acceptable)[1:]:
        taken = acceptable & (confidences >= point.threshold)
        assert point.accepted == taken.sum()
        assert point.wrong == (taken & ~right).sum()


def test_an_answer_that_a_rule_rejects_is_accepted_at_no_threshold():
    answers = [(0.98, False, False), (0.9, True), (0.8, True)]
    points = curve(*answers)
    assert [(point.threshold, point.accepted, point.wrong) for point in points] == [
        (1.0, 0, 0),
        (0.9, 1, 0),
        (0.8, 2, 0),
    ]
    assert points[-1].read_rate == pytest.approx(2 / 3)
    assert crossfitted_point(*arrays(*answers), 0.02, folds=3).wrong == 0


def test_nothing_but_mistakes_is_read_at_no_error():
    assert best_point(curve((0.9, False)), 0.01).accepted == 0


def test_a_threshold_is_not_evaluated_where_it_was_chosen():
    """One confident mistake: its own fold accepts it, whose threshold does not depend on it."""
    answers = [*[(0.9, True)] * 50, (0.95, False)]
    point = crossfitted_point(*arrays(*answers), 0.0)
    assert point.wrong == 1
    assert 0 < point.accepted < 51
    assert best_point(curve(*answers), 0.0).accepted == 0


def test_crossfitting_reads_everything_of_a_perfect_reader():
    point = crossfitted_point(*arrays(*[(0.9, True)] * 30), 0.01)
    assert (point.accepted, point.wrong, point.threshold) == (30, 0, pytest.approx(0.9))


def test_a_single_group_cannot_be_crossfitted():
    assert crossfitted_point(*arrays(*[(0.9, True)] * 10, groups=["same"] * 10), 0.01).accepted == 0
    assert crossfitted_point(*arrays((0.9, True)), 0.01).total == 1
