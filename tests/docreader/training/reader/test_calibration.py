from dataclasses import replace

import numpy as np
import pytest

from docreader.training.reader.calibration import TEMPERATURES, calibrate, thresholds
from docreader.training.reader.loop import train_reader


def test_thresholds_accept_most_at_each_error():
    confidences = np.linspace(0.99, 0.5, 200)
    right = np.ones(200, bool)
    right[[150, 199]] = False
    found = thresholds(confidences, right)
    assert found["0.001"][1:] == [150, 0]
    assert found["0.01"][1:] == [200, 2]
    assert confidences[150] < found["0.001"][0] < confidences[149]


def test_where_the_surest_answer_is_wrong_nothing_is_accepted():
    threshold, accepted, wrong = thresholds(np.array([0.9, 0.8]), np.array([False, True]))["0.01"]
    assert (accepted, wrong) == (0, 0)
    assert threshold > 0.9


def test_calibration_says_what_was_measured(toys, recipe, tmp_path):
    network = train_reader(toys, toys, [], replace(recipe, passes=60), tmp_path).network
    found = calibrate(network, toys)
    assert found["temperature"] in TEMPERATURES
    assert found["strings"] == len(toys)
    assert found["exact"] == pytest.approx(1.0)
    assert found["thresholds"]["0.01"][1:] == [len(toys), 0]
