import json

import pytest

from docreader.training.common.errors import RecipeError
from docreader.training.reader.recipe import ReaderRecipe


@pytest.mark.parametrize(
    "values",
    [
        {"epochs": 0}, {"batch_size": 1}, {"pool": 0}, {"lr": 0.0}, {"lr": float("nan")}, {"clip": -1.0},
        {"synthetic": 1.0}, {"synthetic": -0.1}, {"val_fraction": 0.95}, {"criterion": "ctc"},
        {"precision": "float16"}, {"ema": 1.0}, {"patience": -1}, {"seed": -1},
    ],
)  # fmt: skip
def test_settings_that_make_no_sense(values):
    [name] = values
    with pytest.raises(RecipeError, match=name):
        ReaderRecipe(**values)


def test_a_batch_keeps_a_labeled_string():
    assert ReaderRecipe(batch_size=32, synthetic=0.5).synthesized == 16
    assert ReaderRecipe(batch_size=2, synthetic=0.9).synthesized == 1


def test_the_recipe_is_json():
    values = ReaderRecipe().to_json()
    assert json.loads(json.dumps(values)) == values
    assert values["network"]["labels"] == list("0123456789.-/$*x?")
