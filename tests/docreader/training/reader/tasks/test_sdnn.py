from dataclasses import replace

import pytest
import torch

from docreader.training.common.errors import TrainingError
from docreader.training.reader.recipe import usual_distortion
from docreader.training.reader.tasks.sdnn import Sweeping
from docreader.training.reader.trainer import train_reader
from models.lenet import LeNet
from models.lenet5 import LeNet5, LeNet5Config
from models.lenet5_sdnn import LeNet5SDNN, LeNet5SDNNConfig


@pytest.fixture
def letter(recipe):
    return replace(recipe, network=LeNet5SDNNConfig(rubbish=20.0), passes=4, lr=0.003)


def test_a_sweeping_lenet_begins_with_a_recognizer(letter):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        recognizer = LeNet5(LeNet5Config(rubbish=20.0, scale=0.03))
    network = Sweeping().build(letter)
    Sweeping().begin(network, recognizer)
    for name, tensor in recognizer.state_dict().items():
        assert torch.equal(network.recognizer.state_dict()[name], tensor)


@pytest.mark.parametrize("init", [LeNet5(), LeNet(), LeNet5SDNN()])
def test_other_forms_to_begin_with(letter, init):
    with pytest.raises(TrainingError, match="another form"):
        Sweeping().begin(Sweeping().build(letter), init)


def test_a_sweeping_lenet_learns_strings(letter, toys, tmp_path):
    trained = train_reader(toys, [], [], letter, tmp_path)
    assert isinstance(trained.network, LeNet5SDNN)
    losses = [row["train_loss"] for row in trained.history]
    assert losses[-1] < losses[0]


def test_what_sees_ink_alone_is_never_shown_none():
    assert usual_distortion(LeNet5SDNNConfig()).no_ink == 0
