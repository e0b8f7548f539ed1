import json

import pytest

from docreader.training.common.errors import RecipeError
from docreader.training.recognizer.distortions import DISTORTIONS
from docreader.training.recognizer.recipe import Recipe


def test_recipe_is_written_as_json():
    recipe = Recipe(epochs=3, labels=("a", "b"), distort=False)
    values = json.loads(json.dumps(recipe.to_json()))
    assert values == recipe.to_json()
    assert (values["epochs"], values["labels"], values["distortion"]["shear"]) == (3, ["a", "b"], 0.18)


@pytest.mark.parametrize(
    "settings",
    [
        {"epochs": 0},
        {"batch_size": 0},
        {"lr": 0.0},
        {"lr": float("nan")},
        {"weight_decay": -0.1},
        {"criterion": "mse"},
        {"negatives_per_digit": -1.0},
        {"rubbish_constant": 0.0},
        {"scale": 0.0},
        {"clean_fraction": 2.0},
        {"trim": -1.0},
        {"val_fraction": 0.9},
        {"seed": -1},
        {"criterion": "ml", "negatives_per_digit": 0.5},
        {"arch": "lenet9"},
        {"arch": "lenet1", "negatives_per_digit": 0.5},
        {"arch": "lenet", "optimizer": "sdlm"},
        {"optimizer": "sgd"},
        {"maps": (1, 2, 3)},
        {"ema": 1.0},
        {"dropout": -0.1},
        {"distortion": DISTORTIONS["affine"]},
    ],
)
def test_invalid_configuration_is_refused(settings):
    with pytest.raises(RecipeError):
        Recipe(**settings)
