import itertools

import pytest
import torch

from docreader.training.recognizer.optimizers import make_schedule
from docreader.training.recognizer.recipe import Recipe


def learning_rates(recipe, steps):
    """Learning rate of each step of a run whose epochs have `steps` steps."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], recipe.lr)
    schedule = make_schedule(optimizer, recipe, steps)
    rates = []
    for _ in range(recipe.epochs * steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return rates


def test_adam_has_warmup_and_cosine_decay():
    rates = learning_rates(Recipe(epochs=10, lr=1.0), 100)
    assert rates[0] == pytest.approx(0.01)
    assert max(rates) == rates[99] == 1.0
    assert all(a > b for a, b in itertools.pairwise(rates[100:]))
    assert rates[-1] < 1e-5


def test_levenberg_marquardt_has_the_table_of_the_paper():
    recipe = Recipe(epochs=20, batch_size=1, optimizer="sdlm", lr=0.0005)
    wanted = [5e-4] * 2 + [2e-4] * 3 + [1e-4] * 3 + [5e-5] * 4 + [1e-5] * 8
    assert learning_rates(recipe, 10) == pytest.approx([rate for rate in wanted for _ in range(10)])
