"""Version, help and exit statuses of every command."""

import pytest

import docreader
from docreader.cli import COMMANDS
from docreader.cli.exits import Exit


def test_version(run):
    assert run("--version").out == f"docreader {docreader.__version__}\n"


def test_help_lists_the_commands(run):
    done = run("--help")
    assert done.status == 0
    assert all(name in done.out for name in ("decode", "evaluate", "info"))


@pytest.mark.parametrize("command", ["decode", "evaluate", "info"])
def test_every_command_has_help_with_examples(run, command):
    assert f"docreader {command} " in run(command, "--help").out.partition("Examples")[2]


@pytest.mark.parametrize(
    "command",
    [
        ("decode",),
        ("evaluate",),
        ("info",),
        ("train", "recognizer"),
        ("train", "reader"),
        ("synth", "amounts"),
        ("synth", "checks"),
    ],
)
def test_no_markup_is_left_in_a_help_text(run, command):
    shown = run(*command, "--help").out
    assert "Usage" in shown
    assert not {"\\", "\b", "[/"} & {shown[at : at + n] for at in range(len(shown)) for n in (1, 2)}


def test_no_command_is_wrong_usage_and_shows_the_help(run):
    done = run()
    assert done.status == 2
    assert "decode" in done.out + done.err


def test_an_unknown_command_is_wrong_usage(run):
    assert run("decoed").status == 2


def test_exit_statuses_have_the_documented_values():
    assert [int(status) for status in Exit] == [0, 2, 3, 4, 130]


def test_decode_comes_first():
    assert COMMANDS[0] == "decode"
