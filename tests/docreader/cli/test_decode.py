"""`docreader decode`: records, exit statuses, usage errors."""

import csv
import io
import json
import os

import jsonschema
import pytest

from docreader.io.records import from_json, schema_text
from segment.io.limits import Limits


def records(text):
    return [from_json(line) for line in text.splitlines()]


def test_one_record_for_each_page_in_input_order(fake, run, scans):
    folder = scans(b="12 0.9", a="34 0.9\n56 0.2", c="")
    done = run("decode", folder / "b.png", folder, "--format", "json")
    assert [(os.path.basename(r.file), r.page) for r in records(done.out)] == [  # noqa: PTH119
        ("b.png", 1),
        ("a.png", 1),
        ("a.png", 2),
        ("b.png", 1),
        ("c.png", None),
    ]
    assert done.status == 3
    assert done.err.startswith("4 images: 3 accepted, 1 rejected, 1 failed; ")
    for line in done.out.splitlines():
        jsonschema.Draft202012Validator(json.loads(schema_text())).validate(json.loads(line))


@pytest.mark.parametrize(
    ("contents", "status"),
    [
        ({"a": "1 0.9"}, 0),
        ({"a": "1 0.1"}, 0),
        ({"a": "1", "b": "bad"}, 3),
        ({"a": "1\nbad"}, 3),
        ({"a": "bad", "b": "bad\nbad"}, 4),
    ],
)
def test_exit_status(fake, run, scans, contents, status):
    assert run("decode", scans(**contents)).status == status


def test_an_image_that_makes_the_program_fail_costs_one_record(fake, run, scans):
    done = run("decode", scans(a="1", b="boom", c="3"), "--format", "json")
    good, failed, also_good = records(done.out)
    assert (good.text, also_good.text) == ("1", "3")
    assert (failed.error.type, failed.error.message) == ("RuntimeError", "a fault of the program")
    assert done.status == 3


def test_inputs_without_files_are_error_records(fake, run, tmp_path):
    done = run("decode", tmp_path, tmp_path / "*.tif", tmp_path / "gone.png", "--format", "json")
    assert [r.error.type for r in records(done.out)] == [
        "EmptyFolderError",
        "NoMatchError",
        "FileNotFoundError",
    ]
    assert done.status == 4


def test_a_list_on_standard_input(fake, run, scans):
    folder = scans(a="1", b="2")
    done = run("decode", "-", "--format", "json", stdin=os.fsencode(f"{folder}/b.png\n{folder}/a.png\n"))
    assert [r.text for r in records(done.out)] == ["2", "1"]


def test_an_empty_list_is_no_error(fake, run):
    done = run("decode", "-")
    assert (done.status, done.out) == (0, "")
    assert done.err.startswith("0 images")


def test_csv_has_a_header_and_one_row_a_record(fake, run, scans):
    rows = list(csv.DictReader(io.StringIO(run("decode", scans(a="12 0.9", b="bad"), "--format", "csv").out)))
    assert [row["text"] for row in rows] == ["12", ""]
    assert rows[0]["confidence"] == "0.9"
    assert rows[1]["error_type"] == "ValueError"


def test_text_has_one_line_a_record(fake, run, scans):
    out = run("decode", scans(a="12 0.9", b="bad")).out
    assert [line.split()[0] for line in out.splitlines()] == ["accept", "failed"]
    assert "\x1b" not in out


def test_quiet(fake, run, scans):
    done = run("decode", scans(a="12"), "--quiet")
    assert done.err == ""
    assert done.out


def test_fail_fast_stops_after_the_first_failure(fake, run, scans):
    done = run("decode", scans(a="1", b="bad", c="3"), "--fail-fast", "--format", "json")
    assert len(records(done.out)) == 2
    assert done.status == 3


def test_viz_makes_its_folder(fake, run, scans, tmp_path):
    run("decode", scans(a="1"), "--viz", tmp_path / "x" / "y")
    assert os.listdir(tmp_path / "x" / "y") == ["a.png.png"]  # noqa: PTH208


