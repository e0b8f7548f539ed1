from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from docreader.decoding import alphabet
from docreader.training.common.errors import CheckpointError, DivergedError, TrainingError
from docreader.training.reader.examples_sdnn import LabeledLineImage
from docreader.training.reader.losses_sdnn import spoiled_loss
from docreader.training.reader.recipe import CRITERIA, LineAugmentation
from docreader.training.reader.tasks.sdnn import SdnnTask
from docreader.training.reader.trainer import train_reader
from docreader.training.reader.transcription import SPOILED
from models.sdnn import SDNN


def test_a_toy_is_learned_to_the_end(toys, recipe, tmp_path):
    trained = train_reader(toys, toys, [], replace(recipe, epochs=60), tmp_path)
    assert trained.history[trained.epoch - 1]["held_out_error"] == 0.0
    assert trained.history[-1]["train_loss"] < 0.1


@pytest.mark.parametrize("criterion", CRITERIA)
def test_each_criterion_decreases_its_loss(toys, recipe, tmp_path, criterion):
    recipe = replace(recipe, epochs=30, criterion=criterion)
    history = train_reader(toys, [], [], recipe, tmp_path).history
    assert history[-1]["train_loss"] < 0.5 * history[0]["train_loss"]


def test_images_without_an_amount_are_learned_beside_amounts(toys, recipe, tmp_path):
    cross = np.zeros((2, 32, 72), np.uint8)
    cv2.line(cross[0], (2, 30), (70, 2), 255, 4)
    cv2.line(cross[0], (2, 2), (70, 30), 255, 4)
    cross[1] = cross[0]
    negatives = [LabeledLineImage("toy.csv, line 99", cross, SPOILED, False)]
    recipe = replace(recipe, epochs=25, batch_size=8, negative=0.25)
    trained = train_reader(toys, toys, [], recipe, tmp_path, negatives=negatives)
    with torch.no_grad():
        scores = trained.network.eval()(
            torch.from_numpy(np.stack([cross, np.pad(toys[2].image, ((0, 0), (0, 0), (0, 20)))])).float()
            / 255
        )
    other = scores[..., trained.network.labels.index(alphabet.OTHER)]
    spoiled, clean = spoiled_loss(other, torch.tensor([18, 13])).tolist()
    assert spoiled < 0.3 < clean
    with pytest.raises(TrainingError, match="there are none"):
        train_reader(toys, toys, [], recipe, tmp_path)


def test_a_resumed_run_ends_with_the_same_weights(toys, recipe, whole_and_resumed):
    recipe = replace(
        recipe,
        epochs=4,
        augmentation=LineAugmentation(),
        synthetic=0.3,
        network=replace(recipe.network, dropout=0.2, refine=1),
    )
    whole, parts = whole_and_resumed(toys, recipe)
    assert parts.history == whole.history
    for name, tensor in whole.network.state_dict().items():
        assert torch.equal(tensor, parts.network.state_dict()[name]), name


def test_another_run_is_not_resumed(toys, recipe, tmp_path):
    train_reader(toys, [], [], replace(recipe, epochs=1), tmp_path)
    with pytest.raises(CheckpointError, match=r"recipe\.seed"):
        train_reader(toys, [], [], replace(recipe, epochs=1, seed=5), tmp_path, resume=True)
    with pytest.raises(CheckpointError, match="data"):
        train_reader(toys[:8], [], [], replace(recipe, epochs=1), tmp_path, resume=True)


def test_training_stops_when_it_no_longer_improves(toys, recipe, tmp_path, monkeypatch):
    def measured(_task, _network, examples, _device):
        figures.append(len(figures) == 1)
        return torch.ones(len(examples)), [example.text if figures[-1] else "" for example in examples]

    figures = []
    monkeypatch.setattr(SdnnTask, "read", measured)  # epoch 2 is the best
    trained = train_reader(toys, toys[:2], [], replace(recipe, epochs=20, patience=3), tmp_path)
    assert (trained.epoch, len(trained.history)) == (2, 5)


def test_training_starts_from_pretrained_weights(toys, recipe, tmp_path):
    first = train_reader(toys, [], [], replace(recipe, epochs=2), tmp_path / "first").network
    before = {name: tensor.clone() for name, tensor in first.state_dict().items()}
    second = train_reader(
        toys, [], [], replace(recipe, epochs=1, lr=1e-12), tmp_path / "second", pretrained=first
    )
    assert torch.allclose(second.network.output.weight, before["output.weight"], atol=1e-6)
    assert all(torch.equal(before[name], tensor) for name, tensor in first.state_dict().items())
    with pytest.raises(TrainingError, match="another form"):
        train_reader(toys, [], [], recipe, tmp_path / "third", pretrained=SDNN())


def test_a_loss_that_is_not_finite_names_the_string(toys, recipe, tmp_path):
    broken = SDNN(recipe.network)
    torch.nn.init.constant_(broken.output.bias, float("nan"))
    with pytest.raises(DivergedError, match=r"toy\.csv, line 1: the loss of '[01]+' is not finite"):
        train_reader(toys, [], [], recipe, tmp_path, pretrained=broken)


@pytest.mark.parametrize(
    ("learned", "changes", "message"),
    [(0, {}, "no string to learn"), (4, {"synthetic": 0.5}, "there are none: give --digits")],
)
def test_strings_that_do_not_fit_the_recipe(toys, recipe, tmp_path, learned, changes, message):
    with pytest.raises(TrainingError, match=message):
        train_reader(toys[:learned], [], [], replace(recipe, **changes), tmp_path)


def test_synthesized_strings_that_the_initial_network_finds_impossible_are_left_out(toys, recipe, tmp_path):
    network = train_reader(toys, toys, [], replace(recipe, epochs=60), tmp_path / "first").network
    wrong = [replace(toy, target=tuple(9 - digit for digit in toy.target)) for toy in toys]
    recipe = replace(recipe, epochs=1, lr=1e-6, synthetic=0.5)
    losses = [
        train_reader(
            toys,
            [],
            [*toys, *wrong],
            replace(recipe, max_loss=limit),
            tmp_path / str(limit),
            pretrained=network,
        ).history[0]["train_loss"]
        for limit in (0.0, 3.0)
    ]
    assert losses[1] < 0.3 * losses[0]
    with pytest.raises(TrainingError, match="every synthesized string"):
        train_reader(toys, [], wrong, replace(recipe, max_loss=1e-3), tmp_path / "none", pretrained=network)
