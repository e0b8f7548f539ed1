"""Training by pieces of ink: it learns through the graph, whatever is latent, and begins with a recognizer."""

from dataclasses import replace

import pytest
import torch

from docreader.recognition.hos import scorer_config
from docreader.training.common.errors import DivergedError, RecipeError, TrainingError
from docreader.training.reader.calibration import calibrate
from docreader.training.reader.recipe import CRITERIA, Augmentation, PieceDistortion, ReaderRecipe
from docreader.training.reader.tasks.hos import Cutting, best_strings, field_loss, piece_config
from docreader.training.reader.trainer import train_reader
from models.lenet import LeNet, LeNetConfig
from models.lenet5 import LeNet5
from models.sdnn import SDNN


def test_a_toy_is_learned_to_the_end(field_toys, fields_recipe, tmp_path):
    trained = train_reader(field_toys, field_toys, [], replace(fields_recipe, passes=25), tmp_path)
    assert trained.history[trained.epoch - 1]["held_out_error"] == 0.0
    assert trained.history[-1]["train_loss"] < 1.0
    found = calibrate(Cutting().graphs(trained.network, field_toys), field_toys)
    assert found["exact"] == pytest.approx(1.0)


@pytest.mark.parametrize("criterion", CRITERIA)
def test_each_criterion_makes_its_loss_small(field_toys, fields_recipe, tmp_path, criterion):
    recipe = replace(fields_recipe, passes=8, criterion=criterion)
    history = train_reader(field_toys, [], [], recipe, tmp_path).history
    assert history[-1]["train_loss"] < 0.5 * history[0]["train_loss"]


def test_weights_of_shapes_are_in_the_loss(field_toys, fields_recipe, tmp_path):
    before = Cutting().build(fields_recipe).shape.detach()
    trained = train_reader(field_toys, [], [], replace(fields_recipe, passes=2), tmp_path)
    assert not torch.equal(before, trained.network.shape)


def test_a_resumed_run_ends_with_the_same_weights(field_toys, fields_recipe, whole_and_resumed):
    recipe = replace(
        fields_recipe,
        passes=4,
        augmentation=PieceDistortion(),
        synthetic=0.3,
        network=replace(fields_recipe.network, dropout=0.2),
    )
    whole, parts = whole_and_resumed(field_toys, recipe)
    assert parts.history == whole.history
    for name, tensor in whole.network.state_dict().items():
        assert torch.equal(tensor, parts.network.state_dict()[name]), name


@pytest.mark.parametrize("recognizer", [LeNet5(), LeNet(LeNetConfig(channels=1, maps=(2, 3, 8, 6)))])
def test_training_begins_with_a_recognizer(fields_recipe, recognizer):
    recipe = replace(fields_recipe, network=scorer_config(recognizer))
    network = Cutting().build(recipe)
    Cutting().begin(network, recognizer)
    for name, tensor in recognizer.state_dict().items():
        assert torch.equal(tensor, network.recognizer.state_dict()[name])
    other = Cutting().build(recipe)
    Cutting().begin(other, network)
    assert torch.equal(other.shape, network.shape)
    for stranger in (SDNN(), LeNet(LeNetConfig(maps=(3, 3, 8, 6)))):
        with pytest.raises(TrainingError, match="another form"):
            Cutting().begin(network, stranger)


def test_a_loss_that_is_not_finite_names_the_string(field_toys, fields_recipe, tmp_path):
    broken = Cutting().build(fields_recipe)
    torch.nn.init.constant_(broken.shape, float("nan"))
    with pytest.raises(DivergedError, match=r"toy\.csv, line 1: the loss of '[01.]+' is not finite"):
        train_reader(field_toys, [], [], fields_recipe, tmp_path, init=broken)


def test_each_field_of_a_mixed_batch_gets_its_own_loss_and_string(field_toys):
    network = Cutting().build(_recipe())
    fields = [field_toys[11], field_toys[2], field_toys[9], field_toys[0]]
    cuts = [field.cuts[0] for field in fields]
    torch.manual_seed(3)
    scores = torch.randn(sum(len(cut.pictures) for cut in cuts), len(network.classes)).log_softmax(1)
    parts = scores.split([len(cut.pictures) for cut in cuts])
    together = field_loss(fields, cuts, scores, network.classes, "discriminative-forward")
    read = best_strings(fields, cuts, scores, network.classes)
    for number, (field, cut, part) in enumerate(zip(fields, cuts, parts, strict=True)):
        alone = field_loss([field], [cut], part, network.classes, "discriminative-forward")
        assert together[number].item() == pytest.approx(alone.item(), abs=1e-4)
        assert [read[number]] == best_strings([field], [cut], part, network.classes)
        assert not (field.latent and set(read[number]) - set("0123456789"))


def test_distortions_are_those_of_the_method(fields_recipe):
    with pytest.raises(RecipeError, match="segments for one that reads segments"):
        replace(fields_recipe, augmentation=Augmentation())


def _recipe():
    return ReaderRecipe(network=piece_config("lenet", (2, 3, 8, 6)), augmentation=PieceDistortion())
