import json

import pytest
import torch

from docreader.decoding import alphabet
from models.files import default_reader_path, describe, save_model
from models.segment_scorer import SegmentScorer, SegmentScorerConfig
from segment.oversegmentation.graph import FEATURES


@pytest.fixture
def second(tmp_path):
    torch.manual_seed(2)
    network = SegmentScorer(SegmentScorerConfig(tuple(alphabet.DIGITS), FEATURES, maps=(2, 3, 8, 6)))
    path = tmp_path / "hos.safetensors"
    save_model(path, network, describe(network, kind="reader", name="hos", version="1"))
    return path


def test_an_ensemble_is_fitted_and_reads(run, table, second, tmp_path):
    out = tmp_path / "ensembles" / "mine.json"
    done = run("train", "ensemble", table, "--second", second, "--out", out, "--defer-below", 0.9, "--quiet")
    assert done.status == 0, done.err
    made = json.loads(out.read_text())
    assert made["second"] == "../hos.safetensors"
    assert made["defer_below"] == 0.9
    assert len(made["weights"]) == 2
    assert made["calibration"]["strings"] == 3
    assert "of 3 strings correct" in done.out
    read = run("decode", tmp_path / "0.png", "--model", out, "--grammar", "digits", "--format", "json")
    assert read.status == 0
    assert '"method":"ensemble"' in read.out


def test_readers_in_the_wrong_order_are_refused(run, table, second, tmp_path):
    more = ("--first", second, "--second", default_reader_path(), "--out", tmp_path / "ensemble.json")
    done = run("train", "ensemble", table, *more)
    assert done.status == 2
    assert "an ensemble is a reader of --method sdnn, then one of --method hos" in done.err
