"""`docreader evaluate`: metrics, files and exit statuses."""

import csv
import json
import re

import pytest

from models.files import default_locator_path

CONTENTS = {"a": "12 0.9", "b": "84 0.8", "c": "56 0.2", "d": "bad", "e": "9 0.95"}


@pytest.fixture
def labels(scans):
    folder = scans(**CONTENTS)
    path = folder / "labels.csv"
    path.write_text(
        "file,label,writer\na.png,12,x\nb.png,34,y\nc.png,56,x\nd.png,78,y\nmissing.png,1,x\ne.png,9,z\n"
    )
    return path


@pytest.fixture
def corrections(tmp_path):
    path = tmp_path / "corrections.csv"
    path.write_text('file,label,reason\nb.png,84,"an 8, typed as 3"\n')
    return path


def metrics(done):
    return json.loads(done.out)


def test_a_locator_is_named_in_the_metrics(fake, run, labels):
    done = run(
        "evaluate", labels, "--grammar", "digits", "--format", "json", "--locator", default_locator_path()
    )
    assert metrics(done)["options"]["locator"] == str(default_locator_path())


def test_metrics_as_json(fake, run, labels):
    done = run("evaluate", labels, "--grammar", "digits", "--format", "json")
    data = metrics(done)
    counts = {name: data["raw"][name]["count"] for name in ("right", "wrong", "rejected", "failed")}
    assert counts == {"right": 2, "wrong": 1, "rejected": 1, "failed": 2}
    assert data["corrected"] is None
    assert data["digits_only"]
    assert data["model"]["name"] == "fake"
    assert [item["file"] for item in data["mistakes"]] == ["b.png"]
    assert {item["file"]: item["line"] for item in data["failures"]} == {"d.png": 5, "missing.png": 6}
    assert done.status == 3
    assert done.err == ""


def test_metrics_by_corrected_labels_are_given_beside_the_raw_ones(fake, run, labels, corrections):
    data = metrics(
        run("evaluate", labels, "--corrections", corrections, "--grammar", "digits", "--format", "json")
    )
    assert data["corrections_applied"] == 1
    assert data["raw"]["wrong"]["count"] == 1
    assert data["corrected"]["wrong"]["count"] == 0


def test_metrics_as_text(fake, run, labels, corrections):
    out = run("evaluate", labels, "--corrections", corrections, "--grammar", "digits").out
    assert "6 images, labels as given" in out
    assert "6 images, corrected labels (1)" in out
    assert re.search(r"right\s+33\.33 % \(2 of 6; 95 %: 9\.68 to 70\.00\)", out)
    assert "missing.png" in out
    assert "\x1b" not in out


def test_predictions_keep_all_columns(fake, run, labels, corrections, tmp_path):
    path = tmp_path / "predictions.csv"
    run("evaluate", labels, "--corrections", corrections, "--grammar", "digits", "--predictions", path)
    with path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["outcome"] for row in rows] == ["right", "wrong", "rejected", "failed", "failed", "right"]
    assert [row["writer"] for row in rows] == list("xyxyxz")
    assert (rows[1]["truth"], rows[1]["answer"], rows[1]["corrected_truth"]) == ("34", "84", "84")
    assert rows[1]["corrected_outcome"] == "right"
    assert rows[2]["read_confidence"] == "0.2"
    assert rows[3]["error"] == "ValueError: a bad page"


def test_the_report_is_a_page_with_its_pictures(fake, run, labels, corrections, tmp_path):
    pytest.importorskip("matplotlib")
    folder = tmp_path / "report"
    done = run("evaluate", labels, "--corrections", corrections, "--report", folder)
    assert f"report: {folder / 'index.html'}" in done.err
    page = (folder / "index.html").read_text()
    for source in re.findall(r'<img src="([^"]+)"', page):
        assert (folder / source).read_bytes().startswith(b"\x89PNG")
    assert "an 8, typed as 3" in page
    assert "missing.png" in page


def test_a_report_escapes_what_it_shows(fake, run, scans, tmp_path):
    pytest.importorskip("matplotlib")
    folder = scans()
    (folder / "labels.csv").write_text("file,label\n<script>.png,<b>\n")
    (folder / "<script>.png").write_text("<i> 0.9")
    run("evaluate", folder / "labels.csv", "--report", tmp_path / "report")
    page = (tmp_path / "report" / "index.html").read_text()
    assert "<script>" not in page
    assert "&lt;b&gt;" in page
    assert "&lt;i&gt;" in page


