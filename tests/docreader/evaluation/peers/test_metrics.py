"""Metrics, tables, JSON and page of a comparison."""

import json
import re

import pytest

from docreader.evaluation.peers.comparison import Comparison, ReaderResult
from docreader.evaluation.peers.metrics import all_metrics, median_interval
from docreader.evaluation.peers.scoring import Score
from docreader.evaluation.peers.tables import COLUMNS, comparison_to_json, rows
from docreader.io.ground_truth import read_ground_truth


@pytest.fixture
def comparison(labels, settings):
    """Two readers on 40 images: one is sure of what is right, the other of nothing; one image fails."""
    truth = read_ground_truth(labels(*[(str(number), "") for number in range(1, 41)]))
    own = [
        Score(str(n), 0.9 if n <= 30 else 0.2, n <= 30, acceptable=True, accepted=n <= 32)
        for n in range(1, 41)
    ]
    peer = [Score("<b>", 0.5, n % 2 == 0, acceptable=True, in_a_line=n % 4 != 1) for n in range(1, 40)]
    peer.append(Score(error="WorkerError: <script>", in_a_line=None))
    seconds = [0.01 * number for number in range(1, 41)]
    readers = [
        ReaderResult("docreader", "own 1", 1.0, own, seconds, seconds),
        ReaderResult("peer", "peer 2", 2.0, peer, seconds[:-1], seconds[:-1]),
    ]
    return Comparison(truth, truth.items, settings, 1, readers)


def test_metrics_of_each_reader(comparison):
    own, peer = all_metrics(comparison)
    assert (own.right.count, own.right.total) == (30, 40)
    assert (own.accepted.count, own.wrong) == (30, 0)
    assert own.by_own_threshold[0].count == 32
    assert own.by_own_threshold[1] == 2
    assert own.in_a_line is None
    assert (peer.right.count, peer.accepted.count, peer.failed) == (19, 0, 1)
    assert (peer.in_a_line.count, peer.in_a_line.total) == (29, 40)
    assert peer.by_own_threshold is None
    assert own.seconds.median == pytest.approx(0.205)
    assert own.seconds.low < 0.205 < own.seconds.high


def test_the_interval_of_a_median_covers_it_as_often_as_it_says():
    import numpy as np

    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(400):
        found = median_interval(rng.exponential(size=25).tolist())
        hits += found.low <= np.log(2) <= found.high
    assert 0.94 <= hits / 400 <= 0.99
    assert median_interval([]) is None
    assert median_interval([2.0]) == median_interval([2.0, 2.0])


def test_rows_have_counts_and_intervals(comparison):
    [own, peer] = rows(comparison)
    assert len(own) == len(COLUMNS)
    assert own[1] == "75.0 % (30 of 40; 59.8 to 85.8)"
    assert own[3].startswith("0 (at most 9.5")
    assert peer[2:5] == ("0.0 % (0 of 40; 0.0 to 8.8)", "-", "-")


def test_json_has_metrics_and_answers(comparison):
    found = json.loads(json.dumps(comparison_to_json(comparison), allow_nan=False))
    assert [one["name"] for one in found["readers"]] == ["docreader", "peer"]
    assert found["readers"][0]["accepted_at_error"]["wrong"] == 0
    assert found["readers"][1]["in_a_line"]["count"] == 29
    assert found["answers"][0]["readers"]["docreader"]["answer"] == "1"
    assert found["answers"][-1]["readers"]["peer"]["error"] == "WorkerError: <script>"


def test_the_page_is_one_file_and_escapes_what_it_shows(comparison, tmp_path):
    pytest.importorskip("jinja2")
    from docreader.evaluation.peers.report import write_report

    folder = tmp_path / "report"
    page = write_report(comparison, folder).read_text("utf-8")
    assert [path.name for path in folder.iterdir()] == ["index.html"]
    assert not re.findall(r'(?:src|href)="', page)
    assert "75.0 % (30 of 40; 59.8 to 85.8)" in page
    assert "<script>" not in page
    assert "&lt;b&gt;" in page
    assert "peer 2" in page
