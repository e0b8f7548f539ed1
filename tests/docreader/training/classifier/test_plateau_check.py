from docreader.training.classifier.plateau_check import is_guessing, plateau_warning
from docreader.training.classifier.recipe import ClassifierRecipe


def test_chance_level_is_detected() -> None:
    rows = [{"train_loss": loss, "classes": 2.0} for loss in (0.9, 0.6931, 0.6932)]
    assert is_guessing(rows, 2)
    assert not is_guessing(rows, 3)
    assert not is_guessing(rows[:2], 2)
    recipe = ClassifierRecipe(arch="alexnet-bn", size=224, optimizer="adam", lr=0.001, batch_size=4)
    warning, first, second, *_ = plateau_warning(rows, recipe, scratch=True)
    assert "0.693 = ln(2)" in warning
    assert "Adam" in first
    assert "--batch-size" in second
    assert plateau_warning(rows[:2], recipe, scratch=True) == []
