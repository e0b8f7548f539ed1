import pytest

from docreader.errors import ConfigurationError
from docreader.training.reader.beginning import line_form, model_named, network_form
from models.files import default_model_path
from models.piece_reader import PieceReaderConfig
from models.sdnn import SDNNConfig
from models.swept_lenet5 import SweptLeNet5Config
from segment.lines import LineConfig

ANY = ("reader", "recognizer")


@pytest.mark.parametrize(("method", "form"), [("sdnn", SDNNConfig), ("hos", PieceReaderConfig)])
def test_the_shipped_reader_keeps_its_form_and_nothing_gives_a_new_one(method, form):
    begin = model_named("shipped", method, ANY)
    assert network_form(method, "lenet5", begin) == begin.module.config
    assert isinstance(network_form(method, "lenet", None), form)


def test_a_recogniser_gets_a_reader_of_pieces_around_it():
    begin = model_named(str(default_model_path()), "hos", ANY)
    assert isinstance(network_form("hos", "lenet", begin), PieceReaderConfig)


def test_a_recogniser_is_swept_as_it_is():
    begin = model_named(str(default_model_path()), "sdnn", ANY)
    assert network_form("sdnn", "lenet", begin) == SweptLeNet5Config(scale=begin.module.config.scale)
    assert network_form("sdnn", "lenet5", None) == SweptLeNet5Config()
    assert line_form(begin) is None


def test_lines_stay_as_they_were_for_the_reader_to_begin_with():
    assert line_form(model_named("shipped", "sdnn", ANY)) == LineConfig()
    assert line_form(None) is None


def test_a_reader_of_the_other_method_is_refused():
    with pytest.raises(ConfigurationError, match="--method sdnn"):
        network_form("sdnn", "lenet5", model_named("shipped", "hos", ANY))
