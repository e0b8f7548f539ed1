"""Acceptance thresholds of a model's calibration."""

import pytest

from docreader.confidence.thresholds import (
    REJECT_BELOW,
    UNCALIBRATED_CHECK_THRESHOLD,
    Thresholds,
    threshold,
)
from docreader.decoding.grammar import load_grammar
from docreader.errors import CalibrationError
from models.files import LoadedModel, describe
from models.sdnn import SDNN, SDNNConfig


def calibrated(thresholds):
    network = SDNN(SDNNConfig(maps=(2, 2, 2, 2)))
    calibration = None if thresholds is None else {"temperature": 1.0, "thresholds": thresholds}
    metadata = describe(network, kind="reader", name="mine", version="1", calibration=calibration)
    return LoadedModel(network, metadata.labels, metadata, "", "mine", "1")


def test_the_threshold_is_that_of_the_nearest_error_below():
    model = calibrated(
        {"0.001": [0.99, 5, 0], "0.01": [0.9, 50, 0], "0.02": [0.8, 60, 1], "0.05": [0.4, 90, 4]}
    )
    assert threshold(model, None) == 0.9
    assert threshold(model, 0.01) == 0.9
    assert threshold(model, 0.03) == 0.8
    assert threshold(model, 0.5) == 0.4
    with pytest.raises(CalibrationError, match=r"errors of 0\.001 and more, not 0\.0005"):
        threshold(model, 0.0005)


def test_without_calibration():
    assert threshold(calibrated(None), None) == REJECT_BELOW
    with pytest.raises(CalibrationError, match=r"no calibration.*0\.01"):
        threshold(calibrated(None), 0.01)


def test_amounts_that_were_cut_out_are_accepted_no_sooner_than_those_on_checks():
    model = calibrated({"0.01": [0.6, 9, 0, 0.3]})
    assert Thresholds.for_target(model, None, load_grammar("amount")) == (
        0.6,
        UNCALIBRATED_CHECK_THRESHOLD,
        UNCALIBRATED_CHECK_THRESHOLD,
    )
    model.metadata.calibration["check"] = {"thresholds": {"0.01": [0.7, 9, 0, 0.3]}}
    assert Thresholds.for_target(model, None, load_grammar("amount")) == (
        0.7,
        0.7,
        UNCALIBRATED_CHECK_THRESHOLD,
    )
    assert Thresholds.for_target(model, None, load_grammar("digits")) == (
        0.6,
        0.7,
        UNCALIBRATED_CHECK_THRESHOLD,
    )


def test_whole_checks_have_thresholds_of_their_own():
    model = calibrated({"0.01": [0.9, 50, 0, 0.1], "0.02": [0.6, 80, 1, 0.1]})
    assert threshold(model, None, "check") == UNCALIBRATED_CHECK_THRESHOLD
    assert threshold(model, 0.01, "check") == UNCALIBRATED_CHECK_THRESHOLD
    model.metadata.calibration["check"] = {"thresholds": {"0.01": [0.7, 9, 0, 0.3]}}
    assert threshold(model, None, "check") == threshold(model, 0.05, "check") == 0.7
    assert threshold(model, None) == 0.9
    with pytest.raises(CalibrationError, match=r"errors of 0\.01 and more"):
        threshold(model, 0.005, "check")
