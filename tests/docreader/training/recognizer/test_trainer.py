import dataclasses
import math

import numpy as np
import pytest
import torch

from docreader.io.idx import Digits
from docreader.training.common.errors import CheckpointError, DivergedError
from docreader.training.recognizer import build, trainer
from docreader.training.recognizer.distortions import DISTORTIONS
from docreader.training.recognizer.recipe import Recipe
from docreader.training.recognizer.trainer import test_metrics as measure_test
from docreader.training.recognizer.trainer import train_recognizer

RECIPE = Recipe(epochs=4, batch_size=16, val_fraction=0.2, negatives_per_digit=0.5)


def test_network_learns_bars_and_rings(digits, tmp_path):
    seen = []
    trained = train_recognizer(
        digits,
        dataclasses.replace(RECIPE, epochs=6, negatives_per_digit=0.0, distort=False),
        tmp_path,
        on_epoch=seen.append,
    )
    assert seen == trained.history
    assert [row["epoch"] for row in seen] == [1, 2, 3, 4, 5, 6]
    assert seen[-1]["train_loss"] < seen[0]["train_loss"]
    metrics = measure_test(trained.network, digits, RECIPE, torch.device("cpu"))
    assert metrics["test"].error < 0.1
    assert metrics["distorted"].negatives == 120


@pytest.fixture(scope="module")
def uninterrupted(digits, tmp_path_factory):
    return train_recognizer(digits, RECIPE, tmp_path_factory.mktemp("whole"))


def test_resumed_run_is_bit_identical(digits, tmp_path, uninterrupted):
    def stop(row):
        if row["epoch"] == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_recognizer(digits, RECIPE, tmp_path, on_epoch=stop)
    torch.manual_seed(99)
    resumed = train_recognizer(digits, RECIPE, tmp_path, resume=True)
    assert resumed.history == uninterrupted.history
    assert resumed.epoch == uninterrupted.epoch
    whole = uninterrupted.network.state_dict()
    assert all(torch.equal(t, whole[name]) for name, t in resumed.network.state_dict().items())


@pytest.mark.parametrize(
    "settings",
    [
        {"arch": "lenet", "maps": (4, 6, 16, 8), "ema": 0.9, "negatives_per_digit": 0.25, "batch_size": 8},
        {"arch": "lenet5-review", "distortion": DISTORTIONS["digits"]},
        {"arch": "lenet1", "distort": False},
        {
            "optimizer": "sdlm",
            "scale": 1.0,
            "lr": 0.0005,
            "batch_size": 1,
            "distortion": DISTORTIONS["affine"],
        },
    ],
    ids=lambda settings: settings.get("arch", "sdlm"),
)
def test_each_architecture_learns_and_resumes(digits, tmp_path, settings):
    recipe = dataclasses.replace(RECIPE, **{"epochs": 2, "negatives_per_digit": 0.0} | settings)
    few = Digits(
        digits.images[:65], digits.labels[:65]
    )  # 52 digits and 13 others to learn from: 8 batches of 8, and one left over

    def stop(row):
        raise KeyboardInterrupt

    whole = train_recognizer(few, recipe, tmp_path / "whole")
    assert whole.history[-1]["train_loss"] < whole.history[0]["train_loss"]
    with pytest.raises(KeyboardInterrupt):
        train_recognizer(few, recipe, tmp_path / "parts", on_epoch=stop)
    resumed = train_recognizer(few, recipe, tmp_path / "parts", resume=True)
    assert resumed.history == whole.history
    state = whole.network.state_dict()
    assert all(torch.equal(t, state[name]) for name, t in resumed.network.state_dict().items())


def test_single_last_image_joins_the_previous_batch():
    assert trainer.batch_slices(17, 8) == [slice(0, 8), slice(8, 17)]
    assert trainer.batch_slices(18, 8) == [slice(0, 8), slice(8, 16), slice(16, 18)]
    assert trainer.batch_slices(2, 1) == [slice(0, 1), slice(1, 2)]
    assert trainer.batch_slices(1, 8) == [slice(0, 1)]


def test_resuming_a_finished_run_returns_its_network(digits, tmp_path):
    recipe = dataclasses.replace(RECIPE, epochs=1)
    first = train_recognizer(digits, recipe, tmp_path)
    again = train_recognizer(digits, recipe, tmp_path, resume=True)
    state = first.network.state_dict()
    assert all(torch.equal(t, state[name]) for name, t in again.network.state_dict().items())


def test_resuming_with_other_digits_is_refused(digits, tmp_path):
    recipe = dataclasses.replace(RECIPE, epochs=1)
    train_recognizer(digits, recipe, tmp_path)
    other = Digits(digits.images[::-1].copy(), digits.labels[::-1].copy())
    with pytest.raises(CheckpointError, match="data"):
        train_recognizer(other, recipe, tmp_path, resume=True)


def test_best_epoch_is_selected(uninterrupted):
    errors = [(row["held_out_error"], row["held_out_loss"]) for row in uninterrupted.history]
    assert errors[uninterrupted.epoch - 1] == min(errors)


def test_maximum_likelihood_trains(digits, tmp_path):
    recipe = dataclasses.replace(RECIPE, criterion="ml", negatives_per_digit=0.0, distort=False)
    history = train_recognizer(digits, recipe, tmp_path).history
    assert history[-1]["train_loss"] < history[0]["train_loss"]


def test_generator_of_the_caller_is_not_advanced(digits, tmp_path):
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    train_recognizer(digits, dataclasses.replace(RECIPE, epochs=1), tmp_path)
    assert torch.equal(torch.rand(2), expected)


def test_a_loss_that_is_not_finite_stops_the_run(digits, tmp_path, monkeypatch):
    monkeypatch.setattr(
        build.criteria, "maximum_a_posteriori", lambda penalties, *_: penalties.sum() * math.nan
    )
    with pytest.raises(DivergedError, match="--lr"):
        train_recognizer(digits, RECIPE, tmp_path)


def test_negatives_near_a_code_are_trimmed(digits):
    """Digits labeled as negatives lie as near to the codes as digits do: about half of them go."""
    from docreader.training.recognizer.dataset import Examples, clean_examples
    from models.lenet5 import LeNet5

    plain = clean_examples(digits)
    targets = np.concatenate([plain.targets, np.full(len(plain), 10)])
    examples = Examples(np.concatenate([plain.images] * 2), targets)
    module = LeNet5()
    cpu = torch.device("cpu")
    assert trainer.trim_negatives(module, examples, RECIPE, 0, cpu) is examples
    left = trainer.trim_negatives(module, examples, RECIPE, 3, cpu)
    assert (left.targets < 10).sum() == 240
    assert 100 < (left.targets == 10).sum() < 140
    kept = trainer.trim_negatives(module, examples, dataclasses.replace(RECIPE, trim=0.0), 3, cpu)
    assert kept is examples
