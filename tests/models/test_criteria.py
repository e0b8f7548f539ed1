import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models import criteria

penalty = st.floats(0, 60, allow_nan=False)


@given(st.lists(st.lists(penalty, min_size=4, max_size=4), min_size=1, max_size=5), st.floats(0.1, 60))
def test_map_is_equation_9_on_characters(rows, j):
    penalties = torch.tensor(rows, dtype=torch.float64)
    targets = torch.arange(len(rows)) % 4
    expected = sum(
        row[int(t)] + math.log(math.exp(-j) + sum(math.exp(-y) for y in row))
        for row, t in zip(rows, targets, strict=True)
    ) / len(rows)
    found = criteria.maximum_a_posteriori(penalties, targets, j)
    assert found.item() == pytest.approx(expected, abs=1e-9)
    assert found.item() >= 0


def test_map_of_a_negative_is_minus_its_log_posterior():
    penalties = torch.tensor([[3.0, 5.0]], dtype=torch.float64)
    expected = 2.0 + math.log(math.exp(-2.0) + math.exp(-3.0) + math.exp(-5.0))
    found = criteria.maximum_a_posteriori(penalties, torch.tensor([2]), 2.0)
    assert found.item() == pytest.approx(expected)


@given(st.lists(penalty, min_size=3, max_size=3), st.floats(0.1, 60), st.floats(0.01, 2))
def test_posteriors_sum_to_one(row, j, scale):
    found = criteria.log_posteriors(torch.tensor([row], dtype=torch.float64), j, scale)
    assert found.shape == (1, 4)
    assert found.exp().sum().item() == pytest.approx(1)


def test_scale_multiplies_penalties_and_rubbish_alike():
    penalties = torch.tensor([[3.0, 5.0]])
    assert torch.allclose(
        criteria.log_posteriors(penalties, 4.0, 0.5), criteria.log_posteriors(0.5 * penalties, 2.0)
    )


def test_ml_is_the_mean_right_penalty():
    penalties = torch.tensor([[1.0, 9.0], [9.0, 3.0]])
    assert criteria.maximum_likelihood(penalties, torch.tensor([0, 1])).item() == 2.0


def test_map_pushes_wrong_classes_away_and_ml_does_not():
    penalties = torch.tensor([[1.0, 2.0]], requires_grad=True)
    criteria.maximum_likelihood(penalties, torch.tensor([0])).backward()
    assert penalties.grad.tolist() == [[1.0, 0.0]]
    penalties.grad = None
    criteria.maximum_a_posteriori(penalties, torch.tensor([0]), 3.0).backward()
    assert penalties.grad[0, 0] > 0 > penalties.grad[0, 1]


def test_gradients_are_right():
    penalties = torch.rand(3, 4, dtype=torch.float64, requires_grad=True)
    j = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    targets = torch.tensor([0, 4, 2])
    assert torch.autograd.gradcheck(lambda y, r: criteria.maximum_a_posteriori(y, targets, r), (penalties, j))
