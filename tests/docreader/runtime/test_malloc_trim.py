"""Trimming the heap of a process that grows."""

import sys

import pytest

from docreader.runtime import malloc_trim
from docreader.runtime.malloc_trim import HeapTrimmer

MANY = 1 << 30


@pytest.fixture
def process(monkeypatch):
    """A process of 1 GB, of which each trim returns a tenth."""

    class Process:
        size, trims = MANY, 0

        def trim(self, _: int) -> int:
            self.trims += 1
            self.size -= MANY // 10
            return 1

    process = Process()
    monkeypatch.setattr(malloc_trim, "_find_malloc_trim", lambda: process.trim)
    monkeypatch.setattr(malloc_trim, "_resident_bytes", lambda: process.size)
    return process


def test_heap_is_trimmed_when_the_process_has_grown(process):
    trimmer = HeapTrimmer(max_growth=100)
    assert trimmer.trim()
    process.size += 100
    assert not trimmer.trim()
    process.size += 1
    assert trimmer.trim()
    assert process.trims == 2


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc is Linux's")
def test_glibc_trims_where_it_is_the_c_library():
    malloc_trim._find_malloc_trim.cache_clear()
    assert HeapTrimmer().trim() == (malloc_trim._find_malloc_trim() is not None)
    assert not HeapTrimmer(max_growth=MANY * 100).trim()
    assert malloc_trim._resident_bytes() > 10_000_000


def test_other_systems_are_not_trimmed(monkeypatch):
    malloc_trim._find_malloc_trim.cache_clear()
    monkeypatch.setattr(sys, "platform", "win32")
    assert not HeapTrimmer().trim()
    malloc_trim._find_malloc_trim.cache_clear()
