"""The demo, on samples made here."""

import csv

import numpy as np
import pytest
from PIL import Image

from docreader.demo import main


@pytest.fixture
def samples(tmp_path):
    with (tmp_path / "labels.csv").open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["file", "label", "amount", "text"])
        rows.writerow(["blank.png", "1", "1.00", "[1.00]"])
        rows.writerow(["missing.png", "2", "2.00", "2.00"])
    Image.fromarray(np.full((50, 120), 255, np.uint8)).save(tmp_path / "blank.png")
    return tmp_path


def test_a_table_and_pictures(samples, tmp_path, capsys):
    out = tmp_path / "demo"
    for _ in range(2):  # the second demo replaces the pictures of the first
        assert main(["--samples", str(samples), "--out", str(out)]) == 0
        assert [path.name for path in out.iterdir()] == ["blank.png-p1.png"]
    table = capsys.readouterr().out
    assert "[1.00]" in table
    assert "reject (blank)" in table
    assert "2 images, 0 read right" in table


def test_without_samples_there_is_a_message(tmp_path, capsys):
    assert main(["--samples", str(tmp_path), "--out", str(tmp_path / "demo")]) == 2
    assert "labels.csv" in capsys.readouterr().err