def test_limit_takes_the_first_rows(fake, run, labels):
    data = metrics(run("evaluate", labels, "--limit", 3, "--format", "json", "-q", "--grammar", "digits"))
    assert data["raw"]["total"] == 3


@pytest.mark.parametrize(("limit", "contents", "status"), [(1, "12 0.9", 0), (1, "bad", 4), (6, "12 0.9", 3)])
def test_exit_status(fake, run, labels, scans, limit, contents, status):
    scans(a=contents)
    assert run("evaluate", labels, "--limit", limit, "--grammar", "digits").status == status


def test_amounts(fake, run, scans):
    folder = scans(a="1200 0.9")
    (folder / "labels.csv").write_text("file,amount\na.png,1200.00\n")
    assert metrics(run("evaluate", folder / "labels.csv", "--format", "json"))["raw"]["right"]["count"] == 1


@pytest.mark.parametrize(
    ("grammar", "column"), [("amount", "amount"), ("usd", "amount"), ("digits", "label")]
)
def test_of_two_columns_the_grammar_chooses(fake, run, scans, grammar, column):
    folder = scans(a="1200 0.9")
    (folder / "labels.csv").write_text("file,label,amount\na.png,1200,1200.00\n")
    arguments = ("evaluate", folder / "labels.csv", "--format", "json", "--grammar", grammar)
    assert metrics(run(*arguments))["compare"] == column
    assert metrics(run(*arguments, "--compare", "label"))["compare"] == "label"


def test_a_page_that_is_not_there_counts_as_failed(fake, run, scans):
    folder = scans(a="1\n2")
    (folder / "labels.csv").write_text("file,label,page\na.png,2,2\na.png,3,3\n")
    done = run("evaluate", folder / "labels.csv", "--format", "json", "--quiet")
    assert metrics(done)["raw"]["right"]["count"] == 1
    assert metrics(done)["failures"][0]["error"] == "the file has no page 3"
    assert done.status == 3


def test_notes_on_improbable_labels_and_corrections(fake, run, labels, corrections):
    corrections.write_text("file,label,reason\nother.png,1,x\n")
    err = run("evaluate", labels, "--corrections", corrections).err
    assert "did you mean --grammar digits" in err
    assert "'amount'" in err
    assert "1 of 1 corrections name images" in err
    assert run("evaluate", labels, "--grammar", "digits").err == ""


@pytest.mark.parametrize(
    ("content", "message"),
    [("file;label\n", "commas"), ("file,label\na.png,\n", "line 2"), ("file,label\n", "no rows")],
)
def test_labels_that_cannot_be_used(fake, run, labels, content, message):
    labels.write_text(content)
    done = run("evaluate", labels)
    assert done.status == 2
    assert str(labels) in done.err
    assert message in done.err
    assert "Traceback" not in done.err


def test_wrong_usage(fake, run, labels, tmp_path):
    assert run("evaluate", tmp_path / "none.csv").status == 2
    assert run("evaluate", labels, "--compare", "amount").status == 2
    assert run("evaluate", labels, "--predictions", tmp_path / "no" / "such.csv").status == 2
    assert run("evaluate", labels, "--reject-below", "2").status == 2
    assert run("evaluate", labels, "--corrections", labels).status == 2


def test_missing_packages_of_a_report_are_named_before_reading(fake, run, labels, monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "jinja2", None)
    done = run("evaluate", labels, "--report", tmp_path / "report")
    assert done.status == 2
    assert "pip install 'docreader[report]'" in done.err


def test_labeled_fields_go_to_the_reader(fake, run, scans):
    folder = scans(a="12 0.9", b="34 0.8")
    path = folder / "labels.csv"
    path.write_text("file,label,x,y,w,h\na.png,12,5,6,70,80\nb.png,34,1,2,3,4\n")
    done = run("evaluate", path, "--bbox", "--format", "json", "--grammar", "digits")
    assert metrics(done)["options"]["bbox"] == "columns x, y, w, h"
    assert metrics(done)["raw"]["field_found"]["total"] == 2
    assert fake.loaded[-1].bbox == {
        str(folder / "a.png"): (5, 6, 70, 80),
        str(folder / "b.png"): (1, 2, 3, 4),
    }
    path.write_text("file,label,x,y,w,h\na.png,12,5,6,0,80\n")
    done = run("evaluate", path, "--bbox")
    assert done.status == 2
    assert "line 2: '5, 6, 0, 80' is not a box" in done.err
    path.write_text("file,label\na.png,12\n")
    assert "no column 'x'" in run("evaluate", path, "--bbox").err
