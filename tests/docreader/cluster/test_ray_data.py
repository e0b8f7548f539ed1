"""`docreader decode --engine ray`, the whole command with a reader that needs no model."""

import os
import subprocess
import sys

import pytest

pytest.importorskip("ray")

import pyarrow as pa
import pyarrow.parquet as pq

from tests.docreader.cli.conftest import CODE, HERE, ROOT

CONTENTS = ("1", "bad", "3\n4", "boom", "5 0.1", "die", "7")


@pytest.fixture
def decode(tmp_path):
    """A function that runs the command on manifest.csv; its status and messages."""

    def command(*arguments):
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(HERE), str(ROOT))), "COLUMNS": "200"}
        environment.pop("RAY_ADDRESS", None)
        line = [sys.executable, "-c", CODE, "decode", str(tmp_path / "manifest.csv"), "--engine", "ray"]
        line += ["--out", str(tmp_path / "out"), "--jobs", "2", *arguments]
        done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=300, check=False)
        return done.returncode, done.stderr

    return command


def test_manifest_becomes_parquet_files(decode, tmp_path):
    names = [f"{number}.png" for number in range(len(CONTENTS))]
    for name, content in zip(names, CONTENTS, strict=True):
        (tmp_path / name).write_text(content)
    (tmp_path / "manifest.csv").write_text("id,file\n" + "".join(f"7,{name}\n" for name in names[:5]))
    status, messages = decode()
    assert status == 3, messages
    assert "5 images: 3 accepted, 1 rejected, 2 failed" in messages
    first = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("*.parquet")}

    # a run that is repeated reads what is missing, and survives an image that kills its reader
    (tmp_path / "manifest.csv").write_text("file\n" + "".join(f"{name}\n" for name in names))
    status, messages = decode()
    assert status == 3, messages
    assert "7 images (5 of them in the earlier run)" in messages
    parts = list((tmp_path / "out").glob("*.parquet"))
    assert {path: path.stat().st_mtime_ns for path in parts if path in first} == first
    rows = sorted(
        pa.concat_tables(map(pq.read_table, parts)).to_pylist(),
        key=lambda row: (row["file"], row["page"] or 0),
    )
    assert [row["file"] for row in rows] == [str(tmp_path / names[n]) for n in (0, 1, 2, 2, 3, 4, 5, 6)]
    assert [row["text"] for row in rows] == ["1", None, "3", "4", None, "5", None, "7"]
    assert [row["error_type"] for row in rows if row["error_type"]] == [
        "ValueError",
        "RuntimeError",
        "WorkerError",
    ]

    for arguments, message in (
        (("--grammar", "digits"), "--grammar"),
        (("--target-error", "0.01"), "--target-error"),
    ):
        status, messages = decode(*arguments)
        assert status == 2
        assert message in messages
        assert "Traceback" not in messages
