"""Writers and progress on a terminal."""

import io

import pytest

from docreader.cli.output import Format, writer_for
from docreader.cli.progress import Progress
from docreader.io.records import ErrorRecord
from tests.docreader.readings import reading


class Terminal(io.StringIO):
    def isatty(self):
        return True


FAILED = ErrorRecord.of("b.png", ValueError("broken"))


def test_text_is_colored_on_a_terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    plain, colored = io.StringIO(), Terminal()
    for stream in (plain, colored):
        name = "[bold]a.png"  # no markup
        writer_for(Format.TEXT, stream).write([reading(file=name), reading("blank", name), FAILED])
    assert "\x1b[32maccept\x1b[0m" in colored.getvalue()
    without = colored.getvalue()
    for code in ("\x1b[32m", "\x1b[33m", "\x1b[31m", "\x1b[0m"):
        without = without.replace(code, "")
    assert without == plain.getvalue()
    assert "[bold]a.png" in without


@pytest.mark.parametrize("total", [None, 3])
def test_progress_is_shown_on_a_terminal_only(monkeypatch, total):
    terminal, pipe = Terminal(), io.StringIO()
    for stream, quiet in ((terminal, False), (pipe, False), (pipe, True)):
        monkeypatch.setattr("sys.stderr", stream)
        with Progress("reading", total, quiet=quiet) as progress:
            progress.advance()
    assert "reading" in terminal.getvalue()
    assert pipe.getvalue() == ""
