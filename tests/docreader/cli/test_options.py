"""The options of the commands that read are the settings of `ReaderConfig`."""

import inspect
from dataclasses import fields

import pytest
import typer

from docreader.cli.decode import decode
from docreader.cli.evaluate import evaluate
from docreader.cli.options import READER_OPTIONS, option_name, reader_config
from docreader.runtime.config import ReaderConfig
from segment.io.limits import Limits

SETTINGS = {
    item.name: item.default for item in (*fields(ReaderConfig), *fields(Limits)) if item.name != "limits"
}


@pytest.mark.parametrize("command", [decode, evaluate])
def test_every_setting_of_a_reader_is_an_option(command):
    parameters = inspect.signature(command).parameters
    assert SETTINGS.keys() <= parameters.keys()
    own = {"bbox"} if command is evaluate else set()
    assert {name: parameters[name].default for name in SETTINGS if name not in own} == {
        name: default for name, default in SETTINGS.items() if name not in own
    }
    assert "config" not in parameters


def test_options_without_values_give_the_default_configuration():
    assert SETTINGS.keys() == READER_OPTIONS.keys()
    assert reader_config(**SETTINGS) == ReaderConfig()


@pytest.mark.parametrize(
    ("setting", "value"),
    [("device", "tpu"), ("grammar", "roman"), ("target_error", 1.0), ("n_best", 0), ("bbox", "1,2,3")],
)
def test_wrong_value_names_its_option(setting, value):
    with pytest.raises(typer.BadParameter) as caught:
        reader_config(**{**SETTINGS, setting: value})
    assert caught.value.param_hint == option_name(setting)
