"""The runner: from a command's output to a result."""

import hashlib
import json
import sys

import jsonschema
import pytest

EVALUATED = {
    "model": {"name": "m", "version": "2", "sha256": "a" * 64},
    "raw": {"total": 10, "exact": {"count": 8, "total": 10, "value": 0.8}},
    "corrected": {
        "exact": {"count": 9, "total": 10, "value": 0.9},
        "cer": {"value": 0.0123456, "edits": 1, "characters": 81},
        "calibration": {"log_loss": 0.1234567},
        "read_rate_at_error": [
            {"target": 0.01, "crossfit": {"accepted": 7, "wrong": 1, "threshold": 0.9}},
            {"target": 0.02, "crossfit": {"accepted": 8, "wrong": 1, "threshold": 0.8}},
        ],
    },
}


@pytest.fixture
def run(script):
    return script("run")


def test_metrics_of_evaluate_come_from_their_paths(run, script):
    suite = {
        "metrics": {
            "exact": {"path": "corrected.exact"},
            "source": {"path": "raw.exact"},
            "cer": {"path": "corrected.cer"},
            "log_loss": {"path": "corrected.calibration.log_loss", "unit": "nats"},
            "read_2": {"path": "corrected.read_rate_at_error.0.02"},
            "imported_alone": {},
        }
    }
    metrics, model = run.from_evaluate(json.dumps(EVALUATED), suite)
    assert model == EVALUATED["model"]
    assert metrics == {
        "exact": script("common").share(9, 10),
        "source": script("common").share(8, 10),
        "cer": {"value": 1.235, "unit": "%"},
        "log_loss": {"value": 0.1235, "unit": "nats"},
        "read_2": {"accepted": 8, "wrong": 1, "n": 10, "protocol": "cross-fitted on 10 folds"},
    }


def test_metrics_of_a_script_are_its_last_line(run):
    output = 'a table\n{"metrics": {"a": {"value": 1, "unit": "s"}, "b": {"value": 2, "unit": "s"}}}\n'
    assert run.from_script(output, {"metrics": {"a": {}}}) == ({"a": {"value": 1, "unit": "s"}}, None)


def test_classes_are_compared_with_folders(run, script):
    output = "file,page,label\nval/letter/1.png,1,letter\nval/email/2.png,1,letter\n"
    assert run.from_folders(output, {"metrics": {"right": {}}}) == (
        {"right": script("common").share(1, 2)},
        None,
    )


@pytest.fixture
def fake(run, tmp_path, monkeypatch):
    """A suite whose command prints what evaluate would, of the two files of a split."""
    (tmp_path / "splits").mkdir()
    (tmp_path / "set").mkdir()
    split = tmp_path / "splits" / "two.txt"
    split.write_text("images/b.png\nimages/c.png\n")
    (tmp_path / "set" / "labels.csv").write_text(
        "file,label\nimages/a.png,1\nimages/b.png,2\nimages/c.png,3\n"
    )
    (tmp_path / "fixes.csv").write_text("file,label,reason\nimages/a.png,7,x\nimages/b.png,8,y\n")
    command = tmp_path / "fake.py"
    command.write_text(
        "import json, sys\nlabels, fixes = (open(path).read().splitlines() for path in sys.argv[1:3])\n"
        f"assert all({str(tmp_path)!r} in line for line in labels[1:] + fixes[1:])\n"
        "print('noise')\n"
        "print(json.dumps({'metrics': {'n': {'value': len(labels) + 10 * len(fixes), 'unit': 'lines'}}}))\n"
    )
    suite = {
        "data": {
            "name": "set",
            "n": 2,
            "split": "splits/two.txt",
            "sha256": hashlib.sha256(split.read_bytes()).hexdigest(),
        },
        "metrics": {"n": {"title": "lines"}},
        "run": {
            "command": f"python {command} {{labels}} {{corrections}}",
            "labels": "set/labels.csv",
            "corrections": "fixes.csv",
            "extract": "script",
        },
    }
    monkeypatch.setattr(run, "HERE", tmp_path)
    monkeypatch.setattr(run, "load_suites", lambda: {"fake": suite})
    return suite


def test_a_run_gives_a_result_that_fits_the_schema(run, fake, tmp_path, script):
    result = run.run("fake", tmp_path, None, "current", "a label")
    schema = json.loads((script("common").ROOT / "benchmarks" / "result.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(result)
    assert result["metrics"] == {
        "n": {"value": 23, "unit": "lines"}
    }  # a header and two rows; a header and one row
    assert result["data"] == {
        "name": "set",
        "n": 2,
        "split": "splits/two.txt",
        "sha256": fake["data"]["sha256"],
    }
    assert result["command"] == "python benchmarks/run.py fake --data DATA"
    assert result["role"] == "current"


def test_a_model_on_its_own_training_data_is_marked(run, fake, tmp_path):
    model = run.ROOT / "models" / "weights" / "lenet5-mnist.safetensors"
    fake["trained_on"] = ["lenet5-mnist"]
    result = run.run("fake", tmp_path, str(model), "current", None)
    assert result["role"] == "trained-on"
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    assert result["model"] == {"name": "lenet5-mnist", "version": "1", "sha256": digest}
    assert result["label"] == "lenet5-mnist 1"


def test_other_data_are_refused(run, fake, tmp_path):
    (tmp_path / "splits" / "two.txt").write_text("images/a.png\n")
    with pytest.raises(SystemExit, match="SHA-256"):
        run.run("fake", tmp_path, None, "current", None)


def test_a_command_that_fails_ends_the_run(run):
    with pytest.raises(SystemExit, match="ended with 3"):
        run.execute([sys.executable, "-c", "raise SystemExit(3)"])


def test_a_suite_without_a_command_is_not_run(run, fake, tmp_path):
    del fake["run"]
    with pytest.raises(SystemExit, match="reproduce"):
        run.run("fake", tmp_path, None, "current", None)
