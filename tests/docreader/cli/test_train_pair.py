import json

import cv2
import numpy as np
import pytest
import torch

from docreader import labels
from models.files import default_reader_path, describe, save_model
from models.piece_reader import PieceReader, PieceReaderConfig
from segment.segmentation import FEATURES


@pytest.fixture
def table(tmp_path):
    """Three labelled images."""
    rows = ["file,label"]
    for number, text in enumerate(("15", "270", "33")):
        image = np.full((60, 40 + 30 * len(text)), 235, np.uint8)
        cv2.putText(image, text, (15, 45), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 20, 3)
        cv2.imwrite(str(tmp_path / f"{number}.png"), image)
        rows.append(f"{number}.png,{text}")
    path = tmp_path / "labels.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.fixture
def second(tmp_path):
    torch.manual_seed(2)
    network = PieceReader(PieceReaderConfig(tuple(labels.DIGITS), FEATURES, maps=(2, 3, 8, 6)))
    path = tmp_path / "hos.safetensors"
    save_model(path, network, describe(network, kind="reader", name="hos", version="1"))
    return path


def test_a_pair_is_made_and_reads(run, table, second, tmp_path):
    out = tmp_path / "pairs" / "mine.json"
    done = run("train", "pair", table, "--second", second, "--out", out, "--sure", 0.9, "--quiet")
    assert done.status == 0, done.err
    made = json.loads(out.read_text())
    assert made["second"] == "../hos.safetensors"
    assert made["sure"] == 0.9
    assert len(made["weights"]) == 2
    assert made["calibration"]["strings"] == 3
    assert "of 3 strings right" in done.out
    read = run("decode", tmp_path / "0.png", "--model", out, "--grammar", "digits", "--format", "json")
    assert read.status == 0
    assert '"method":"both"' in read.out


def test_readers_the_wrong_way_round(run, table, second, tmp_path):
    more = ("--first", second, "--second", default_reader_path(), "--out", tmp_path / "pair.json")
    done = run("train", "pair", table, *more)
    assert done.status == 2
    assert "a pair is a reader by sdnn, then one by hos" in done.err
