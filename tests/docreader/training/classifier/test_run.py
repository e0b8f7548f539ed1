from pathlib import Path

import pytest
import torch

from docreader.training.classifier.dataset import DataError
from docreader.training.classifier.recipe import ClassifierRecipe
from docreader.training.classifier.run import train_classifier
from docreader.training.common.errors import CheckpointError

RECIPE = {"arch": "lenet5", "size": 32, "resize": 34, "batch_size": 8, "val_fraction": 0.25}


def test_small_run_learns_and_is_measured(make_images, tmp_path: Path) -> None:
    source = make_images(tmp_path / "data")
    recipe = ClassifierRecipe(**RECIPE, epochs=4, lr=0.05)
    outcome = train_classifier(source, recipe, tmp_path / "out")
    assert outcome.labels == ("bright", "dark")
    assert outcome.results["held_out"]["wrong"] == 0
    assert outcome.counts == {"train": 24, "held_out": 8}


def test_resumed_run_equals_an_uninterrupted_one(make_images, tmp_path: Path) -> None:
    source = make_images(tmp_path / "data")
    recipe = ClassifierRecipe(**RECIPE, epochs=3)
    whole = train_classifier(source, recipe, tmp_path / "whole")

    class StopError(Exception):
        pass

    def stop(row: dict[str, float]) -> None:
        if row["epoch"] == 2:
            raise StopError

    with pytest.raises(StopError):
        train_classifier(source, recipe, tmp_path / "parts", on_epoch=stop)
    resumed = train_classifier(source, recipe, tmp_path / "parts", resume=True)
    assert resumed.trained.history == whole.trained.history
    for name, tensor in whole.trained.network.state_dict().items():
        assert torch.equal(tensor, resumed.trained.network.state_dict()[name]), name
    other = ClassifierRecipe(**RECIPE, epochs=3, lr=0.02)
    with pytest.raises(CheckpointError, match="recipe"):
        train_classifier(source, other, tmp_path / "parts", resume=True)


def test_run_with_all_augmentations_resumes_from_an_earlier_checkpoint(make_images, tmp_path: Path) -> None:
    source = make_images(tmp_path / "data")
    recipe = ClassifierRecipe(**RECIPE, epochs=4, min_crop_area=0.3, mixup=1.0, ema=0.9, label_smoothing=0.1)
    whole = train_classifier(source, recipe, tmp_path / "whole", workers=2)

    class StopError(Exception):
        pass

    def stop(row: dict[str, float]) -> None:
        if row["epoch"] == 3:
            raise StopError

    with pytest.raises(StopError):
        train_classifier(source, recipe, tmp_path / "parts", checkpoint_every=2, on_epoch=stop)
    epochs: list[float] = []
    resumed = train_classifier(
        source, recipe, tmp_path / "parts", resume=True, on_epoch=lambda row: epochs.append(row["epoch"])
    )
    assert epochs == [3, 4]
    assert resumed.trained.history == whole.trained.history
    for name, tensor in whole.trained.network.state_dict().items():
        assert torch.equal(tensor, resumed.trained.network.state_dict()[name]), name


def test_too_many_damaged_images_are_refused(make_images, tmp_path: Path) -> None:
    source = make_images(tmp_path, 4)
    (source / "dark" / "00.png").write_bytes(b"")
    with pytest.raises(DataError, match="1 of 8"):
        train_classifier(source, ClassifierRecipe(**{**RECIPE, "val_fraction": 0.0}), tmp_path / "out")
