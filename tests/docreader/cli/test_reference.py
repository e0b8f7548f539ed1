"""The reference of the command line is made from its help texts."""

import re
from pathlib import Path

import pytest

from docreader.cli.reference import reference

PAGE = Path(__file__).parents[3] / "docs" / "cli-reference.md"


@pytest.mark.skipif(not PAGE.is_file(), reason="the documentation is not there")
def test_the_page_equals_the_help_of_the_commands():
    assert PAGE.read_text(encoding="utf-8") == reference(), (
        "help texts have changed: python -m docreader.cli.reference > docs/cli-reference.md"
    )


def test_every_command_has_a_section_and_every_option_a_help_text():
    text = reference()
    sections = re.findall(r"^## docreader (.+)$", text, re.MULTILINE)
    assert sections[:2] == ["decode", "evaluate"]
    assert {"train reader", "synth checks", "info"} < set(sections)
    assert not re.findall(r"^.*\|  \|$", text, re.MULTILINE)
    assert "| `--method hos\\|sdnn\\|ensemble` |" in text
    assert "[dim]" not in text
