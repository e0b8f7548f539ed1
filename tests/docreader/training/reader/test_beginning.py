import pytest

from docreader.errors import ConfigurationError
from docreader.training.reader.beginning import model_named, network_form
from models.files import default_model_path
from models.piece_reader import PieceReaderConfig
from models.sdnn import SDNNConfig

ANY = ("reader", "recognizer")


@pytest.mark.parametrize(("method", "form"), [("sdnn", SDNNConfig), ("hos", PieceReaderConfig)])
def test_the_shipped_reader_keeps_its_form_and_nothing_gives_a_new_one(method, form):
    begin = model_named("shipped", method, ANY)
    assert network_form(method, "lenet5", begin) == begin.module.config
    assert isinstance(network_form(method, "lenet5", None), form)


def test_a_recogniser_gets_a_reader_of_pieces_around_it():
    begin = model_named(str(default_model_path()), "hos", ANY)
    assert isinstance(network_form("hos", "lenet", begin), PieceReaderConfig)


def test_a_reader_of_the_other_method_is_refused():
    with pytest.raises(ConfigurationError, match="--method sdnn"):
        network_form("sdnn", "lenet5", model_named("shipped", "hos", ANY))
