import json

import pytest

from models.ensemble_file import EnsembleConfig, default_ensemble_path, load_ensemble, save_ensemble
from models.errors import MetadataError, ModelNotFoundError
from models.files import default_reader_path
from models.identity import ModelIdentity

CONFIG = EnsembleConfig("mine", "1", "a.safetensors", "b.safetensors", (0.7, 0.5), 0.98, {"thresholds": {}})


@pytest.fixture
def ensemble(tmp_path):
    """File of an ensemble of twice the same model."""
    for name in (CONFIG.first, CONFIG.second):
        (tmp_path / name).symlink_to(default_reader_path())
    save_ensemble(tmp_path / "ensemble.json", CONFIG)
    return tmp_path / "ensemble.json"


def test_saved_ensemble_is_loaded(ensemble):
    found = load_ensemble(ensemble)
    assert found.config == CONFIG
    assert found.first.name == found.second.name == "reader-sdnn"
    assert found.identity == ModelIdentity("mine", "1", found.sha256, {"thresholds": {}})
    other = json.loads(ensemble.read_text()) | {"defer_below": 0.9}
    ensemble.write_text(json.dumps(other))
    assert load_ensemble(ensemble).sha256 != found.sha256


def test_shipped_ensemble_names_shipped_models():
    found = load_ensemble(default_ensemble_path())
    assert (found.first.method, found.second.method) == ("sdnn", "hos")
    assert found.config.defer_below == 0.98


def test_file_of_schema_1_is_migrated(ensemble):
    values = json.loads(ensemble.read_text()) | {"format": "docreader-pair", "schema": 1}
    values["sure"] = values.pop("defer_below")
    ensemble.write_text(json.dumps(values))
    assert load_ensemble(ensemble).config == CONFIG


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weights": [0.7]}, "weights must be two numbers"),
        ({"weights": [0.7, 0]}, "weights must be two numbers"),
        ({"defer_below": 2}, "defer_below must be a confidence"),
        ({"name": ""}, "name must be a short line"),
        ({"calibration": 3}, "calibration must be a mapping"),
        ({"format": "x"}, "no ensemble file"),
        ({"schema": 9}, "no ensemble file"),
        ({"odd": 1}, "odd"),
    ],
)
def test_invalid_value_is_refused(ensemble, change, message):
    ensemble.write_text(json.dumps(json.loads(ensemble.read_text()) | change))
    with pytest.raises(MetadataError, match=message):
        load_ensemble(ensemble)


@pytest.mark.parametrize("text", ["", "[1]", "{", '"x"', "\x80"])
def test_file_of_another_form_is_refused(tmp_path, text):
    path = tmp_path / "ensemble.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(MetadataError, match=r"ensemble\.json: "):
        load_ensemble(path)


def test_missing_ensemble_or_model_is_reported(ensemble, tmp_path):
    with pytest.raises(ModelNotFoundError, match="cannot be read"):
        load_ensemble(tmp_path / "none.json")
    (tmp_path / CONFIG.second).unlink()
    with pytest.raises(ModelNotFoundError, match=r"b\.safetensors"):
        load_ensemble(ensemble)
