"""Choice of temperature and thresholds from labeled answers."""

import numpy as np
import pytest

from docreader.confidence.calibration import TEMPERATURES, choose_thresholds, fit_calibration, with_thresholds
from docreader.confidence.proportions import upper_bound
from docreader.confidence.thresholds import threshold
from models.files import LoadedModel, describe
from models.sdnn import SDNN, SDNNConfig


def test_thresholds_accept_most_at_each_error():
    confidences = np.linspace(0.9999, 0.9992, 200)
    right = np.ones(200, bool)
    right[[150, 199]] = False
    found = choose_thresholds(confidences, right)
    assert found["0.001"][1:] == [150, 0, round(upper_bound(0, 150), 4)]
    assert found["0.01"] == [pytest.approx(confidences[199]), 200, 2, round(upper_bound(2, 200), 4)]
    assert confidences[150] < found["0.001"][0] < confidences[149]


def test_lucky_answers_do_not_justify_low_confidences():
    confidences = np.array([0.99] * 50 + [0.7] * 50)
    found = choose_thresholds(confidences, np.ones(100, bool))
    assert found["0.02"][:3] == [pytest.approx(0.845), 50, 0]
    assert found["0.005"][1] == 0
    assert found["0.005"][0] > 0.99


def test_nothing_is_accepted_if_the_most_confident_answer_is_wrong():
    threshold, accepted, wrong, bound = choose_thresholds(np.array([0.9, 0.8]), np.array([False, True]))[
        "0.01"
    ]
    assert (accepted, wrong, bound) == (0, 0, 1.0)
    assert threshold > 0.9


def test_calibrated_confidences_keep_a_temperature_near_one():
    rng = np.random.default_rng(0)
    true = rng.uniform(0.3, 1.0, 4000)
    right = np.tile(rng.random(4000) < true, (len(TEMPERATURES), 1))
    logit = np.log(true / (1 - true))
    confidences = np.stack([1 / (1 + np.exp(-logit / value)) for value in TEMPERATURES])
    found = fit_calibration(confidences, right)
    assert 0.9 < found["temperature"] < 1.1
    for mean, count, hits in found["reliability"]:
        assert abs(hits / count - mean) < 4 * np.sqrt(0.25 / count)
    assert sum(count for _, count, _ in found["reliability"]) == 4000
    for target, (accepted, wrong) in found["crossfitted"].items():
        assert 0 <= wrong <= accepted <= 4000
        assert wrong <= 3 * float(target) * accepted + 5
    rates = [taken for taken, _ in found["crossfitted"].values()]
    assert rates == sorted(rates)


def test_one_string_is_enough_to_fit_something():
    found = fit_calibration(np.full((len(TEMPERATURES), 1), 0.7), np.ones((len(TEMPERATURES), 1), bool))
    assert found["strings"] == 1
    assert found["exact"] == 1.0


def test_thresholds_of_checks_and_of_amounts_are_independent():
    network = SDNN(SDNNConfig(maps=(2, 2, 2, 2)))
    calibration = {
        "temperature": 1.5,
        "thresholds": {"0.02": [0.6, 80, 1, 0.1]},
        "reliability": [[0.5, 2, 1]],
    }
    metadata = describe(network, kind="reader", name="mine", version="1", calibration=calibration)
    loaded = LoadedModel(network, metadata.labels, metadata, "", "mine", "1")
    confidences, right = np.array([0.99, 0.98, 0.7]), np.array([True, True, False])
    checks = with_thresholds(loaded, "check", confidences, right)
    assert threshold(checks, 0.02, "check") == pytest.approx(0.84)
    assert threshold(checks, 0.02) == 0.6
    amounts = with_thresholds(checks, "amount", confidences, right)
    assert threshold(amounts, 0.02) == threshold(amounts, 0.02, "check") == pytest.approx(0.84)
    assert amounts.metadata.calibration["temperature"] == 1.5
    assert "reliability" not in amounts.metadata.calibration
