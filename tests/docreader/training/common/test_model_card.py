import pytest

from docreader.training.common.errors import RecipeError
from docreader.training.common.model_card import check_name, join_card, publish_model, recipe_lines
from models.files import load_model
from models.lenet5 import LeNet5


def test_model_and_card_are_written(tmp_path):
    published = publish_model(
        LeNet5(), tmp_path, "mine", lambda sha256: f"# mine {sha256}\n", kind="recognizer", version="2"
    )
    assert published.card.read_text() == f"# mine {published.sha256}\n"
    loaded = load_model(published.model)
    assert (loaded.name, loaded.version, loaded.sha256) == ("mine", "2", published.sha256)


def test_recipe_is_a_table():
    card = join_card([*recipe_lines({"lr": 0.1, "distortion": {"shear": 0.2, "shift": [1, 2]}}), "", ""])
    assert card.endswith("| lr | 0.1 |\n| distortion | shear 0.2, shift 1 2 |\n")


@pytest.mark.parametrize("name", ["", "../up", ".hidden", "a/b", "a\\b", "a\nb"])
def test_invalid_file_name_is_refused(name):
    with pytest.raises(RecipeError):
        check_name(name)
