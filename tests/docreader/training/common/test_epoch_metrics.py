import pytest
import torch

from docreader.training.common.epoch_metrics import FLUSH_STEPS, EpochMetrics
from docreader.training.common.errors import DivergedError


def added(metrics: EpochMetrics, losses: list[float]) -> list[bool]:
    return [metrics.add(torch.tensor(loss), torch.tensor(1), 4) for loss in losses]


def test_metrics_are_means_over_the_examples():
    metrics = EpochMetrics(3, torch.device("cpu"))
    assert added(metrics, [1.0, 2.0]) == [True, True]
    metrics.add(torch.tensor(5.0), torch.tensor(2), 2)
    assert metrics.row() == {"epoch": 3.0, "train_loss": 2.2, "train_error": 0.4}


def test_a_gpu_is_read_now_and_then_and_at_the_end():
    often, seldom = EpochMetrics(1, torch.device("cpu")), EpochMetrics(1, torch.device("cuda"))
    losses = [float(n) for n in range(FLUSH_STEPS + 3)]
    assert all(added(often, losses))
    assert added(seldom, losses) == [n == FLUSH_STEPS - 1 for n in range(len(losses))]
    assert seldom.row() == often.row()


def test_a_loss_that_is_not_finite_ends_the_run():
    metrics = EpochMetrics(2, torch.device("cuda"))
    added(metrics, [1.0, float("nan")])
    with pytest.raises(DivergedError, match="nan in epoch 2"):
        metrics.flush()
