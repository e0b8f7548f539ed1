"""`docreader compare`: formats, files, errors and exit statuses."""

import json
import sys
from pathlib import Path

import pytest

from docreader.evaluation.peers import readers

PEERS = Path(__file__).parents[1] / "evaluation" / "peers"


@pytest.fixture
def labels(tmp_path, monkeypatch):
    """A labels.csv of two images, for fake readers."""
    monkeypatch.syspath_prepend(PEERS)
    monkeypatch.setitem(readers.READERS, "docreader", "fake_peers:FakeOwn")
    (tmp_path / "a.txt").write_text("20")
    (tmp_path / "b.txt").write_text("30\n$31.00")
    path = tmp_path / "labels.csv"
    path.write_text("file,amount\na.txt,20\nb.txt,31\n")
    return path


FAKE = ("--with", "fake_peers:FakePeer")


def test_table_and_report(run, labels, tmp_path):
    pytest.importorskip("jinja2")
    done = run("compare", labels, *FAKE, "--report", tmp_path / "report")
    assert done.status == 0
    assert "50.0 % (1 of 2;" in done.out
    assert "100.0 % (2 of 2;" in done.out
    assert "docreader: own 1" in done.out
    assert "report: " in done.err
    assert "\x1b" not in done.out
    assert "b.txt" in (tmp_path / "report" / "index.html").read_text("utf-8")


def test_json(run, labels, tmp_path):
    kept = tmp_path / "outputs.jsonl"
    done = run("compare", labels, *FAKE, "--format", "json", "--quiet", "--limit", 1, "--resume", kept)
    found = json.loads(done.out)
    assert [one["right"]["count"] for one in found["readers"]] == [1, 1]
    assert found["threads"] == 1
    assert len(kept.read_text().splitlines()) == 2


@pytest.mark.parametrize(("content", "status"), [("boom", 3), ("31", 0)])
def test_exit_status(run, labels, content, status):
    labels.with_name("b.txt").write_text(content)
    assert run("compare", labels, *FAKE).status == status


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("rapidorc", "did you mean rapidocr?"),
        ("fake_peers:NotInstalled", "pip install 'docreader[compare]'"),
        (",", "names no reader"),
    ],
)
def test_readers_that_cannot_be_used(run, labels, names, message):
    done = run("compare", labels, "--with", names)
    assert done.status == 2
    assert message in " ".join(done.err.replace("│", " ").split())
    assert "Traceback" not in done.err


def test_labels_without_amounts_are_refused_before_a_reader_starts(run, labels):
    labels.write_text("file,amount\na.txt,blank\n")
    done = run("compare", labels, "--with", "fake_peers:DiesAtStart")
    assert done.status == 2
    assert "line 2: 'blank' is not an amount" in done.err


def test_the_package_of_the_report_is_named_before_reading(run, labels, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    done = run("compare", labels, *FAKE, "--report", tmp_path / "report")
    assert done.status == 2
    assert "docreader[compare]" in done.err
