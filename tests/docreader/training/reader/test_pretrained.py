from dataclasses import replace

import pytest
import torch

from docreader.decoding import alphabet
from docreader.errors import ConfigurationError
from docreader.training.common.errors import RecipeError, TrainingError
from docreader.training.reader.pretrained import copy_weights, line_config, network_config, resolve_model
from docreader.training.reader.recipe import ReaderRecipe
from models.files import default_model_path
from models.lenet5_sdnn import LeNet5SDNNConfig
from models.sdnn import SDNN, SDNNConfig
from models.segment_scorer import SegmentScorerConfig
from segment.line_image import LineConfig

ANY = ("reader", "recognizer")


def test_a_network_grows_by_other_ink_and_context_and_reads_as_before():
    torch.manual_seed(5)
    old = SDNN(SDNNConfig(labels=tuple("0123456789.-"), maps=(4, 8, 16, 12), context=(1,))).eval()
    config = replace(old.config, labels=tuple("0123456789.-?"), context=(1, 2))
    new = SDNN(config).eval()
    copy_weights(new, old)
    line = torch.rand(1, 2, 32, 64)
    with torch.no_grad():
        one, other = old(line).exp(), new(line).exp()
    assert float(other[..., 12].max()) < 0.1
    known = [*range(12), 13]
    assert torch.allclose(other[..., known], one, atol=0.1)
    with pytest.raises(TrainingError, match="another form"):
        copy_weights(SDNN(replace(config, maps=(4, 8, 16, 16))), old)


def test_images_without_an_amount_need_the_class_of_other_ink():
    shipped = resolve_model("shipped", "sdnn", ANY)
    config = network_config("sdnn", "wide", shipped, negatives=True)
    assert config.labels[-1] == alphabet.OTHER
    assert config.labels[:16] == tuple("0123456789.-/$*x")
    with pytest.raises(RecipeError, match="negative"):
        ReaderRecipe(negative=0.3, network=LeNet5SDNNConfig())


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
