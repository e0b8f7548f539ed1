"""`docreader decode --engine ray`, the whole command with a reader that needs no model."""

import os
import subprocess
import sys

import pytest

pytest.importorskip("ray")

import pyarrow.parquet as pq

from tests.docreader.cli.conftest import CODE, HERE, ROOT


@pytest.fixture
def decode(tmp_path):
    """A function that runs the command on a manifest; its status and what it says."""

    def command(*arguments):
        paths = os.pathsep.join([str(ROOT), str(HERE)])
        environment = {**os.environ, "PYTHONPATH": paths, "COLUMNS": "200"}
        environment.pop("RAY_ADDRESS", None)
        line = [sys.executable, "-c", CODE, "decode", str(tmp_path / "manifest.csv"), "--engine", "ray"]
        line += ["--out", str(tmp_path / "out"), "--jobs", "1", *arguments]
        done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=300, check=False)
        return done.returncode, done.stderr

    return command


def test_a_manifest_becomes_parts_once(decode, tmp_path):
    names = [tmp_path / f"{number}.png" for number in range(5)]
    for number, name in enumerate(names):
        name.write_text("bad" if number == 3 else str(number))
    (tmp_path / "manifest.csv").write_text("file\n" + "".join(f"{name}\n" for name in names))
    status, said = decode()
    assert status == 3, said
    assert "5 images" in said
    [part] = (tmp_path / "out" / "parts").iterdir()
    rows = pq.read_table(part).to_pylist()
    assert [row["file"] for row in rows] == [str(name) for name in names]
    assert [row["text"] for row in rows] == ["0", "1", "2", None, "4"]
    written = part.stat().st_mtime_ns
    status, said = decode()
    assert status == 3, said
    assert part.stat().st_mtime_ns == written
    status, said = decode("--grammar", "digits")
    assert status == 2
    assert "Traceback" not in said
