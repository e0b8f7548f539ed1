import math

import pytest

from docreader.training.classifier.recipe import ClassifierRecipe
from docreader.training.classifier.trainer import learning_rate_factor


def test_learning_rate_is_divided_on_a_plateau() -> None:
    recipe = ClassifierRecipe(lr=0.01, patience=2, drops=1)
    rows = [
        {"train_loss": 1.0, "held_out_error": error} for error in (0.5, 0.4, 0.45, 0.41, 0.39, 0.5, 0.5, 0.5)
    ]
    factors = [learning_rate_factor(recipe, rows[:count]) for count in range(len(rows) + 1)]
    assert factors == pytest.approx([1] * 4 + [0.1] * 5)


def test_learning_rate_is_kept_at_chance_level() -> None:
    recipe = ClassifierRecipe(lr=0.01, patience=2)
    guess = {"train_loss": math.log(2), "held_out_error": 0.5, "classes": 2.0}
    assert learning_rate_factor(recipe, [guess] * 9) == 1
    better = {"train_loss": 0.6, "held_out_error": 0.3, "classes": 2.0}
    assert learning_rate_factor(recipe, [*[guess] * 9, *[better] * 3]) == pytest.approx(0.1)
