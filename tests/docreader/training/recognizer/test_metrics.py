import math

import numpy as np
import pytest
import torch

from docreader.training.recognizer.dataset import Examples
from docreader.training.recognizer.metrics import compute_metrics, log_posteriors
from models.lenet5 import LeNet5

CPU = torch.device("cpu")


class Known(LeNet5):
    """A network that reads its penalties off the first pixels of a picture."""

    def forward(self, x):
        return 255 * x[:, 0, 0, :10]


def picture(penalties):
    image = np.zeros((32, 32), np.uint8)
    image[0, :10] = penalties
    return image


def test_metrics_equal_manual_counts():
    right = [100] * 10
    right[3] = 1
    wrong = [100] * 10
    wrong[5] = 1
    refused = [100] * 10
    refused[3] = 60  # the best class, but "no character" (50) is better
    pictures = np.stack([picture(p) for p in (right, wrong, refused, [100] * 10, right)])
    examples = Examples(pictures, np.array([3, 3, 3, 10, 10]))
    metrics = compute_metrics(Known(), examples, CPU)
    assert (metrics.characters, metrics.wrong, metrics.refused) == (3, 1, 1)
    assert (metrics.negatives, metrics.caught, metrics.missed) == (2, 1, 3)
    assert metrics.error == pytest.approx(1 / 3)
    assert metrics.total_error == pytest.approx(3 / 5)
    assert metrics.loss == pytest.approx((0 + 49 + 10 + 0 + 49) / 5 + (99 - 49) / 5, abs=11)


def test_loss_is_the_mean_of_minus_the_right_log_posterior():
    model = LeNet5()
    pictures = np.random.default_rng(0).integers(0, 255, (5, 32, 32), dtype=np.uint8)
    targets = np.array([0, 3, 9, 10, 10])
    scores = model.log_posteriors(torch.from_numpy(pictures).unsqueeze(1).float() / 255)
    expected = -scores[torch.arange(5), torch.from_numpy(targets)].mean().item()
    assert compute_metrics(model, Examples(pictures, targets), CPU).loss == pytest.approx(expected, rel=1e-4)
    assert torch.allclose(log_posteriors(model, pictures, CPU), scores, atol=1e-4)


def test_nothing_to_measure():
    metrics = compute_metrics(LeNet5(), Examples(np.zeros((0, 32, 32), np.uint8), np.zeros(0, np.int64)), CPU)
    assert math.isnan(metrics.error)
    assert (metrics.low, metrics.high) == (0, 1)
