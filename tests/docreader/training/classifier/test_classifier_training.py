import csv
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from docreader.classification.preprocessing import MEAN, Preprocessing
from docreader.training.classifier.augmentation import ColorNoise, random_crops, ten_crops
from docreader.training.classifier.dataset import DataError, load_all, read_parts, split
from docreader.training.classifier.network import preprocessing_of
from docreader.training.classifier.plateau_check import is_guessing, likely_causes
from docreader.training.classifier.recipe import ClassifierRecipe
from docreader.training.classifier.report import report_contents
from docreader.training.classifier.run import train_classifier
from docreader.training.classifier.trainer import learning_rate_factor
from docreader.training.common.errors import CheckpointError, RecipeError
from models.pyramid import PyramidConfig, PyramidNet

RECIPE = {"arch": "lenet5", "size": 32, "resize": 34, "batch_size": 8, "val_fraction": 0.25}


def make_images(folder: Path, count: int = 16) -> Path:
    """Two classes: dark pictures and bright ones."""
    rng = np.random.default_rng(1)
    for name, level in (("dark", 60), ("bright", 190)):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            pixels = (level + rng.normal(0, 12, (36, 40, 3))).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number:02d}.png")
    return folder


def test_a_small_run_learns_and_is_measured(tmp_path: Path) -> None:
    source = make_images(tmp_path / "data")
    recipe = ClassifierRecipe(**RECIPE, epochs=4, lr=0.05)
    outcome = train_classifier(source, recipe, tmp_path / "out")
    assert outcome.labels == ("bright", "dark")
    assert outcome.results["held_out"]["wrong"] == 0
    assert outcome.counts == {"train": 24, "held_out": 8}


def test_a_resumed_run_equals_one_that_never_stopped(tmp_path: Path) -> None:
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


def test_a_run_with_all_that_helps_resumes_from_the_checkpoint_asked_for(tmp_path: Path) -> None:
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
    told: list[float] = []
    resumed = train_classifier(
        source, recipe, tmp_path / "parts", resume=True, on_epoch=lambda row: told.append(row["epoch"])
    )
    assert told == [3, 4]
    assert resumed.trained.history == whole.trained.history
    for name, tensor in whole.trained.network.state_dict().items():
        assert torch.equal(tensor, resumed.trained.network.state_dict()[name]), name


