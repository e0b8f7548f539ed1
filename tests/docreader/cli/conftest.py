"""Runs the command in this process, with a reader that needs no model."""

import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from docreader.cli import main

HERE = Path(__file__).parent.parent  # of fake_reader.py
ROOT = HERE.parents[1]

CODE = """
import sys, fake_reader, docreader.cli.loading
docreader.cli.loading.load_reader = fake_reader.load
from docreader.cli import main
if __name__ == "__main__":
    sys.exit(main())
"""


@pytest.fixture
def run(capsysbinary, monkeypatch):
    """A function that runs the command here: arguments, and standard input."""
    monkeypatch.setenv("COLUMNS", "100")
    before = signal.getsignal(signal.SIGTERM)

    def command(*arguments, stdin=b""):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(stdin), isatty=lambda: False))
        status = main([str(argument) for argument in arguments])
        sys.stdout.flush()
        written = capsysbinary.readouterr()
        return SimpleNamespace(
            status=status,
            out=written.out.decode("utf-8", "surrogateescape"),
            err=written.err.decode("utf-8", "surrogateescape"),
        )

    yield command
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def start():
    """A function that starts the command with the fake reader as a process of its own."""
    processes = []

    def command(*arguments, **options):
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(HERE), str(ROOT))), "COLUMNS": "100"}
        environment |= options.pop("environment", {})
        process = subprocess.Popen(
            [sys.executable, "-c", CODE, *map(str, arguments)],
            env=environment,
            stdout=options.pop("stdout", subprocess.PIPE),
            stderr=subprocess.PIPE,
            # a shell starts what it leaves in the background with interruptions ignored, and children inherit that
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            **options,
        )
        processes.append(process)
        return process

    yield command
    for process in processes:
        process.kill()
        process.communicate()


@pytest.fixture
def amounts(tmp_path):
    """A function that draws amounts and lists them; the path of the labels.csv."""

    def write(*texts):
        rows = ["file,label"]
        for number, text in enumerate(texts):
            image = np.full((60, 40 + 30 * len(text)), 235, np.uint8)
            cv2.putText(image, text, (15, 45), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 20, 3)
            cv2.imwrite(str(tmp_path / f"{number}.png"), image)
            rows.append(f"{number}.png,{text}")
        path = tmp_path / "labels.csv"
        path.write_text("\n".join(rows) + "\n")
        return path

    return write


@pytest.fixture
def table(amounts):
    """A labels.csv of three amounts."""
    return amounts("15", "270", "33")
