"""`decode --resume`: the union of the runs equals one uninterrupted run, wherever the first was interrupted."""

from dataclasses import replace

import pytest

from docreader.cli.resume import ResumeState, check_model, read_state
from docreader.errors import ResumeError
from docreader.io.records import ModelInfo
from tests.docreader.readings import reading

CONTENTS = {"a": "1", "b": "2\n3\n4", "c": "bad", "d": "5 0.1", "e": "6"}


@pytest.fixture
def whole(fake, run, scans, tmp_path):
    """A complete run: its arguments, its output, its status."""
    folder = scans(**CONTENTS)
    inputs = [folder, folder / "a.png", folder / "a.png", "nothing*"]
    done = run("decode", *inputs, "--format", "json")
    assert done.status == 3
    return inputs, done.out, tmp_path / "out.jsonl"


def test_a_missing_file_is_created(run, whole):
    inputs, expected, file = whole
    done = run("decode", *inputs, "--resume", file)
    assert (done.status, done.out) == (3, "")
    assert file.read_text() == expected


def test_a_file_torn_anywhere_is_completed(run, whole):
    inputs, expected, file = whole
    for cut in {0, 1, *range(0, len(expected), 97), len(expected) - 1, len(expected)}:
        file.write_text(expected[:cut])
        done = run("decode", *inputs, "--resume", file)
        assert (cut, file.read_text(), done.status) == (cut, expected, 3)


def test_nothing_is_read_twice(run, whole, fake, monkeypatch):
    inputs, expected, file = whole
    file.write_text(expected)
    read = []
    one = fake.FakeReader.read
    monkeypatch.setattr(
        fake.FakeReader, "read", lambda self, source: read.append(source) or one(self, source)
    )
    done = run("decode", *inputs, "--resume", file)
    assert read == []
    assert "8 images (7 of them in the earlier run)" in done.err
    assert file.read_text() == expected


def test_new_inputs_are_added(run, whole, scans):
    inputs, expected, file = whole
    file.write_text(expected)
    scans(z="7")
    run("decode", *inputs, "--resume", file)
    assert sorted(file.read_text().splitlines()) == sorted(
        [*expected.splitlines(), *run("decode", scans() / "z.png", "--format", "json").out.splitlines()]
    )


@pytest.mark.parametrize(
    "content", ["nonsense\n", "file,page\n", '{"schema": 1}\n', "\x00\xff\n", "my diary"]
)
def test_a_file_of_another_kind_is_not_changed(run, whole, content):
    inputs, _, file = whole
    file.write_text(content)
    done = run("decode", *inputs, "--resume", file)
    assert done.status == 2
    assert f"{file}, line 1" in done.err
    assert file.read_text() == content


def test_a_folder_cannot_be_continued(run, whole, tmp_path):
    inputs, _, _ = whole
    done = run("decode", *inputs, "--resume", tmp_path)
    assert done.status == 2
    assert "is no file that could be continued" in done.err
    assert run("decode", *inputs, "--resume", "/dev/null").status == 2


def test_one_file_holds_the_readings_of_one_model(run, whole, tmp_path):
    inputs, expected, file = whole
    file.write_text("".join(expected.splitlines(keepends=True)[:2]))
    (tmp_path / "other.safetensors").touch()
    done = run("decode", *inputs, "--resume", file, "--model", tmp_path / "other.safetensors")
    assert done.status == 2
    assert "the earlier run read with the model" in done.err


def test_one_file_holds_the_readings_of_one_locator():
    first, other = ModelInfo("places", "1", "0"), ModelInfo("places", "2", "1")
    state = ResumeState(model=reading().model, locator=first)
    check_model(state, [replace(reading(), locator=first), reading()])
    with pytest.raises(ResumeError, match="the earlier run read with the locator"):
        check_model(state, [replace(reading(), locator=other)])


def test_two_runs_do_not_write_one_file(run, whole):
    fcntl = pytest.importorskip("fcntl")
    inputs, _, file = whole
    with file.open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        done = run("decode", *inputs, "--resume", file)
    assert done.status == 2
    assert "another run is writing" in done.err


def test_the_last_input_never_counts_as_complete(whole):
    _, expected, file = whole
    lines = expected.splitlines(keepends=True)
    file.write_text("".join(lines[:3]))
    earlier = read_state(file)
    assert earlier.size == len(lines[0])
    assert sum(earlier.done.values()) == 1


def test_one_file_holds_the_readings_of_one_set_of_options(run, whole):
    inputs, expected, file = whole
    half = "".join(expected.splitlines(keepends=True)[:4])
    assert run("decode", *inputs, "--resume", file, "--grammar", "usd").status == 3
    file.write_text(half)
    for options in (["--grammar", "digits"], ["--grammar", "usd", "--reject-below", "0.5"]):
        done = run("decode", *inputs, "--resume", file, *options)
        assert done.status == 2
        assert f"the earlier run had {options[-2]}" in done.err
        assert file.read_text() == half
    assert run("decode", *inputs, "--resume", file, "--grammar", "usd").status == 3
    assert file.read_text() == expected


def test_a_grammar_file_is_compared_by_its_content(run, whole, tmp_path):
    inputs, expected, file = whole
    grammar = tmp_path / "mine.txt"
    grammar.write_text("0 1 1 1\n1\n")
    run("decode", *inputs, "--resume", file, "--grammar", grammar)
    file.write_text("".join(expected.splitlines(keepends=True)[:4]))
    (tmp_path / "same.txt").write_text("0 1 1 1\n1\n")
    assert run("decode", *inputs, "--resume", file, "--grammar", tmp_path / "same.txt").status == 3
    grammar.write_text("0 1 2 2\n1\n")
    assert run("decode", *inputs, "--resume", file, "--grammar", grammar).status == 2


def test_damaged_settings_are_refused(run, whole):
    inputs, expected, file = whole
    run("decode", *inputs, "--resume", file)
    file.with_name(f"{file.name}.settings").write_text("[]")
    done = run("decode", *inputs, "--resume", file)
    assert done.status == 2
    assert "delete them" in done.err
    assert file.read_text() == expected


def test_an_empty_file_takes_any_options(run, whole):
    inputs, expected, file = whole
    run("decode", *inputs, "--resume", file, "--grammar", "usd")
    file.write_text("")
    assert run("decode", *inputs, "--resume", file).status == 3
    assert file.read_text() == expected
