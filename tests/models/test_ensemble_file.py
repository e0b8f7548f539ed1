import json

import pytest

from models.ensemble_file import PairSetting, load_pair, save_pair
from models.errors import MetadataError, ModelNotFoundError
from models.files import default_reader_path

SETTING = PairSetting("mine", "1", "a.safetensors", "b.safetensors", (0.7, 0.5), 0.98, {"thresholds": {}})


@pytest.fixture
def pair(tmp_path):
    """A pair of twice the same model."""
    for name in (SETTING.first, SETTING.second):
        (tmp_path / name).symlink_to(default_reader_path())
    save_pair(tmp_path / "pair.json", SETTING)
    return tmp_path / "pair.json"


def test_what_is_written_is_read(pair):
    found = load_pair(pair)
    assert found.setting == SETTING
    assert found.first.name == found.second.name == "reader-sdnn"
    other = json.loads(pair.read_text()) | {"sure": 0.9}
    pair.write_text(json.dumps(other))
    assert load_pair(pair).sha256 != found.sha256


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weights": [0.7]}, "weights must be two numbers"),
        ({"weights": [0.7, 0]}, "weights must be two numbers"),
        ({"sure": 2}, "sure must be a confidence"),
        ({"name": ""}, "name must be a short line"),
        ({"calibration": 3}, "calibration must be a mapping"),
        ({"format": "x"}, "no pair of readers"),
        ({"schema": 9}, "no pair of readers"),
        ({"odd": 1}, "odd"),
    ],
)
def test_values_that_make_no_sense(pair, change, message):
    pair.write_text(json.dumps(json.loads(pair.read_text()) | change))
    with pytest.raises(MetadataError, match=message):
        load_pair(pair)


@pytest.mark.parametrize("text", ["", "[1]", "{", '"x"', "\x80"])
def test_files_that_are_no_pair(tmp_path, text):
    path = tmp_path / "pair.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(MetadataError, match=r"pair\.json: "):
        load_pair(path)


def test_a_pair_or_a_model_that_is_not_there(pair, tmp_path):
    with pytest.raises(ModelNotFoundError, match="cannot be read"):
        load_pair(tmp_path / "none.json")
    (tmp_path / SETTING.second).unlink()
    with pytest.raises(ModelNotFoundError, match=r"b\.safetensors"):
        load_pair(pair)
