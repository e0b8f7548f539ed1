"""Memory that is free goes back to the system: lines of ever other widths leave holes of ever other sizes."""

import ctypes
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

MOST = 64_000_000
"""Bytes that the process may grow by before free memory is given back: what is given back has to be asked for again,
which takes a twelfth of the time of a long run when it is done after every batch."""


class HeapTrimmer:
    """Watches a process grow and gives its free memory back, where the C library can do that.

    Args:
        most: bytes that it may grow by in between.
    """

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._before = 0

    def trim(self) -> bool:
        """Return free memory to the system if the process has grown by so much; whether that was done."""
        trim = _trim()
        if trim is None or _resident() <= self._before + self.most:
            return False
        trim(0)
        self._before = _resident()
        return True


@cache
def _trim() -> Callable[[int], int] | None:
    """Glibc's malloc_trim, None where there is none."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        trim: Callable[[int], int] = ctypes.CDLL("libc.so.6").malloc_trim
    except (OSError, AttributeError):  # another C library
        return None
    return trim


def _resident() -> int:
    """Resident memory of this process, bytes; Linux alone tells it this way."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
