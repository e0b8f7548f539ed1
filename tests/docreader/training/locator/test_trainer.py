from dataclasses import replace

import numpy as np
import pytest
import torch

from docreader.recognition.locator import Locator
from docreader.training.common.errors import RecipeError, TrainingError
from docreader.training.locator.examples import training_batches
from docreader.training.locator.model_card import metric_sentences, publish
from docreader.training.locator.pages import rows_of
from docreader.training.locator.recipe import LocatorRecipe
from docreader.training.locator.trainer import train_locator
from segment.image.box import Box

RECIPE = LocatorRecipe(epochs=10, batch_size=8, lr=0.02, ema=0.0, turned=0.0, reduced=0.0, val_fraction=0.17)


@pytest.fixture(scope="module")
def trained(pages, small, tmp_path_factory):
    return train_locator(pages, RECIPE, tmp_path_factory.mktemp("run"), config=small)


def hits(network, pages):
    locator = Locator(network, None, torch.device("cpu"))
    found = [locator.propose(page.image).fields[0].box for page in pages]
    return [
        box.iou((x, y, right - x, bottom - y)) > 0.4
        for box, (x, y, right, bottom, _) in zip(found, (page.fields[0] for page in pages), strict=True)
    ]


def test_network_finds_the_bars_and_their_edges(pages, trained):
    assert trained.history[-1]["train_loss"] < 0.6 * trained.history[0]["train_loss"]
    assert np.mean(hits(trained.network, pages)) > 0.8


def test_resumed_run_is_bit_identical(pages, small, tmp_path):
    recipe = replace(RECIPE, epochs=3)
    whole = train_locator(pages, recipe, tmp_path / "whole", config=small)

    def stop(row):
        if row["epoch"] == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_locator(pages, recipe, tmp_path / "parts", config=small, on_epoch=stop)
    resumed = train_locator(pages, recipe, tmp_path / "parts", config=small, resume=True)
    assert resumed.history == whole.history
    wanted = whole.network.state_dict()
    assert all(torch.equal(values, wanted[name]) for name, values in resumed.network.state_dict().items())


def test_candidates_are_renewed_every_few_epochs(pages, small, tmp_path):
    calls = []

    def refresh(network, some):
        calls.append(len(some))
        return [replace(page, fields=rows_of([(Box(80, 40, 40, 16), -1.0)])) for page in some]

    train_locator(pages, replace(RECIPE, epochs=5, refresh=2), tmp_path, config=small, refresh=refresh)
    assert calls == [40, 8, 40, 8]


def test_batches_have_one_size_and_all_their_pages(pages):
    batches = list(training_batches(pages, replace(RECIPE, turned=0.5), 200, np.random.default_rng(1)))
    assert [len(batch.images) for batch in batches] == [8] * 6
    assert all(max(batch.images.shape[2:]) == 200 for batch in batches)
    turns = torch.cat([batch.orientation for batch in batches])
    assert set(turns.tolist()) == {0, 1, 2, 3}


def test_too_few_pages_are_refused(pages, tmp_path):
    with pytest.raises(TrainingError, match="fewer than one batch"):
        train_locator(pages[:5], RECIPE, tmp_path)


@pytest.mark.parametrize(
    "values", [{"epochs": 0}, {"batch_size": 1}, {"lr": 0.0}, {"ema": 1.0}, {"turned": 1.5}, {"kinds": -1}]
)
def test_recipe_is_checked(values):
    with pytest.raises(RecipeError):
        LocatorRecipe(**values)


def test_model_and_card_are_written(trained, tmp_path):
    published = publish(
        trained, RECIPE, tmp_path, "places", version="3", data=["48 bars."], reader="reader 1"
    )
    loaded = Locator.load(published.model)
    assert (loaded.identity.name, loaded.identity.version) == ("places", "3")
    card = published.card.read_text("utf-8")
    assert published.sha256 in card
    assert "48 bars." in card
    assert "amounts alone" in card
    assert metric_sentences({}) == []
