"""Commands of the suites and of train_shipped.sh exist, with their options."""

import re
from pathlib import Path

import pytest
import typer

from docreader.cli import app

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
SCRIPT = (BENCHMARKS / "train_shipped.sh").read_text("utf-8")


def options(words):
    """The options of a command; of a group, none."""
    command = typer.main.get_command(app)
    for word in words:
        command = command.commands[word]
    return {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}


def calls(text):
    """(words of the command, its options) of each call."""
    for line in text.replace("\\\n", " ").splitlines():
        for call in re.findall(r"docreader ((?:train [a-z]+|[a-z]+)\b[^|;]*)", line):
            words = call.split()[: 1 + call.startswith(("train ", "synth "))]
            yield words, set(re.findall(r"(?<!\S)--[a-z0-9-]+", call))


def test_commands_of_the_suites_exist(script):
    for name, suite in script("common").load_suites().items():
        for text in (suite.get("run", {}).get("command", ""), suite.get("reproduce", "")):
            for words, given in calls(text):
                assert given <= options(words), (name, words)


def test_commands_of_the_training_script_exist():
    found = list(calls(SCRIPT))
    assert len(found) >= 6
    for words, given in found:
        assert given <= options(words), words


def test_options_of_training_in_lists_exist():
    listed = re.findall(r"=\(([^)]*)\)|^ *(train .*)$", SCRIPT, re.MULTILINE)
    given = {option for texts in listed for option in re.findall(r"--[a-z-]+", " ".join(texts))}
    assert given
    assert given <= options(["train", "reader"])


def test_an_option_that_does_not_exist_is_found():
    [(words, given)] = calls("$docreader evaluate x.csv --colr red")
    assert words == ["evaluate"]
    assert not given <= options(words)


@pytest.mark.parametrize(
    "name",
    [
        "digits.py",
        "peers.py",
        "speed.py",
        "cut_recall.py",
        "degraded_checks.py",
        "traps.py",
        "check_traps.py",
    ],
)
def test_scripts_that_suites_run_are_described(name):
    assert f"`{name}`" in (BENCHMARKS / "README.md").read_text("utf-8")
