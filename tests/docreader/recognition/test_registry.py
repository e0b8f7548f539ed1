import pytest
import torch

from docreader.errors import ConfigurationError
from docreader.recognition.registry import load_recognizer
from models.ensemble_file import default_ensemble_path
from models.errors import ModelKindError
from models.files import default_model_path, default_reader_path, describe, save_model
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
