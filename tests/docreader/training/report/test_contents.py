import numpy as np
import torch
from torch import nn

from docreader.training.report.contents import (
    confusion_matrix,
    feature_maps,
    first_filters,
    worst_mistakes,
)
from models.lenet import LeNet, LeNetConfig
from models.lenet5 import LeNet5


def test_confusions_are_counted_with_the_truth_as_rows():
    found = confusion_matrix(torch.tensor([0, 0, 2, 2]), torch.tensor([0, 1, 2, 0]), 3)
    assert found.tolist() == [[1, 1, 0], [0, 0, 0], [1, 0, 1]]


def test_the_surest_mistakes_come_first_and_lost_pictures_are_left_out():
    scores = torch.tensor([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.3, 0.7]]).log()
    targets = torch.tensor([1, 1, 1, 0])
    pictures = {0: np.zeros((2, 2), np.uint8), 3: np.ones((2, 2), np.uint8)}
    found = worst_mistakes(scores, targets, ("a", "b"), pictures.get, str)
    assert [(m.name, m.truth, m.answer) for m in found] == [("0", "b", "a"), ("3", "a", "b")]
    assert [round(m.confidence, 3) for m in found] == [0.9, 0.7]


def test_filters_are_those_of_the_first_convolution():
    model = LeNet5()
    assert np.array_equal(first_filters(model), model.c1.weight.detach().numpy())
    assert first_filters(nn.Linear(2, 2)) is None


def test_maps_are_taken_behind_each_stage():
    found = feature_maps(LeNet5(), torch.rand(1, 1, 32, 32))
    assert [(name, maps.shape) for name, maps in found] == [
        ("c1", (6, 28, 28)),
        ("s2", (6, 14, 14)),
        ("c3", (16, 10, 10)),
        ("s4", (16, 5, 5)),
    ]
    wide = LeNet(LeNetConfig(maps=(20, 4, 8, 8))).eval()
    assert [(name, maps.shape[0]) for name, maps in feature_maps(wide, torch.rand(1, 1, 32, 32))] == [
        ("c1.2", 16),
        ("c3.2", 4),
    ]
    assert not any(layer._forward_hooks for layer in wide.modules())
