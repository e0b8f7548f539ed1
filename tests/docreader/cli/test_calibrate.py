"""`docreader calibrate`: stored thresholds and temperature."""

import pytest
import torch

from docreader.confidence.evidence import evidence_model
from docreader.confidence.thresholds import threshold
from models.files import default_reader_path, describe, load_model, save_model
from models.sdnn import SDNN, SDNNConfig


def test_strings_give_temperature_and_thresholds_and_leave_those_of_checks(run, table, tmp_path):
    out = tmp_path / "calibrated.safetensors"
    done = run("calibrate", "--strings", table, "--out", out)
    assert done.status == 0, done.err
    shipped, made = (
        load_model(path, kind="reader").metadata.calibration for path in (default_reader_path(), out)
    )
    assert made["strings"] == 3
    assert f"temperature {made['temperature']}" in done.out
    assert f"{out}: chosen on 3 answers" in done.out
    assert set(made["thresholds"]) == set(shipped["thresholds"])
    assert made["check"] == shipped["check"]


@pytest.mark.parametrize(
    "more",
    [
        (),
        ("--strings", "table", "table"),
        ("--strings", "table", "--field", "check"),
        ("--strings", "table", "--evidence", "table"),
    ],
)
def test_predictions_or_strings(run, table, tmp_path, more):
    words = [table if word == "table" else word for word in more]
    done = run("calibrate", *words, "--out", tmp_path / "calibrated.safetensors")
    assert done.status == 2
    assert "one of the three" in done.err


def test_a_recognizer_reads_no_strings(run, table, tmp_path):
    lenet = default_reader_path().with_name("lenet5-mnist.safetensors")
    done = run(
        "calibrate", "--strings", table, "--model", lenet, "--out", tmp_path / "calibrated.safetensors"
    )
    assert done.status == 2
    assert "calibrate a reader of whole amounts" in done.err


def test_half_precision_is_half_the_file(run, table, tmp_path):
    network = SDNN(SDNNConfig(maps=(2, 2, 64, 32)))
    model, out = tmp_path / "model.safetensors", tmp_path / "half.safetensors"
    save_model(model, network, describe(network, kind="reader", name="toy", version="1"))
    done = run("calibrate", "--strings", table, "--model", model, "--half", "--out", out)
    assert done.status == 0, done.err
    assert out.stat().st_size < 0.6 * model.stat().st_size
    assert load_model(out, kind="reader").name == "toy"


@pytest.mark.parametrize("field", ["amount", "check"])
def test_predictions_give_thresholds_and_leave_the_weights(run, tmp_path, field):
    network = SDNN(SDNNConfig(maps=(2, 2, 2, 2)))
    model, out = tmp_path / "model.safetensors", tmp_path / "out.safetensors"
    save_model(model, network, describe(network, kind="reader", name="toy", version="1"))
    predictions = tmp_path / "predictions.csv"
    predictions.write_text(
        "truth,answer,outcome,read_confidence,read_reason\n12,12,right,0.99,\n34,39,wrong,0.7,\n"
    )
    done = run("calibrate", predictions, "--field", field, "--model", model, "--out", out)
    assert done.status == 0, done.err
    calibrated = load_model(out, kind="reader")
    assert threshold(calibrated, 0.02, field) == pytest.approx(0.845)
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, calibrated.module.state_dict()[name])


def test_reader_goes_with_evidence(run, table, tmp_path):
    given = ("--strings", table, "--reader", default_reader_path())
    done = run("calibrate", *given, "--out", tmp_path / "calibrated.safetensors")
    assert done.status == 2
    assert "--reader goes with --evidence" in done.err


def test_evidence_gives_a_model_and_thresholds_of_both_fields(run, table, tmp_path, monkeypatch):
    monkeypatch.setattr("docreader.training.reader.fit_evidence.PAYS", 0.0)  # six images show no gain
    rows = [line.partition(",") for line in table.read_text().splitlines()[1:]]
    more = table.with_name("more.csv")
    more.write_text("file,amount,kind\n" + "".join(f"{file},,word\n" for file, _, _ in rows))
    out = tmp_path / "calibrated.safetensors"
    done = run("calibrate", "--evidence", table, "--evidence", more, "--out", out)
    assert done.status == 0, done.err
    assert "log loss" in done.out
    made = load_model(out, kind="reader").metadata.calibration
    assert evidence_model(made) is not None
    assert made["thresholds"] == made["check"]["thresholds"]
