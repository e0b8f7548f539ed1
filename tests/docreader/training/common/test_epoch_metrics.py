import pytest
import torch

from docreader.training.common.epoch_metrics import WAIT, Tally
from docreader.training.common.errors import DivergedError


def added(tally: Tally, losses: list[float]) -> list[bool]:
    return [tally.add(torch.tensor(loss), torch.tensor(1), 4) for loss in losses]


def test_figures_are_means_over_the_examples():
    tally = Tally(3, torch.device("cpu"))
    assert added(tally, [1.0, 2.0]) == [True, True]
    tally.add(torch.tensor(5.0), torch.tensor(2), 2)
    assert tally.row() == {"epoch": 3.0, "train_loss": 2.2, "train_error": 0.4}


def test_a_gpu_is_looked_at_now_and_then_and_at_the_end():
    often, seldom = Tally(1, torch.device("cpu")), Tally(1, torch.device("cuda"))
    losses = [float(n) for n in range(WAIT + 3)]
    assert all(added(often, losses))
    assert added(seldom, losses) == [n == WAIT - 1 for n in range(len(losses))]
    assert seldom.row() == often.row()


def test_a_loss_that_is_no_number_ends_the_run_when_it_is_looked_at():
    tally = Tally(2, torch.device("cuda"))
    added(tally, [1.0, float("nan")])
    with pytest.raises(DivergedError, match="nan in pass 2"):
        tally.look()
