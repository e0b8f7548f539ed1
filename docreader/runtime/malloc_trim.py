"""Return freed heap memory to the system (glibc's `malloc_trim`): line images of varying widths fragment the heap."""

import ctypes
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

MAX_GROWTH = 64_000_000
"""Bytes of growth between two trims. Trimmed memory has to be allocated anew: a trim after every batch costs a twelfth
of the time of a long run."""


class HeapTrimmer:
    """Trim the heap whenever this process has grown, where the C library can.

    Args:
        max_growth: Growth of the resident memory between two trims, bytes.
    """

    def __init__(self, max_growth: int = MAX_GROWTH) -> None:
        self.max_growth = max_growth
        self._trimmed_size = 0

    def trim(self) -> bool:
        """Trim the heap if the process has grown; return whether it was trimmed."""
        malloc_trim = _find_malloc_trim()
        if malloc_trim is None or _resident_bytes() <= self._trimmed_size + self.max_growth:
            return False
        malloc_trim(0)
        self._trimmed_size = _resident_bytes()
        return True


@cache
def _find_malloc_trim() -> Callable[[int], int] | None:
    """Return glibc's malloc_trim, None with another C library."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        malloc_trim: Callable[[int], int] = ctypes.CDLL("libc.so.6").malloc_trim
    except (OSError, AttributeError):
        return None
    return malloc_trim


def _resident_bytes() -> int:
    """Return the resident memory of this process, bytes (Linux only)."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
