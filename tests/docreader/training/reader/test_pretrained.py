import pytest

from docreader.errors import ConfigurationError
from docreader.training.reader.pretrained import line_form, model_named, network_form
from models.files import default_model_path
from models.lenet5_sdnn import LeNet5SDNNConfig
from models.sdnn import SDNNConfig
from models.segment_scorer import SegmentScorerConfig
from segment.line_image import LineConfig

ANY = ("reader", "recognizer")


@pytest.mark.parametrize(("method", "form"), [("sdnn", SDNNConfig), ("hos", SegmentScorerConfig)])
def test_the_shipped_reader_keeps_its_form_and_nothing_gives_a_new_one(method, form):
    begin = model_named("shipped", method, ANY)
    assert network_form(method, "lenet5", begin) == begin.module.config
    assert isinstance(network_form(method, "lenet", None), form)


def test_a_recognizer_gets_a_reader_of_pieces_around_it():
    begin = model_named(str(default_model_path()), "hos", ANY)
    assert isinstance(network_form("hos", "lenet", begin), SegmentScorerConfig)


def test_a_recognizer_is_swept_as_it_is():
    begin = model_named(str(default_model_path()), "sdnn", ANY)
    assert network_form("sdnn", "lenet", begin) == LeNet5SDNNConfig(scale=begin.module.config.scale)
    assert network_form("sdnn", "lenet5", None) == LeNet5SDNNConfig()
    assert line_form(begin) is None


def test_lines_stay_as_they_were_for_the_reader_to_begin_with():
    assert line_form(model_named("shipped", "sdnn", ANY)) == LineConfig()
    assert line_form(None) is None


def test_a_reader_of_the_other_method_is_refused():
    with pytest.raises(ConfigurationError, match="--method sdnn"):
        network_form("sdnn", "lenet5", model_named("shipped", "hos", ANY))
