import pytest
import torch

from docreader.decoding.grammar import load_grammar
from docreader.errors import CalibrationError, ConfigurationError
from docreader.recognition.registry import (
    REJECT_BELOW,
    UNCALIBRATED_CHECK_THRESHOLD,
    load_recognizer,
    threshold,
    thresholds,
)
from models.ensemble_file import default_ensemble_path
from models.errors import ModelKindError
from models.files import LoadedModel, default_model_path, default_reader_path, describe, save_model
from models.historical.lenet_review import LeNetReview, LeNetReviewConfig
from models.lenet import LeNet, LeNetConfig
from models.sdnn import SDNN, SDNNConfig

CPU = torch.device("cpu")


def test_the_model_and_the_method_name_each_other():
    assert load_recognizer(None, None, CPU)[0].name == "sdnn"
    assert load_recognizer(None, "hos", CPU)[1].name == "reader-hos"
    assert (
        load_recognizer(None, "ensemble", CPU)[0].name
        == load_recognizer(default_ensemble_path(), None, CPU)[0].name
        == "ensemble"
    )
    assert load_recognizer(default_model_path(), None, CPU)[0].name == "hos"
    assert load_recognizer(default_reader_path(), None, CPU)[0].name == "sdnn"


@pytest.mark.parametrize(("path", "name"), [(default_model_path, "sdnn"), (default_reader_path, "hos")])
def test_a_model_of_the_other_method(path, name):
    with pytest.raises(ConfigurationError, match=f"not by {name}"):
        load_recognizer(path(), name, CPU)


def test_a_model_of_another_kind(tmp_path):
    network = SDNN(SDNNConfig(maps=(2, 2, 2, 2)))
    path = tmp_path / "cats.safetensors"
    save_model(path, network, describe(network, kind="classifier", name="cats", version="1"))
    with pytest.raises(ModelKindError, match="holds a classifier, not a recognizer or a reader"):
        load_recognizer(path, None, CPU)


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


def saved(network, path):
    save_model(path, network, describe(network, kind="recognizer", name="mine", version="1"))
    return path


def test_a_wider_recognizer_of_single_characters_reads_segments_too(tmp_path):
    network = LeNet(LeNetConfig(maps=(2, 2, 4, 4))).eval()
    method, _ = load_recognizer(saved(network, tmp_path / "wide.safetensors"), None, CPU)
    assert method.name == "hos"
    pictures = torch.rand(3, 1, 32, 32)
    found, expected = method.network.recognizer.log_posteriors(pictures), network.log_posteriors(pictures)
    assert torch.equal(found.argmax(1), expected.argmax(1))
    assert torch.allclose(
        found, expected, atol=1e-5
    )  # the method keeps its weights in another order of memory


def test_a_recognizer_that_knows_no_rubbish_is_refused(tmp_path):
    network = LeNetReview(LeNetReviewConfig(tuple("0123456789")))
    with pytest.raises(ConfigurationError, match="lenet5 or lenet"):
        load_recognizer(saved(network, tmp_path / "review.safetensors"), None, CPU)


def test_amounts_that_were_cut_out_are_accepted_no_sooner_than_those_on_checks():
    model = calibrated({"0.01": [0.6, 9, 0, 0.3]})
    assert thresholds(model, None, load_grammar("amount")) == (
        0.6,
        UNCALIBRATED_CHECK_THRESHOLD,
        UNCALIBRATED_CHECK_THRESHOLD,
    )
    model.metadata.calibration["check"] = {"thresholds": {"0.01": [0.7, 9, 0, 0.3]}}
    assert thresholds(model, None, load_grammar("amount")) == (0.7, 0.7, UNCALIBRATED_CHECK_THRESHOLD)
    assert thresholds(model, None, load_grammar("digits")) == (0.6, 0.7, UNCALIBRATED_CHECK_THRESHOLD)


def test_whole_checks_have_thresholds_of_their_own():
    model = calibrated({"0.01": [0.9, 50, 0, 0.1], "0.02": [0.6, 80, 1, 0.1]})
    assert threshold(model, None, "check") == UNCALIBRATED_CHECK_THRESHOLD
    assert threshold(model, 0.01, "check") == UNCALIBRATED_CHECK_THRESHOLD
    model.metadata.calibration["check"] = {"thresholds": {"0.01": [0.7, 9, 0, 0.3]}}
    assert threshold(model, None, "check") == threshold(model, 0.05, "check") == 0.7
    assert threshold(model, None) == 0.9
    with pytest.raises(CalibrationError, match=r"errors of 0\.01 and more"):
        threshold(model, 0.005, "check")
