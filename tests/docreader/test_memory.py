import sys

import pytest

from docreader import memory
from docreader.memory import Holes

MANY = 1 << 30


@pytest.fixture
def process(monkeypatch):
    """A process of 1 GB, of which trimming takes a tenth, and what was asked of it."""

    class Process:
        size, trims = MANY, 0

        def trim(self, _: int) -> int:
            self.trims += 1
            self.size -= MANY // 10
            return 1

    process = Process()
    monkeypatch.setattr(memory, "_trim", lambda: process.trim)
    monkeypatch.setattr(memory, "_resident", lambda: process.size)
    return process


def test_memory_is_given_back_when_the_process_has_grown(process):
    holes = Holes(most=100)
    assert holes.give_back()
    process.size += 100
    assert not holes.give_back()
    process.size += 1
    assert holes.give_back()
    assert process.trims == 2


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc is Linux's")
def test_glibc_is_asked_where_it_is_there():
    memory._trim.cache_clear()
    assert Holes().give_back() == (memory._trim() is not None)
    assert not Holes(most=MANY * 100).give_back()
    assert memory._resident() > 10_000_000


def test_other_systems_are_left_alone(monkeypatch):
    memory._trim.cache_clear()
    monkeypatch.setattr(sys, "platform", "win32")
    assert not Holes().give_back()
    memory._trim.cache_clear()
