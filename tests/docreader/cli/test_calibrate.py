import pytest

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
    "more", [(), ("--strings", "table", "table"), ("--strings", "table", "--field", "check")]
)
def test_predictions_or_strings(run, table, tmp_path, more):
    words = [table if word == "table" else word for word in more]
    done = run("calibrate", *words, "--out", tmp_path / "calibrated.safetensors")
    assert done.status == 2
    assert "one of the two" in done.err


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
