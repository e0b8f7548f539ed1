import csv
import sys

import cv2
import pytest

from docreader.errors import MissingExtraError
from docreader.training.common.history import draw_curves, write_csv

HISTORY = [
    {"epoch": 1.0, "train_loss": 2.0, "train_error": 0.5, "held_out_loss": 1.5, "held_out_error": 0.4},
    {"epoch": 2.0, "train_loss": 1.0, "train_error": 0.25, "held_out_loss": 0.75, "held_out_error": 0.0},
]


def test_the_table_has_a_row_an_epoch(tmp_path):
    write_csv(tmp_path / "curves.csv", HISTORY)
    with (tmp_path / "curves.csv").open() as stream:
        rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(stream)]
    assert rows == HISTORY


@pytest.mark.parametrize("columns", [5, 3])
def test_the_plot_is_an_image(tmp_path, columns):
    history = [dict(list(row.items())[:columns]) for row in HISTORY]
    draw_curves(tmp_path / "curves.png", history, "a title")
    assert cv2.imread(str(tmp_path / "curves.png")).shape[1] > 800


def test_without_matplotlib_the_message_names_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtraError, match=r"docreader\[train\]"):
        draw_curves(tmp_path / "curves.png", HISTORY, "a title")
