import numpy as np
import pytest
import torch

from docreader.training.recognizer.calibration import calibrate
from docreader.training.recognizer.dataset import Examples
from docreader.training.recognizer.metrics import compute_metrics
from models.lenet5 import LeNet5

CPU = torch.device("cpu")


class Noisy(LeNet5):
    """A network whose penalties are pixels: their probabilities are known."""

    def forward(self, x):
        return 255 * x[:, 0, 0, :10]


@pytest.fixture
def examples():
    """Targets drawn from the posteriors of scale 0.05 and rubbish constant 30."""
    rng = np.random.default_rng(0)
    pictures = np.zeros((5_000, 32, 32), np.uint8)
    pictures[:, 0, :10] = rng.integers(0, 120, (5_000, 10))
    scores = np.concatenate([-0.05 * pictures[:, 0, :10].astype(float), np.full((5_000, 1), -1.5)], 1)
    noise = rng.gumbel(size=scores.shape)
    return Examples(pictures, (scores + noise).argmax(1))


def test_true_scale_and_constant_are_recovered(examples):
    model = Noisy()
    before = compute_metrics(model, examples, CPU)
    scale, rubbish = calibrate(model, examples, CPU)
    after = compute_metrics(model, examples, CPU)
    assert scale == pytest.approx(0.05, rel=0.08)
    assert rubbish == pytest.approx(30, rel=0.1)
    assert (float(model.scale), float(model.rubbish)) == (scale, rubbish)
    assert after.loss < before.loss
    assert after.wrong == before.wrong


def test_without_negatives_the_constant_stays(examples):
    characters = examples.targets < 10
    model = Noisy()
    calibrate(model, Examples(examples.images[characters], examples.targets[characters]), CPU)
    assert float(model.rubbish) == 50
