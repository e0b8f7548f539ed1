"""Thresholds from predictions files, and the command that stores them."""

import numpy as np
import pytest
import torch

from docreader.confidence.calibration import with_thresholds
from docreader.confidence.thresholds import threshold
from docreader.errors import LabelsError
from docreader.evaluation.predictions import read_predictions
from models.files import describe, load_model, save_model
from models.sdnn import SDNN, SDNNConfig

HEADER = "file,label,truth,answer,outcome,corrected_truth,corrected_outcome,read_confidence,read_reason\n"


@pytest.fixture
def model(tmp_path):
    torch.manual_seed(0)
    network = SDNN(SDNNConfig(maps=(2, 2, 2, 2)))
    path = tmp_path / "mine.safetensors"
    calibration = {
        "temperature": 1.5,
        "thresholds": {"0.02": [0.6, 80, 1, 0.1]},
        "reliability": [[0.5, 2, 1]],
    }
    save_model(
        path, network, describe(network, kind="reader", name="mine", version="1", calibration=calibration)
    )
    return path


def test_what_was_said(tmp_path):
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text(HEADER + "a,12,12,12,right,12,right,0.99,\nb,34,34,39,wrong,39,right,0.8,\n")
    two.write_text(
        HEADER + "c,5,5,,rejected,5,rejected,0,\nd,6,6,,failed,6,failed,,\ne,7,7,1,rejected,7,rejected,0.4,\n"
    )
    confidences, right = read_predictions([one, two])
    assert confidences.tolist() == [0.99, 0.8, 0.4]
    assert right.tolist() == [True, True, False]


def test_what_a_rule_refused_is_accepted_at_no_threshold(tmp_path):
    path = tmp_path / "said.csv"
    path.write_text(
        HEADER
        + "a,-500,-500,500,rejected,-500,rejected,0.98,possible_minus\n"
        + "b,7,7,7,rejected,7,rejected,0.97,low_resolution\n"
        + "c,12,12,12,rejected,12,rejected,0.6,low_confidence\n"
        + "d,1.5,1.5,15,rejected,1.5,rejected,0.5,ambiguous_decimal_point\n"
    )
    confidences, right = read_predictions([path])
    assert confidences.tolist() == [0.6, 0.5]
    assert right.tolist() == [True, False]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("file,label\na,1\n", "no column 'read_confidence'"),
        (HEADER, "has an answer"),
        (HEADER + "a,12,12,12,right,12,right,often,\n", "line 2"),
    ],
)
def test_files_that_say_nothing(tmp_path, content, message):
    path = tmp_path / "said.csv"
    path.write_text(content)
    with pytest.raises(LabelsError, match=message):
        read_predictions([path])


def test_checks_and_amounts_do_not_touch_each_other(model):
    loaded = load_model(model, kind="reader")
    confidences, right = np.array([0.99, 0.98, 0.7]), np.array([True, True, False])
    checks = with_thresholds(loaded, "check", confidences, right)
    assert threshold(checks, 0.02, "check") == pytest.approx(0.84)
    assert threshold(checks, 0.02) == 0.6
    amounts = with_thresholds(checks, "amount", confidences, right)
    assert threshold(amounts, 0.02) == threshold(amounts, 0.02, "check") == pytest.approx(0.84)
    assert amounts.metadata.calibration["temperature"] == 1.5
    assert "reliability" not in amounts.metadata.calibration


@pytest.mark.parametrize("field", ["amount", "check"])
def test_the_command_writes_a_model_with_the_same_weights(model, field, tmp_path):
    from docreader.cli import main

    said, out = tmp_path / "said.csv", tmp_path / "out.safetensors"
    said.write_text(HEADER + "a,12,12,12,right,12,right,0.99,\nb,34,34,39,wrong,34,wrong,0.7,\n")
    assert main(["calibrate", str(said), "--field", field, "--model", str(model), "--out", str(out)]) == 0
    before, after = load_model(model, kind="reader"), load_model(out, kind="reader")
    assert threshold(after, 0.02, field) == pytest.approx(0.845)
    for name, tensor in before.module.state_dict().items():
        assert torch.equal(tensor, after.module.state_dict()[name])
