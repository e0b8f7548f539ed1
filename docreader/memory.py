"""Memory that is free goes back to the system: lines of ever other widths leave holes of ever other sizes."""

import ctypes
import sys
from collections.abc import Callable
from functools import cache


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


def give_back() -> bool:
    """Return free memory to the system, where the C library can; whether it could."""
    trim = _trim()
    if trim is None:
        return False
    trim(0)
    return True
