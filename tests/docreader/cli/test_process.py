"""The command as a process: closed pipes, signals, imports."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.docreader.cli.conftest import ROOT


@pytest.fixture
def many(scans):
    return scans(**{f"i{number:03}": "slow 0.9" for number in range(40)})


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_cleanly_with_130(start, many, jobs, number):
    process = start("decode", many, "--format", "json", "--batch-size", 1, "--jobs", jobs)
    first = process.stdout.readline()
    process.send_signal(number)
    rest, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors.decode()
    assert "images" in errors.decode()
    for line in [first, *rest.splitlines()]:
        json.loads(line)


def test_workers_do_not_outlive_a_parent_that_was_killed(start, many, tmp_path):
    process = start("decode", many, "--format", "json", "--batch-size", 1, "--jobs", 2)
    process.stdout.readline()
    process.kill()
    process.communicate(timeout=60)  # ends when the last process that holds the pipe has ended


@pytest.mark.parametrize(("jobs", "lines"), [(1, 4), (2, 8)])
def test_a_killed_run_is_continued(start, scans, tmp_path, jobs, lines):
    contents = {f"i{number:02}": "wait 0.9" if number == lines + 1 else str(number) for number in range(20)}
    folder, out, whole = scans(**contents), tmp_path / "out.jsonl", tmp_path / "whole.jsonl"
    options = ("--batch-size", 2, "--jobs", jobs)
    process = start("decode", folder, "--resume", out, *options)
    while not out.exists() or out.read_bytes().count(b"\n") < lines:
        assert process.poll() is None
        time.sleep(0.005)
    process.kill()
    (folder / "go").touch()
    process.communicate(timeout=60)
    assert out.read_bytes().count(b"\n") == lines
    for file in (out, whole):
        assert start("decode", folder, "--resume", file, *options).wait(timeout=60) == 0
    assert out.read_bytes() == whole.read_bytes()
    assert [json.loads(line)["file"] for line in out.read_bytes().splitlines()] == [
        str(folder / f"{name}.png") for name in contents
    ]


def test_a_closed_pipe_ends_the_run_quietly(start, many):
    process = start("decode", many, "--format", "json", "--batch-size", 1)
    process.stdout.readline()
    process.stdout.close()
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors.decode()
    assert "Broken" not in errors.decode()


def test_file_names_need_not_be_utf8(start, tmp_path):
    name = os.fsencode(tmp_path) + b"/\xe9\x1b.png"
    with open(name, "w") as file:  # noqa: PTH123
        file.write("12")
    for form, expected in (("csv", name), ("text", b"\\xe9\\x1b.png"), ("json", b"\\udce9\\u001b.png")):
        out, errors = start("decode", os.fsdecode(name), "--format", form).communicate(timeout=60)
        assert expected in out, errors


def test_help_imports_nothing_heavy():
    code = (
        "import sys; sys.argv = ['docreader', 'decode', '--help']; from docreader.cli import main; main(); "
        "print([m for m in ('torch', 'numpy', 'cv2', 'scipy', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_sdnn_imports_nothing_that_only_hos_needs():
    heavy = ("scipy.signal", "scipy.ndimage", "scipy.sparse", "networkx", "skimage")
    code = f"import sys, docreader.pipeline.reader; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_python_m_is_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "docreader", "--version"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("docreader ")
