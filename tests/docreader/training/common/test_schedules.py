import pytest
import torch

from docreader.training.common.schedules import warmup_cosine


def rates(steps: int, **options: float) -> list[float]:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=2.0)
    schedule = warmup_cosine(optimizer, 3, steps, **options)
    found = []
    for _ in range(steps):
        found.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    return found


def test_the_rate_rises_to_its_peak_and_falls():
    found = rates(100)
    assert found[:4] == pytest.approx([2 / 3, 4 / 3, 2.0, 2.0])
    assert found[3:] == sorted(found[3:], reverse=True)
    assert 0 < found[-1] < 0.002


def test_the_rate_does_not_fall_below_the_floor():
    assert min(rates(100, floor=0.1)[3:]) == pytest.approx(0.2)
