"""Comparisons with fake readers in place of the real ones."""

import sys
from pathlib import Path

import pytest

from docreader.evaluation.peers import readers
from docreader.evaluation.peers.protocol import PeerSettings
from docreader.runtime.config import ReaderConfig

HERE = Path(__file__).parent


@pytest.fixture
def fake_readers(monkeypatch):
    """Make the fake readers importable, here and in their processes; docreader is one of them."""
    monkeypatch.syspath_prepend(HERE)
    monkeypatch.delitem(sys.modules, "fake_peers", raising=False)
    monkeypatch.setitem(readers.READERS, "docreader", "fake_peers:FakeOwn")
    monkeypatch.setitem(readers.READERS, "fake", "fake_peers:FakePeer")


@pytest.fixture
def settings():
    """Settings for whole checks."""
    return PeerSettings(ReaderConfig(device="cpu"))


@pytest.fixture
def labels(tmp_path):
    """A function that writes files with their true amounts, (truth, content); the path of the labels.csv."""

    def write(*rows):
        lines = ["file,amount"]
        for number, (truth, content) in enumerate(rows):
            (tmp_path / f"{number}.txt").write_text(content, "utf-8")
            lines.append(f"{number}.txt,{truth}")
        path = tmp_path / "labels.csv"
        path.write_text("\n".join(lines) + "\n")
        return path

    return write
