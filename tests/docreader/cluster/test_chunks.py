"""Manifests, chunks and parts, without Ray."""

import json
import os
from functools import partial

import pytest

pytest.importorskip("pyarrow")

import pyarrow as pa
import pyarrow.parquet as pq

from docreader.cluster.chunks import Work, names_of, prepare
from docreader.cluster.parts import counts
from docreader.cluster.worker import Task, Worker, fetched
from docreader.errors import ManifestError
from docreader.io.archives import InMemoryFile
from docreader.io.records import ErrorRecord, Reading, from_json
from docreader.runtime.config import ReaderConfig
from tests.docreader import fake_reader


@pytest.fixture
def manifest(tmp_path):
    """A function that writes images and a manifest of them."""

    def write(contents, form="csv"):
        names = []
        for number, content in enumerate(contents):
            file = tmp_path / f"{number}.png"
            file.write_text(content)
            names.append(str(file))
        path = tmp_path / f"manifest.{form}"
        if form == "csv":
            path.write_text("id,file\n" + "".join(f"{n},{name}\n" for n, name in enumerate(names)))
        else:
            pq.write_table(pa.table({"file": names}), path)
        return str(path), names

    return write


def task(folder, **options):
    return Task(Work(folder), partial(fake_reader.load, ReaderConfig()), 10**9, **{"batch_size": 2} | options)


def rows(work, count):
    return [row for number in range(count) for row in pq.read_table(work.part(number)).to_pylist()]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_manifest_becomes_parts(manifest, tmp_path, form):
    path, names = manifest(["1", "bad", "3\n4", "boom", "5 0.1"], form)
    todo = task(tmp_path / "out")
    count = prepare(todo.work, [path], 2, {})
    assert (count, todo.work.missing(count)) == (3, [0, 1, 2])
    assert [name for number in range(count) for name in names_of(todo.work, number)] == names
    worker = Worker(todo)
    assert worker({"chunk": [0, 1, 2]}) == {"chunk": [0, 1, 2]}
    found = rows(todo.work, count)
    assert [row["file"] for row in found] == [names[n] for n in (0, 1, 2, 2, 3, 4)]
    assert [row["text"] for row in found] == ["1", None, "3", "4", None, "5"]
    assert [row["error_type"] for row in found] == [None, "ValueError", None, None, "RuntimeError", None]
    assert [row["decision"] for row in found] == ["accept", None, "accept", "accept", None, "reject"]
    for row in found:
        assert isinstance(from_json(row["record"]), Reading | ErrorRecord)
    total = [counts(todo.work.part(number)) for number in range(count)]
    assert sum(c.inputs for c in total) == 5
    assert sum(c.failed for c in total) == 2
    assert not list((tmp_path / "out" / "running").iterdir())


def test_only_what_is_missing_is_read_again(manifest, tmp_path, monkeypatch):
    path, _ = manifest(["1", "2", "3", "4"])
    todo = task(tmp_path / "out")
    count = prepare(todo.work, [path], 2, {})
    Worker(todo).read(0)
    first = todo.work.part(0).stat().st_mtime_ns
    assert prepare(todo.work, [path], 2, {}) == count
    assert todo.work.missing(count) == [1]
    read = []
    one = fake_reader.FakeReader.read
    monkeypatch.setattr(
        fake_reader.FakeReader, "read", lambda s, source: read.append(source) or one(s, source)
    )
    Worker(todo)({"chunk": [0, 1]})
    assert len(read) == 2
    assert todo.work.part(0).stat().st_mtime_ns == first


def test_other_work_in_the_folder_is_refused(manifest, tmp_path):
    path, _ = manifest(["1", "2"])
    work = Work(tmp_path / "out")
    prepare(work, [path], 2, {"grammar": "usd"})
    for manifests, size, settings in (
        ([path], 2, {"grammar": "inr"}),
        ([path], 3, {"grammar": "usd"}),
        ([path] * 2, 2, {}),
    ):
        with pytest.raises(ManifestError, match="name another folder"):
            prepare(work, manifests, size, settings)


@pytest.mark.parametrize("content", [b"name\na\n", b"\x00\xff", b""])
def test_what_is_no_manifest(tmp_path, content):
    for name in ("a.csv", "a.parquet"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ManifestError, match="column 'file'"):
            prepare(Work(tmp_path / "out"), [str(tmp_path / name)], 2, {})
    with pytest.raises(ManifestError, match="cannot read"):
        prepare(Work(tmp_path / "out"), [str(tmp_path / "none.csv")], 2, {})


def test_an_image_that_two_workers_died_of_is_an_error_row(manifest, tmp_path):
    path, names = manifest(["1", "die", "3"])
    todo = task(tmp_path / "out")
    prepare(todo.work, [path], 10, {})
    todo.work.running(0).write_text(json.dumps({"pid": 1, "bad": []}))  # who died while it read in batches
    worker = Worker(todo)
    todo.work.running(0).write_text(
        json.dumps({"pid": 1, "bad": [], "at": 1})
    )  # and who died alone with image 1
    worker.read(0)
    found = rows(todo.work, 1)
    assert [(row["file"], row["text"], row["error_type"]) for row in found] == [
        (names[0], "1", None),
        (names[1], None, "WorkerError"),
        (names[2], "3", None),
    ]


def test_what_is_named_by_a_url(tmp_path):
    pytest.importorskip("fsspec")
    (tmp_path / "a.png").write_bytes(b"12345")
    url = (tmp_path / "a.png").as_uri()
    assert fetched("a.png", 9) == "a.png"
    assert fetched(url, 5) == InMemoryFile(url, b"12345")
    assert "--max-bytes" in fetched(url, 4).error.message
    assert fetched(url + "x", 9).error.type == "RemoteReadError"
    assert os.fspath(tmp_path) in fetched(url + "x", 9).file
