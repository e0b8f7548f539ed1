"""The command as a process: closed pipes, signals, imports."""

import json
import os
import shlex
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


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
@pytest.mark.parametrize("form", ["csv", "text", "json"])
def test_no_record_is_lost_to_the_encoding_of_the_output(start, tmp_path, encoding, form):
    names = [tmp_path / "sch\u00e9ck.png", tmp_path / "\u5c0f\u5207\u624b.png", tmp_path / "plain.png"]
    for name in names:
        name.write_text("12", encoding="ascii")
    process = start("decode", *names, "--format", form, environment={"PYTHONIOENCODING": encoding})
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert b"Traceback" not in errors
    assert len(out.splitlines()) == 3 + (form == "csv")
    if form != "json":
        assert os.fsencode(names[1]) in out
        assert (str(names[0]).encode("latin-1") if encoding == "latin-1" else os.fsencode(names[0])) in out


def shell(redirection, *arguments):
    """The command run by a shell, with its output redirected there."""
    code = f"exec {shlex.quote(sys.executable)} -c 'from docreader.cli import main; raise SystemExit(main())' \"$@\" "
    return subprocess.run(
        ["sh", "-c", code + redirection, "sh", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
@pytest.mark.parametrize("form", ["csv", "text", "json"])
@pytest.mark.parametrize("redirection", [">&-", "1</dev/null", ">/dev/full"])
def test_output_that_cannot_be_written_is_an_error(tmp_path, form, redirection):
    if redirection.endswith("full") and not os.path.exists("/dev/full"):  # noqa: PTH110
        pytest.skip("there is no /dev/full")
    done = shell(redirection, "decode", tmp_path / "missing.png", "--format", form)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert "docreader: " in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_a_run_that_writes_to_a_file_needs_no_standard_output(tmp_path):
    done = shell(">&-", "decode", tmp_path / "missing.png", "--resume", tmp_path / "out.jsonl")
    assert done.returncode == 4, done.stderr
    assert (tmp_path / "out.jsonl").read_text(encoding="ascii").count("\n") == 1


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
