"""Calibration of answers made by hand."""

import math

import pytest

from docreader.evaluation.calibration import calibrate


def test_an_example(make_judged):
    found = calibrate(
        make_judged(("1", "1", 0.95), ("1", "2", 0.95), ("1", "1", 0.6), ("1", None, 0), ("1", "", 0))
    )
    assert found.count == 3
    assert [(row.low, row.count, row.accuracy) for row in found.bins] == [(0.6, 1, 1.0), (0.9, 2, 0.5)]
    assert found.ece == pytest.approx((1 * 0.4 + 2 * 0.45) / 3)
    assert found.log_loss == pytest.approx(-(math.log(0.95) + math.log(0.05) + math.log(0.6)) / 3)
    assert found.brier == pytest.approx((0.05**2 + 0.95**2 + 0.4**2) / 3)


def test_certainty_goes_into_the_last_bin_and_costs_no_infinity(make_judged):
    found = calibrate(make_judged(("1", "2", 1.0), ("1", "1", 1.0)))
    assert found.bins[0].high == 1
    assert math.isfinite(found.log_loss)


def test_without_answers_there_is_none(make_judged):
    assert calibrate(make_judged(("1", None, 0), ("1", "", 0))) is None
