import pytest
import torch

from docreader.training.common.fit import Trained
from docreader.training.recognizer.metrics import Metrics
from docreader.training.recognizer.model_card import metric_sentences, publish
from docreader.training.recognizer.recipe import Recipe
from models.files import load_model
from models.lenet5 import LeNet5


@pytest.fixture
def published(tmp_path):
    torch.manual_seed(0)
    history = [{"epoch": 1.0, "train_loss": 1.0, "held_out_loss": 0.5, "held_out_error": 0.25}]
    trained = Trained(LeNet5(), 1, history, "ab" * 32)
    metrics = {"test": Metrics(200, 3, 0.005, 0.043, 2, 50, 40, 13, 0.3)}
    return publish(trained, Recipe(), metrics, tmp_path, "mine", version="2", count=1000, test_data="cd" * 32)


def test_model_file_has_recipe_and_results(published):
    loaded = load_model(published.model)
    assert loaded.sha256 == published.sha256
    assert (loaded.name, loaded.version) == ("mine", "2")
    assert loaded.metadata.training["recipe"] == Recipe().to_json()
    assert loaded.metadata.results["test"]["wrong"] == 3


def test_card_has_the_measured_metrics(published):
    card = published.card.read_text()
    assert published.sha256 in card
    assert "3 of 200 wrong, error 1.50 % (95 % interval 0.50 to 4.30 %)" in card
    assert "40 of 50 negatives (80.0 %) rejected" in card
    assert "1,000 digits: own data" in card
    assert "50 of them were held out" in card
    assert "error 25.00 %" in card


def test_no_sentence_without_test_digits():
    assert metric_sentences({}) == []
