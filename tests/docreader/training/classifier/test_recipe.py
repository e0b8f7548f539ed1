import pytest

from docreader.training.classifier.recipe import ClassifierRecipe
from docreader.training.common.errors import RecipeError


@pytest.mark.parametrize(
    "values",
    [
        {"arch": "vgg"},
        {"lr": 0.0},
        {"size": 300},
        {"arch": "lenet5"},
        {"arch": "alexnet-pages"},
        {"val_fraction": 0.6},
        {"min_crop_area": 0.0},
        {"mixup": -1.0},
        {"ema": 1.0},
        {"weight_init": "zero"},
        {"weight_init": "caffe", "arch": "alexnet-bn", "size": 224},
    ],
)
def test_invalid_recipe_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(RecipeError):
        ClassifierRecipe(**values)  # type: ignore[arg-type]
