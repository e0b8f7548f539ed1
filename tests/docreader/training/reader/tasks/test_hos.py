"""Training through the interpretation graph, with and without transcribed separators, and from a recognizer."""

from dataclasses import replace

import pytest
import torch

from docreader.recognition.hos import scorer_config
from docreader.training.common.errors import DivergedError, RecipeError, TrainingError
from docreader.training.reader.calibration import calibrate
from docreader.training.reader.losses_hos import best_texts, segment_loss
from docreader.training.reader.recipe import CRITERIA, LineAugmentation, SegmentAugmentation
from docreader.training.reader.tasks.factory import make_task
from docreader.training.reader.trainer import train_reader
from models.lenet import LeNet, LeNetConfig
from models.lenet5 import LeNet5
from models.sdnn import SDNN


def test_a_toy_is_learned_to_the_end(field_toys, fields_recipe, tmp_path):
    trained = train_reader(field_toys, field_toys, [], replace(fields_recipe, epochs=25), tmp_path)
    assert trained.history[trained.epoch - 1]["held_out_error"] == 0.0
    assert trained.history[-1]["train_loss"] < 1.0
    found = calibrate(make_task(fields_recipe).calibration_graphs(trained.network, field_toys), field_toys)
    assert found["exact"] == pytest.approx(1.0)


@pytest.mark.parametrize("criterion", CRITERIA)
def test_each_criterion_decreases_its_loss(field_toys, fields_recipe, tmp_path, criterion):
    recipe = replace(fields_recipe, epochs=8, criterion=criterion)
    history = train_reader(field_toys, [], [], recipe, tmp_path).history
    assert history[-1]["train_loss"] < 0.5 * history[0]["train_loss"]


def test_shape_weights_are_trained(field_toys, fields_recipe, tmp_path):
    before = make_task(fields_recipe).build().shape.detach()
    trained = train_reader(field_toys, [], [], replace(fields_recipe, epochs=2), tmp_path)
    assert not torch.equal(before, trained.network.shape)


def test_a_resumed_run_ends_with_the_same_weights(field_toys, fields_recipe, whole_and_resumed):
    recipe = replace(
        fields_recipe,
        epochs=4,
        augmentation=SegmentAugmentation(),
        synthetic=0.3,
        network=replace(fields_recipe.network, dropout=0.2),
    )
    whole, parts = whole_and_resumed(field_toys, recipe)
    assert parts.history == whole.history
    for name, tensor in whole.network.state_dict().items():
        assert torch.equal(tensor, parts.network.state_dict()[name]), name


@pytest.mark.parametrize("recognizer", [LeNet5(), LeNet(LeNetConfig(channels=1, maps=(2, 3, 8, 6)))])
def test_training_starts_from_a_recognizer(fields_recipe, recognizer):
    recipe = replace(fields_recipe, network=scorer_config(recognizer.config))
    task = make_task(recipe)
    network = task.build()
    task.load_pretrained(network, recognizer)
    for name, tensor in recognizer.state_dict().items():
        assert torch.equal(tensor, network.recognizer.state_dict()[name])
    other = task.build()
    task.load_pretrained(other, network)
    assert torch.equal(other.shape, network.shape)
    for stranger in (SDNN(), LeNet(LeNetConfig(maps=(3, 3, 8, 6)))):
        with pytest.raises(TrainingError, match="another form"):
            task.load_pretrained(network, stranger)


def test_a_loss_that_is_not_finite_names_the_string(field_toys, fields_recipe, tmp_path):
    broken = make_task(fields_recipe).build()
    torch.nn.init.constant_(broken.shape, float("nan"))
    with pytest.raises(DivergedError, match=r"toy\.csv, line 1: the loss of '[01.]+' is not finite"):
        train_reader(field_toys, [], [], fields_recipe, tmp_path, pretrained=broken)


def test_each_image_of_a_mixed_batch_gets_its_own_loss_and_string(field_toys, fields_recipe):
    network = make_task(fields_recipe).build()
    fields = [field_toys[11], field_toys[2], field_toys[9], field_toys[0]]
    segments = [field.variants[0] for field in fields]
    torch.manual_seed(3)
    scores = torch.randn(sum(len(some.images) for some in segments), len(network.classes)).log_softmax(1)
    parts = scores.split([len(some.images) for some in segments])
    together = segment_loss(fields, segments, scores, network.classes, "discriminative-forward")
    read = best_texts(fields, segments, scores, network.classes)
    for number, (field, some, part) in enumerate(zip(fields, segments, parts, strict=True)):
        alone = segment_loss([field], [some], part, network.classes, "discriminative-forward")
        assert together[number].item() == pytest.approx(alone.item(), abs=1e-4)
        assert [read[number]] == best_texts([field], [some], part, network.classes)
        assert not (field.digits_only and set(read[number]) - set("0123456789"))


def test_the_augmentation_must_be_that_of_the_method(fields_recipe):
    with pytest.raises(RecipeError, match="segments for a segment scorer"):
        make_task(replace(fields_recipe, augmentation=LineAugmentation()))
