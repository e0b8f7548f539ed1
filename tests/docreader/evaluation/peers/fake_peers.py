"""Readers of text files for the tests of comparisons, faulty on demand.

A line of a file is a line of text, `text|confidence|x`, on a page 100 pixels wide. Words instead of a text: `boom`
raises, `die` kills the process, `hang` takes a minute.
"""

import os
import signal
import time
from pathlib import Path

from docreader.errors import MissingExtraError
from docreader.evaluation.peers.protocol import Answer, Line, PageText
from segment.image.box import Box


class FakePeer:
    """Return the lines of a file."""

    version = "fake 1"

    def __init__(self, settings):
        self.settings = settings
        print("a message on standard output")  # noqa: T201

    def read(self, pages):
        return [self.read_page(page) for page in pages]

    def read_page(self, page):
        lines = []
        for row in Path(page.path).read_text("utf-8").splitlines():
            text, confidence, x = (row.split("|") + ["0.9", "0"][row.count("|") :])[:3]
            if text == "boom":
                raise RuntimeError("a fault of the reader")
            if text == "die":
                os.kill(os.getpid(), signal.SIGKILL)
            if text == "hang":
                time.sleep(60)
            lines.append(Line(text, float(confidence), Box(int(x), 0, 20, 10)))
        return PageText(100, tuple(lines))


class FakeOwn(FakePeer):
    """Answer with the first line."""

    version = "own 1"

    def read_page(self, page):
        line = super().read_page(page).lines[0]
        return Answer(line.text, line.text, line.confidence, accepted=line.confidence >= 0.5)


class Counting(FakePeer):
    """Append each path to `read.txt` beside it."""

    def read_page(self, page):
        with Path(page.path).with_name("read.txt").open("a") as stream:
            stream.write(page.path + "\n")
        return super().read_page(page)


class NotInstalled:
    def __init__(self, settings):
        raise MissingExtraError("this reader needs the package 'x': pip install 'docreader[compare]'")


class DiesAtStart:
    def __init__(self, settings):
        os._exit(1)