def test_missing_and_damaged_images_are_named(tmp_path: Path) -> None:
    source = make_images(tmp_path)
    rows = [(f"{name}/{n:02d}.png", name) for name in ("dark", "bright") for n in range(16)]
    rows += [("dark/none.png", "dark"), ("bright/broken.png", "bright")]
    (source / "bright" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    with (source / "labels.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([("file", "label"), *rows])
    data, val = read_parts(source)
    assert val is None
    said: list[str] = []
    prepared = Preprocessing("square", 32, 34, (0.5,), (0.5,))
    pixels, good = load_all(data, lambda file: prepared.fit(np.asarray(_opened(file))), said.append)
    by_threads: list[str] = []
    again, same = load_all(
        data, lambda file: prepared.fit(np.asarray(_opened(file))), by_threads.append, workers=3
    )
    assert (same, by_threads) == (good, said)
    assert all(np.array_equal(one, other) for one, other in zip(pixels, again, strict=True))
    assert len(pixels) == len(good) == 32
    assert len(said) == 2
    assert "none.png" in said[1] or "none.png" in said[0]


def _opened(file: Path) -> np.ndarray:
    from docreader.io.color import load_color

    return load_color(file)


def test_too_many_damaged_images_end_the_run(tmp_path: Path) -> None:
    source = make_images(tmp_path, 4)
    (source / "dark" / "00.png").write_bytes(b"")
    with pytest.raises(DataError, match="1 of 8"):
        train_classifier(source, ClassifierRecipe(**{**RECIPE, "val_fraction": 0.0}), tmp_path / "out")


def test_validation_images_are_kept_apart(tmp_path: Path) -> None:
    make_images(tmp_path / "train")
    make_images(tmp_path / "val", 4)
    data, val = read_parts(tmp_path)
    assert (len(data), len(val or ())) == (32, 8)
    (tmp_path / "val" / "odd").mkdir()
    (tmp_path / "val" / "dark" / "00.png").rename(tmp_path / "val" / "odd" / "0.png")
    with pytest.raises(DataError, match="odd"):
        read_parts(tmp_path)


def test_one_class_is_nothing_to_train_on(tmp_path: Path) -> None:
    make_images(tmp_path)
    for file in (tmp_path / "dark").iterdir():
        file.unlink()
    with pytest.raises(DataError, match="1 classes"):
        read_parts(tmp_path)


def test_the_split_keeps_the_shares_of_classes(tmp_path: Path) -> None:
    data, _ = read_parts(make_images(tmp_path))
    train, held = split(data, 0.25, 1)
    assert [held.targets.count(number) for number in (0, 1)] == [4, 4]
    assert not set(train.files) & set(held.files)


def test_the_step_is_divided_when_the_error_stalls() -> None:
    recipe = ClassifierRecipe(lr=0.01, patience=2, drops=1)
    rows = [
        {"train_loss": 1.0, "held_out_error": error} for error in (0.5, 0.4, 0.45, 0.41, 0.39, 0.5, 0.5, 0.5)
    ]
    factors = [learning_rate_factor(recipe, rows[:count]) for count in range(len(rows) + 1)]
    assert factors == pytest.approx([1] * 4 + [0.1] * 5)


def test_the_step_is_not_divided_before_anything_is_learnt() -> None:
    recipe = ClassifierRecipe(lr=0.01, patience=2)
    guess = {"train_loss": math.log(2), "held_out_error": 0.5, "classes": 2.0}
    assert learning_rate_factor(recipe, [guess] * 9) == 1
    better = {"train_loss": 0.6, "held_out_error": 0.3, "classes": 2.0}
    assert learning_rate_factor(recipe, [*[guess] * 9, *[better] * 3]) == pytest.approx(0.1)


def test_color_noise_lies_along_the_colors_of_the_set() -> None:
    rng = np.random.default_rng(0)
    level = rng.integers(0, 256, (20, 1, 8, 8))
    noise = ColorNoise.fit(np.broadcast_to(level, (20, 3, 8, 8)).astype(np.uint8))
    assert noise.values[:2] == pytest.approx([0, 0], abs=0.1)
    assert noise.values[2] == pytest.approx(math.sqrt(3) * level.std(), rel=1e-3)
    drawn = noise.draw(2000, 0.1, rng)[..., 0, 0].numpy()
    np.testing.assert_allclose(drawn[:, 0], drawn[:, 2], atol=0.1)
    assert drawn[:, 0].std() == pytest.approx(0.1 * level.std(), rel=0.1)


def test_views_are_cut_from_the_pictures() -> None:
    picture = torch.arange(3 * 36, dtype=torch.uint8).view(1, 3, 6, 6)
    ten = ten_crops(picture, 4)[0].numpy()
    np.testing.assert_array_equal(ten[0], picture[0, :, :4, :4])
    np.testing.assert_array_equal(ten[3], picture[0, :, 2:, 2:])
    np.testing.assert_array_equal(ten[4], picture[0, :, 1:5, 1:5])
    np.testing.assert_array_equal(ten[5:], ten[:5, ..., ::-1])
    seen = {
        (float(view[0, 0, 0]), float(view[0, 0, 1] - view[0, 0, 0]))
        for seed in range(200)
        for view in random_crops(picture, 4, np.random.default_rng(seed))
    }
    assert len(seen) == 18  # nine places, each as it is and mirrored


def test_guessing_is_known() -> None:
    rows = [{"train_loss": loss} for loss in (0.9, 0.6931, 0.6932)]
    assert is_guessing(rows, 2)
    assert not is_guessing(rows, 3)
    assert not is_guessing(rows[:2], 2)
    causes = likely_causes("adam", 0.001, 4, scratch=True, norm=True)
    assert "Adam" in causes[0]
    assert "--batch-size" in causes[1]


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
def test_recipes_that_make_no_sense_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(RecipeError):
        ClassifierRecipe(**values)  # type: ignore[arg-type]


def test_the_form_of_2012_sees_centered_raw_values_unless_its_weights_are_made_for_scaled_ones() -> None:
    gray = torch.full((1, 3, 2, 2), 128.0)
    raw = preprocessing_of(ClassifierRecipe()).normalize(gray)
    assert raw[0, :, 0, 0].tolist() == pytest.approx([128 - 255 * mean for mean in MEAN], abs=1e-3)
    scaled = preprocessing_of(ClassifierRecipe(weight_init="uniform")).normalize(gray)
    assert scaled.abs().max() < 1


def test_pages_keep_their_shape() -> None:
    prepared = Preprocessing("page", 384, 384)
    tall = np.zeros((1000, 640, 3), np.uint8)
    assert prepared.fit(tall).shape == (3, 384, 246)
    assert prepared.fit(np.zeros((20, 900, 3), np.uint8)).shape == (3, 64, 384)


def test_features_of_pages_are_kept_with_the_files_that_they_are_of(tmp_path: Path) -> None:
    source = make_images(tmp_path / "data", 11)
    (source / "dark" / "03.png").write_bytes(b"damaged")
    torch.manual_seed(0)
    stack = PyramidNet(PyramidConfig(("a", "b"))).stack
    weights = tmp_path / "stack.npz"
    arrays = {
        f"features.{place}.{kind}": getattr(stack.get_submodule(f"conv{number}"), kind).detach().numpy()
        for number, place in enumerate((0, 3, 6, 8, 10), 1)
        for kind in ("weight", "bias")
    }
    np.savez(weights, **arrays)  # type: ignore[arg-type]
    recipe = ClassifierRecipe(
        arch="alexnet-pages", size=64, epochs=1, batch_size=4, freeze=True, val_fraction=0.5
    )
    read: list[int] = []
    first = train_classifier(source, recipe, tmp_path / "out", pretrained=weights, on_image=read.append)
    assert len(read) == 22
    again = train_classifier(source, recipe, tmp_path / "out", pretrained=weights, on_image=read.append)
    assert len(read) == 22  # the features come from the file
    assert first.predictions is not None
    assert again.predictions is not None
    assert again.predictions.files == first.predictions.files
    assert torch.equal(again.predictions.scores, first.predictions.scores)
    for file, target in zip(again.predictions.files, again.predictions.targets.tolist(), strict=True):
        assert file.parent.name == again.labels[target]
        assert file != source / "dark" / "03.png"
    contents = report_contents("mine", again, recipe)
    assert contents.sample is not None
    assert contents.sample.shape == (64, 64, 3)
    assert [name for name, _ in contents.maps] == [f"stack.relu{n}" for n in range(1, 6)]
    assert contents.confusion is not None
    assert int(contents.confusion.sum()) == len(again.predictions.files)
    assert len(contents.mistakes) == again.results["held_out"]["wrong"]
