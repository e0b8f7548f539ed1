import json

import pytest

from docreader.training.common.errors import RecipeError
from docreader.training.recognizer.distortions import DISTORTIONS
from docreader.training.recognizer.recipe import Recipe


def test_a_recipe_survives_json():
    recipe = Recipe(epochs=3, labels=("a", "b"), distort=False)
    assert Recipe.from_json(json.loads(json.dumps(recipe.to_json()))) == recipe


@pytest.mark.parametrize(
    "settings",
    [
        {"epochs": 0},
        {"batch_size": 0},
        {"lr": 0.0},
        {"lr": float("nan")},
        {"weight_decay": -0.1},
        {"criterion": "mse"},
        {"rubbish": -1.0},
        {"rubbish_constant": 0.0},
        {"scale": 0.0},
        {"plain": 2.0},
        {"trim": -1.0},
        {"held_out": 0.9},
        {"seed": -1},
        {"criterion": "ml", "rubbish": 0.5},
        {"arch": "lenet9"},
        {"arch": "lenet1", "rubbish": 0.5},
        {"arch": "lenet", "optimizer": "sdlm"},
        {"optimizer": "sgd"},
        {"maps": (1, 2, 3)},
        {"ema": 1.0},
        {"dropout": -0.1},
        {"distortion": DISTORTIONS["affine"]},
    ],
)
def test_settings_without_sense_are_refused(settings):
    with pytest.raises(RecipeError):
        Recipe(**settings)


def test_json_of_another_form_is_refused():
    values = Recipe().to_json()
    with pytest.raises(RecipeError, match="settings"):
        Recipe.from_json(values | {"more": 1})
    with pytest.raises(RecipeError, match="not valid"):
        Recipe.from_json(values | {"distortion": {"more": 1}})
