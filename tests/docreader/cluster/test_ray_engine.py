"""Ray on this machine: two workers, one of them killed in the middle of its work."""

import json
import os
import signal
import threading
import time
from functools import partial

import pytest

pytest.importorskip("ray")

import pyarrow.parquet as pq

from docreader.cluster.chunks import Work, prepare
from docreader.cluster.ray_engine import run
from docreader.cluster.worker import Task
from docreader.runtime.config import ReaderConfig
from tests.docreader import fake_reader


@pytest.mark.filterwarnings("ignore")
def test_a_worker_that_is_killed_costs_nothing(tmp_path):
    names = [tmp_path / f"{number:02}.png" for number in range(24)]
    for number, name in enumerate(names):
        name.write_text("bad" if number % 7 == 3 else f"slow {number / 100}")
    (tmp_path / "manifest.csv").write_text("file\n" + "".join(f"{name}\n" for name in names))
    work = Work(tmp_path / "out")
    count = prepare(work, [str(tmp_path / "manifest.csv")], 4, {})
    task = Task(work, partial(fake_reader.load, ReaderConfig()), 10**9, 1)
    killed = []

    def kill_one():
        while not killed:
            for note in sorted((work.folder / "running").glob("[0-9]*.json")):
                try:
                    pid = json.loads(note.read_text())["pid"]
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)
                    return
                except (OSError, ValueError):
                    continue
            time.sleep(0.05)

    thread = threading.Thread(target=kill_one, daemon=True)
    thread.start()
    assert sorted(run(task, work.missing(count), 2)) == list(range(count))
    assert killed
    rows = [row for number in range(count) for row in pq.read_table(work.part(number)).to_pylist()]
    assert [row["file"] for row in rows] == [str(name) for name in names]
    assert [row["error_type"] for row in rows] == ["ValueError" if n % 7 == 3 else None for n in range(24)]
    assert list(run(task, work.missing(count), 2)) == []
