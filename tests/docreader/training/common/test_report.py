import cv2
import numpy as np
import torch
from torch import nn

from docreader.training.common.report import (
    confusion_matrix,
    feature_maps,
    first_filters,
    worst_mistakes,
    write_report,
)
from docreader.training.common.report_contents import Mistake, ReportContents
from models.lenet import LeNet, LeNetConfig
from models.lenet5 import LeNet5

HISTORY = [{"epoch": 1.0, "train_loss": 1.0, "train_error": 0.5}]


def test_confusion_matrix_has_true_classes_in_rows():
    found = confusion_matrix(torch.tensor([0, 0, 2, 2]), torch.tensor([0, 1, 2, 0]), 3)
    assert found.tolist() == [[1, 1, 0], [0, 0, 0], [1, 0, 1]]


def test_most_confident_mistakes_come_first_and_missing_images_are_skipped():
    scores = torch.tensor([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.3, 0.7]]).log()
    targets = torch.tensor([1, 1, 1, 0])
    images = {0: np.zeros((2, 2), np.uint8), 3: np.ones((2, 2), np.uint8)}
    found = worst_mistakes(scores, targets, ("a", "b"), images.get, str)
    assert [(m.name, m.truth, m.predicted) for m in found] == [("0", "b", "a"), ("3", "a", "b")]
    assert [round(m.confidence, 3) for m in found] == [0.9, 0.7]


def test_filters_are_those_of_the_first_convolution():
    model = LeNet5()
    assert np.array_equal(first_filters(model), model.c1.weight.detach().numpy())
    assert first_filters(nn.Linear(2, 2)) is None


def test_feature_maps_are_taken_after_each_layer():
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


def test_page_shows_every_figure(tmp_path):
    rng = np.random.default_rng(0)
    mistakes = [
        Mistake(rng.integers(0, 255, (20, 30, 3), np.uint8), "cat", "<dog>", 0.98, "cats/\x1b1.png"),
        Mistake(rng.integers(0, 255, (30, 20), np.uint8), "cat", "<dog>", 0.9, "b"),
    ]
    contents = ReportContents(
        title="mine",
        part="validation",
        sentences=["2 of 9 wrong"],
        settings=[("lr", "0.1")],
        history=HISTORY,
        labels=("cat", "<dog>"),
        confusion=np.array([[3, 2], [0, 4]]),
        mistakes=mistakes,
        filters=rng.normal(size=(5, 3, 4, 4)).astype(np.float32),
        maps=[("c1", rng.normal(size=(3, 8, 8)).astype(np.float32))],
        sample=mistakes[1].image,
    )
    index = write_report(contents, tmp_path / "report")
    page = index.read_text()
    for name in ("curves", "confusion", "mistakes", "filters", "maps"):
        assert f'src="{name}.png"' in page
        assert cv2.imread(str(index.parent / f"{name}.png")).std() > 0
    assert "2 of 9 wrong" in page
    assert "&lt;dog&gt;" in page
    assert "<dog>" not in page
    assert "\x1b" not in page


def test_page_without_measurements_has_no_figures(tmp_path):
    contents = ReportContents("mine", "", ["nothing measured"], [], [], ("a", "b"))
    page = write_report(contents, tmp_path).read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
    assert "<img" not in page