def test_options_reach_the_reader(fake, run, scans, monkeypatch):
    given = []
    load = fake.load
    monkeypatch.setattr("docreader.cli.loading.load_reader", lambda o, *_, **__: given.append(o) or load(o))
    (scans() / "m.safetensors").touch()
    model = scans() / "m.safetensors"
    run(
        *(
            "decode",
            scans(a="1"),
            "--field",
            "check",
            "--grammar",
            "inr",
            "--method",
            "ensemble",
            "--model",
            model,
        ),
        *("--device", "cuda:1", "--n-best", 3, "--reject-below", 0.25, "--max-pixels", 7, "--max-pages", 8),
        *("--max-bytes", 9, "--max-arcs", 10),
    )
    [options] = given
    assert (options.field, options.grammar, options.method, options.model) == (
        "check",
        "inr",
        "ensemble",
        model,
    )
    assert (options.device, options.n_best, options.reject_below) == ("cuda:1", 3, 0.25)
    assert (options.limits, options.max_arcs) == (Limits(7, 8, 9), 10)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "INPUT"),
        (["--nonsense"], "--nonsense"),
        (["--format", "xml"], "xml"),
        (["--field", "page"], "page"),
        (["--method", "magic"], "magic"),
        (["--grammar", "roman"], "'roman' is neither amount, digits, a currency's ISO 4217 code"),
        (["--device", "tpu"], "'tpu' is none of auto, cpu, cuda"),
        (["--model", "no.safetensors"], "there is no model file 'no.safetensors'"),
        (["--jobs", "-1"], "--jobs"),
        (["--batch-size", "0"], "--batch-size"),
        (["--n-best", "0"], "--n-best"),
        (["--reject-below", "1.5"], "--reject-below"),
        (["--reject-below", "x"], "--reject-below"),
        (["--target-error", "0"], "0.0 is not between 0 and 1"),
        (["--target-error", "0.01", "--reject-below", "0.5"], "choose one of"),
        (["--resume", "x.jsonl", "--format", "csv"], "--resume writes json, not csv"),
        (["--viz", "/dev/null/x"], "cannot make the folder"),
    ],
)
def test_wrong_usage_is_reported_before_reading(fake, run, tmp_path, arguments, message):
    done = run("decode", *([tmp_path] if arguments else []), *arguments)
    assert done.status == 2
    assert message in " ".join(done.err.replace("│", " ").split())
    assert done.out == ""


def test_an_uncalibrated_model_refuses_a_target_error(fake, run, scans):
    done = run("decode", scans(a="1"), "--target-error", 0.01)
    assert done.status == 2
    assert "carries no calibration" in done.err
    assert "--reject-below" in done.err
    assert "Traceback" not in done.err


def test_an_internal_error_is_not_hidden(run, scans, monkeypatch):
    def broken(config, *_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr("docreader.cli.loading.load_reader", broken)
    with pytest.raises(ZeroDivisionError):
        run("decode", scans(a="1"))


def test_the_box_of_the_amount_can_be_given(fake, run, scans):
    folder = scans(a="12 0.9")
    run("decode", folder, "--bbox", "10, 20,300,40")
    assert fake.loaded[-1].bbox == (10, 20, 300, 40)
    for text, message in (("10,20,300", "is no box"), ("a", "is no box"), ("1,2,0,4", "no area")):
        done = run("decode", folder, "--bbox", text)
        assert done.status == 2
        assert message in done.err


def test_files_that_a_folder_passes_over_are_reported(fake, run, scans):
    folder = scans(a="12 0.9")
    (folder / "b.jfif").touch()
    (folder / "c").touch()
    done = run("decode", folder)
    assert done.status == 0
    assert "2 files in folders were passed over (1 without a suffix, 1 .jfif)" in done.err
    assert "passed over" not in run("decode", folder, "--quiet").err
    assert "passed over" not in run("decode", folder / "a.png").err


def test_an_image_on_standard_input_is_one_error(fake, run):
    done = run("decode", "-", stdin=b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\n\n\nx\ny")
    assert done.status == 4
    assert len(done.out.splitlines()) == 1
    assert "- takes a list of paths" in done.out
