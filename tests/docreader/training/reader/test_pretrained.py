import pytest

from docreader.errors import ConfigurationError
from docreader.training.reader.pretrained import line_config, network_config, resolve_model
from models.files import default_model_path
from models.lenet5_sdnn import LeNet5SDNNConfig
from models.sdnn import SDNNConfig
from models.segment_scorer import SegmentScorerConfig
from segment.line_image import LineConfig

ANY = ("reader", "recognizer")


@pytest.mark.parametrize(("method", "form"), [("sdnn", SDNNConfig), ("hos", SegmentScorerConfig)])
def test_the_shipped_reader_keeps_its_configuration(method, form):
    pretrained = resolve_model("shipped", method, ANY)
    assert network_config(method, "lenet5", pretrained) == pretrained.module.config
    assert isinstance(network_config(method, "wide", None), form)


def test_a_recognizer_becomes_the_backbone_of_a_segment_scorer():
    pretrained = resolve_model(str(default_model_path()), "hos", ANY)
    assert isinstance(network_config("hos", "wide", pretrained), SegmentScorerConfig)


def test_lenet5_becomes_fully_convolutional():
    pretrained = resolve_model(str(default_model_path()), "sdnn", ANY)
    assert network_config("sdnn", "wide", pretrained) == LeNet5SDNNConfig(
        scale=pretrained.module.config.scale
    )
    assert network_config("sdnn", "lenet5", None) == LeNet5SDNNConfig()
    assert line_config(pretrained) is None


def test_the_line_format_is_that_of_the_pretrained_reader():
    assert line_config(resolve_model("shipped", "sdnn", ANY)) == LineConfig()
    assert line_config(None) is None


def test_a_reader_of_the_other_method_is_refused():
    with pytest.raises(ConfigurationError, match="--method sdnn"):
        network_config("sdnn", "lenet5", resolve_model("shipped", "hos", ANY))
