"""Comparison of fake readers: scores, faults, resumption."""

import json
from dataclasses import replace

import pytest

from docreader.errors import MissingExtraError, PeerError, ResumeError
from docreader.evaluation.peers.comparison import compare_readers
from docreader.io.ground_truth import read_ground_truth

pytestmark = pytest.mark.usefixtures("fake_readers")


def results(labels, settings, *names, **options):
    """The results by reader."""
    found = compare_readers(read_ground_truth(labels), names, settings, **options)
    return {result.name: result for result in found.readers}


def test_each_reader_is_scored_on_each_image(labels, settings):
    path = labels(("20", "20|0.9\n$20.00|0.8|70"), ("7.5", "8|0.4\n7.50|0.3"), ("3", "3\nno amount"))
    found = results(path, settings, "docreader", "fake")
    assert [one.right for one in found["docreader"].scores] == [True, False, True]
    assert [one.accepted for one in found["docreader"].scores] == [True, False, True]
    assert [one.right for one in found["fake"].scores] == [True, True, True]
    assert [one.in_a_line for one in found["fake"].scores] == [True, True, True]
    assert [one.accepted for one in found["fake"].scores] == [None] * 3
    assert [one.confidence for one in found["fake"].scores] == [0.8, 0.3, 0.9]
    assert found["fake"].version == "fake 1"
    assert len(found["fake"].seconds) == 3


def test_labels_are_compared_by_their_digits(labels, settings):
    path = labels(("12", "1.2-\n"), ("34", "35"))
    path.write_text(path.read_text().replace("amount", "label"))
    cut_out = replace(settings, single_line=True, digits=True)
    assert [one.right for one in results(path, cut_out, "fake")["fake"].scores] == [True, False]


@pytest.mark.parametrize("batch_size", [1, 4])
def test_an_image_that_a_reader_fails_on_costs_that_image_alone(labels, settings, batch_size):
    path = labels(("1", "1"), ("2", "boom"), ("3", "die"), ("4", "4"))
    found = results(path, settings, "fake", batch_size=batch_size)["fake"]
    assert [one.right for one in found.scores] == [True, False, False, True]
    errors = [one.error for one in found.scores]
    assert errors[1] == "RuntimeError: a fault of the reader"
    assert errors[2].startswith("WorkerError: its process died")
    assert errors[0] is errors[3] is None


def test_a_reader_that_takes_too_long_is_stopped_and_started_again(labels, settings):
    path = labels(("1", "hang"), ("2", "2"))
    found = results(path, settings, "fake", timeout=5)["fake"]
    assert found.scores[0].error == "WorkerError: stopped after 5 seconds"
    assert found.scores[1].right
    assert len(found.seconds) == 1


def test_a_missing_image_is_a_failure(labels, settings, tmp_path):
    path = labels(("1", "1"), ("2", "2"))
    (tmp_path / "0.txt").unlink()
    found = results(path, settings, "fake")["fake"]
    assert found.scores[0].error.startswith("FileNotFoundError")
    assert found.scores[1].right


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("fake_peers:NotInstalled", MissingExtraError, "pip install"),
        ("fake_peers:DiesAtStart", PeerError, "process died"),
        ("fake_peers:Nothing", PeerError, "cannot be imported"),
        ("no.such.module:Reader", PeerError, "cannot be imported"),
        ("fakes", PeerError, "did you mean fake"),
    ],
)
def test_a_reader_that_cannot_be_loaded_is_named(labels, settings, name, kind, message):
    with pytest.raises(kind, match=message):
        results(labels(("1", "1")), settings, name)


def test_an_interrupted_run_continues_where_it_was(labels, settings, tmp_path):
    path = labels(("1", "1"), ("2", "2"), ("3", "boom"))
    kept, name = tmp_path / "outputs.jsonl", "fake_peers:Counting"
    first = results(path, settings, name, resume=kept, limit=2)[name]
    kept.write_text(kept.read_text() + '{"reader": "torn')
    assert kept.stat().st_mode & 0o077 == 0
    second = results(path, settings, name, resume=kept)[name]
    assert second.scores[:2] == first.scores
    assert second.seconds == first.seconds
    read = (tmp_path / "read.txt").read_text().split()
    assert [line.rsplit("/", 1)[-1] for line in read] == ["0.txt", "1.txt", "2.txt"]
    assert len([json.loads(line) for line in kept.read_text().splitlines()]) == 2  # the failure is read again
    results(path, replace(settings, threads=2), name, resume=kept, limit=1)
    assert len((tmp_path / "read.txt").read_text().split()) == 4  # other settings, other outputs


def test_another_file_is_not_continued(labels, settings, tmp_path):
    other = tmp_path / "other.jsonl"
    other.write_text('{"file": "a.png"}\n')
    with pytest.raises(ResumeError, match="line 1"):
        results(labels(("1", "1")), settings, "fake", resume=other)
    assert other.read_text() == '{"file": "a.png"}\n'
