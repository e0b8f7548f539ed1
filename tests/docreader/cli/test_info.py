"""`docreader info`: versions, devices, models, schema."""

import json
import shutil
from functools import partial

import pytest

import docreader
from docreader.io.records import schema_text
from models.ensemble_file import EnsembleConfig, save_ensemble
from models.files import default_hos_path, default_reader_path


def test_schema_is_printed_alone(run):
    done = run("info", "--schema")
    assert (done.out, done.err, done.status) == (schema_text(), "", 0)
    assert json.loads(done.out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_json_holds_the_contents_of_a_bug_report(run):
    data = json.loads(run("info", "--format", "json").out)
    assert data["versions"]["docreader"] == docreader.__version__
    assert {"python", "torch", "cv2"} <= set(data["versions"])
    assert "cpu" in data["devices"]
    for model in data["models"]:
        assert len(model["sha256"]) == 64
        assert model["error"] is None


def test_ensembles_are_models_too(run, models):
    done = run("info", "--format", "json")
    assert json.loads(done.out)["models"] == []
    save_ensemble(
        models / "two.json", EnsembleConfig("two", "1", "a.safetensors", "b.safetensors", (1.0, 0.5), 0.9)
    )
    assert "two.json: cannot be used" in run("info").out
    for source, name in ((default_reader_path(), "a"), (default_hos_path(), "b")):
        shutil.copy(source, models / f"{name}.safetensors")
    found = json.loads(run("info", "--format", "json").out)["models"]
    assert [model["kind"] for model in found] == ["reader", "reader", "ensemble"]
    assert found[2]["name"] == "two"
    assert found[2]["results"]["readers"][0].startswith("reader-sdnn")
    assert "no: --target-error" in run("info").out


def test_text_names_models_and_devices(run):
    out = run("info").out
    assert "reader-ensemble" in out
    assert "torch" in out
    assert "cpu (" in out
    assert "\x1b" not in out


@pytest.fixture
def models(tmp_path, monkeypatch):
    """An empty folder in place of that of the models."""
    from docreader.runtime import info

    monkeypatch.setattr("docreader.runtime.info.collect", partial(info.collect, tmp_path))
    return tmp_path


def test_a_damaged_model_is_listed_with_its_error(run, models):
    (models / "broken.safetensors").write_bytes(b"nonsense")
    done = run("info")
    assert done.status == 0
    assert "broken.safetensors: cannot be used" in done.out


def test_an_installation_without_models_is_reported(run, models):
    assert "none shipped with this installation" in run("info").out
