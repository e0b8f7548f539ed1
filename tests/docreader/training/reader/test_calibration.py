from dataclasses import replace

import pytest

from docreader.confidence.calibration import TEMPERATURES
from docreader.training.reader.calibration import calibrate
from docreader.training.reader.tasks.factory import make_task
from docreader.training.reader.trainer import train_reader


def test_calibration_has_what_was_measured(toys, recipe, tmp_path):
    network = train_reader(toys, toys, [], replace(recipe, epochs=60), tmp_path).network
    found = calibrate(make_task(recipe).calibration_graphs(network, toys), toys)
    assert found["temperature"] in TEMPERATURES
    assert found["strings"] == len(toys)
    assert found["exact"] == pytest.approx(1.0)
    assert found["thresholds"]["0.01"][1:3] == [len(toys), 0]
    assert sum(count for _, count, _ in found["reliability"]) == len(toys)
