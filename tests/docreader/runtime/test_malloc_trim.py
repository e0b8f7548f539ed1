import sys

import pytest

from docreader.runtime import malloc_trim
from docreader.runtime.malloc_trim import HeapTrimmer

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
    monkeypatch.setattr(malloc_trim, "_trim", lambda: process.trim)
    monkeypatch.setattr(malloc_trim, "_resident", lambda: process.size)
    return process


def test_memory_is_given_back_when_the_process_has_grown(process):
    holes = HeapTrimmer(most=100)
    assert holes.trim()
    process.size += 100
    assert not holes.trim()
    process.size += 1
    assert holes.trim()
    assert process.trims == 2


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc is Linux's")
def test_glibc_is_asked_where_it_is_there():
    malloc_trim._trim.cache_clear()
    assert HeapTrimmer().trim() == (malloc_trim._trim() is not None)
    assert not HeapTrimmer(most=MANY * 100).trim()
    assert malloc_trim._resident() > 10_000_000


def test_other_systems_are_left_alone(monkeypatch):
    malloc_trim._trim.cache_clear()
    monkeypatch.setattr(sys, "platform", "win32")
    assert not HeapTrimmer().trim()
    malloc_trim._trim.cache_clear()
