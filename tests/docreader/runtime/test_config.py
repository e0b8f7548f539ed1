"""One configuration, one validation."""

import pickle
import subprocess
import sys
from dataclasses import replace

import pytest

import docreader
from docreader.decoding.grammar.forms import BUILT_IN
from docreader.decoding.names import NAMES
from docreader.errors import ConfigurationError, GrammarError
from docreader.recognition.names import MethodName
from docreader.recognition.registry import SHIPPED
from docreader.runtime.config import ReaderConfig
from models.errors import ModelNotFoundError


def test_default_configuration_is_valid_and_travels_to_processes():
    config = docreader.ReaderConfig(bbox={"a.png": (1, 2, 3, 4)})
    config.validate()
    assert pickle.loads(pickle.dumps(config)) == config


@pytest.mark.parametrize(
    ("setting", "value", "error"),
    [
        ("field", "cheque", ConfigurationError),
        ("method", "magic", ConfigurationError),
        ("device", "tpu", ConfigurationError),
        ("grammar", "roman", GrammarError),
        ("n_best", 0, ConfigurationError),
        ("n_best", 1001, ConfigurationError),
        ("max_arcs", 0, ConfigurationError),
        ("reject_below", 1.5, ConfigurationError),
        ("target_error", 0.0, ConfigurationError),
    ],
)
def test_value_that_cannot_be_used(setting, value, error):
    with pytest.raises(error, match=str(value)) as caught:
        replace(ReaderConfig(), **{setting: value}).validate()
    assert caught.value.setting == setting
    assert pickle.loads(pickle.dumps(caught.value)).setting == setting


def test_two_thresholds_contradict_each_other():
    with pytest.raises(ConfigurationError, match="choose one"):
        ReaderConfig(reject_below=0.5, target_error=0.01).validate()


def test_model_file_that_is_missing(tmp_path):
    with pytest.raises(ModelNotFoundError, match="there is no model file"):
        ReaderConfig(model=tmp_path / "none").validate()


def test_names_are_those_of_the_code():
    assert list(NAMES) == list(BUILT_IN)
    assert set(MethodName) == set(SHIPPED)


def test_configuration_imports_nothing_heavy():
    heavy = ("torch", "numpy", "cv2", "scipy", "typer", "numba")
    code = (
        "import sys, docreader; docreader.ReaderConfig().validate(); "
        f"print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
