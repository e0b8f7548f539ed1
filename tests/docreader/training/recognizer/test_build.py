import pytest
import torch

from docreader.training.recognizer.build import build, loss_and_predictions
from docreader.training.recognizer.recipe import ARCHITECTURES, Recipe

PICTURES = torch.rand(5, 1, 32, 32, generator=torch.Generator().manual_seed(0))
TARGETS = torch.tensor([0, 1, 2, 3, 9])


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_the_criterion_is_minus_the_log_posterior_of_the_right_class(arch):
    module = build(Recipe(arch=arch, negatives_per_digit=0.0)).eval()
    loss, choices = loss_and_predictions(
        module, PICTURES, TARGETS, Recipe(arch=arch, negatives_per_digit=0.0)
    )
    found = module.log_posteriors(PICTURES)
    assert found.shape == (5, 11)
    assert torch.allclose(found.exp().sum(1), torch.ones(5))
    assert float(loss.detach()) == pytest.approx(-float(found[range(5), TARGETS].mean().detach()), rel=1e-5)
    assert torch.equal(choices, found[:, :10].argmax(1))


def test_rubbish_is_predicted_if_it_is_trained():
    recipe = Recipe(negatives_per_digit=1.0, rubbish_constant=1e-3)
    _, choices = loss_and_predictions(build(recipe), PICTURES, TARGETS, recipe)
    assert (choices == 10).all()


def test_maximum_likelihood_is_the_penalty_of_the_right_class():
    recipe = Recipe(criterion="ml", negatives_per_digit=0.0)
    module = build(recipe)
    loss, _ = loss_and_predictions(module, PICTURES, TARGETS, recipe)
    assert float(loss.detach()) == pytest.approx(
        float(module(PICTURES)[range(5), TARGETS].mean().detach()), rel=1e-5
    )


def test_equal_seeds_give_equal_networks():
    first, again = build(Recipe(seed=3)), build(Recipe(seed=3))
    assert torch.equal(first.f6.weight, again.f6.weight)
    assert not torch.equal(first.f6.weight, build(Recipe(seed=4)).f6.weight)
