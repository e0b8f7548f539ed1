"""Documentation of the command: its options and linked files exist."""

import re
from pathlib import Path

import pytest
import typer

from docreader.cli import app

ROOT = Path(__file__).parents[3]
PAGES = sorted(
    page
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md"))
    if page.name != "CHANGELOG.md"  # its entries name the options of their version
)
pytestmark = pytest.mark.skipif(not (ROOT / "docs").is_dir(), reason="the documentation is not there")


def commands():
    """Every command by its words."""
    found = {}

    def walk(command, words):
        found[words] = command
        for name, child in getattr(command, "commands", {}).items():
            walk(child, (*words, name))

    walk(typer.main.get_command(app), ())
    return found


COMMANDS = commands()


def options(words):
    """The options that may follow some words, those of the application too."""
    names = {"--help"}
    for parameter in COMMANDS[words].params:
        if hasattr(parameter, "secondary_opts"):  # arguments and options, of click or of the copy in typer
            names |= {*parameter.opts, *parameter.secondary_opts}
    return names


def wrong(text):
    """Lines with an option that their command does not have."""
    for line in text.replace("\\\n", " ").splitlines():
        for call in re.findall(r"\bdocreader ((?:[a-z]+ ?)+[^`|]*)", line):
            words = tuple(call.split())
            known = next(words[:n] for n in (2, 1, 0) if words[:n] in COMMANDS)
            if known and (unknown := set(re.findall(r"(?<!\S)--[a-z0-9-]+", call)) - options(known)):
                yield f"{line.strip()}: {sorted(unknown)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_name_options_and_files_that_exist(page):
    text = page.read_text(encoding="utf-8")
    assert not list(wrong(text))
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    assert not [link for link in links if not (page.parent / link).exists()]


@pytest.mark.parametrize("words", [words for words in COMMANDS if words], ids=" ".join)
def test_examples_in_help_texts_have_options_that_exist(words):
    assert not list(wrong(COMMANDS[words].help or ""))


def test_a_wrong_option_is_found():
    assert list(wrong("    docreader decode scan.png --color red"))
    assert not list(wrong("`docreader decode` reads, `--color` is no option of it"))
