from dataclasses import replace

import pytest
import torch

from docreader.training.common.errors import TrainingError
from docreader.training.reader.recipe import default_augmentation
from docreader.training.reader.tasks.factory import make_task
from docreader.training.reader.trainer import train_reader
from models.lenet import LeNet
from models.lenet5 import LeNet5, LeNet5Config
from models.lenet5_sdnn import LeNet5SDNN, LeNet5SDNNConfig


@pytest.fixture
def letter(recipe):
    return replace(recipe, network=LeNet5SDNNConfig(rubbish=20.0), epochs=4, lr=0.003)


def test_a_fully_convolutional_lenet_starts_from_a_recognizer(letter):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        recognizer = LeNet5(LeNet5Config(rubbish=20.0, scale=0.03))
    task = make_task(letter)
    network = task.build()
    task.load_pretrained(network, recognizer)
    for name, tensor in recognizer.state_dict().items():
        assert torch.equal(network.recognizer.state_dict()[name], tensor)


@pytest.mark.parametrize("pretrained", [LeNet5(), LeNet(), LeNet5SDNN()])
def test_pretrained_networks_of_another_form_are_refused(letter, pretrained):
    with pytest.raises(TrainingError, match="another form"):
        make_task(letter).load_pretrained(make_task(letter).build(), pretrained)


def test_a_fully_convolutional_lenet_learns_strings(letter, toys, tmp_path):
    trained = train_reader(toys, [], [], letter, tmp_path)
    assert isinstance(trained.network, LeNet5SDNN)
    losses = [row["train_loss"] for row in trained.history]
    assert losses[-1] < losses[0]


def test_a_network_of_cleaned_ink_alone_always_gets_it():
    assert default_augmentation(LeNet5SDNNConfig()).no_ink == 0
