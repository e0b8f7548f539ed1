"""Error handler of libtiff: collects the messages on damaged TIFFs, which Pillow leaves on stderr."""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import PIL

_Handler = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p)
_collected = threading.local()


@contextlib.contextmanager
def libtiff_errors() -> Iterator[list[str]]:
    """Collect the errors of libtiff in this thread while the context is open.

    A damaged CCITT strip decodes without an exception; these messages are the only sign of damage. Where Pillow links
    libtiff statically (Windows), the list stays empty.
    """
    _install_handler()
    messages: list[str] = []
    before = getattr(_collected, "messages", None)
    _collected.messages = messages
    try:
        yield messages
    finally:
        _collected.messages = before


@cache
def _install_handler() -> Any:
    """Install the error handler once; the cache keeps it alive, because libtiff holds a pointer to it."""
    handler = _Handler(_on_error)
    for path in _libraries():
        try:
            ctypes.CDLL(path).TIFFSetErrorHandler(handler)
        except (OSError, AttributeError):
            continue
        return handler
    return None


def _libraries() -> list[str]:
    """List the paths at which Pillow's libtiff may be: bundled with the wheel, else the system's."""
    package = Path(PIL.__file__).parent
    bundled = [*package.parent.glob("[pP]illow.libs/libtiff*"), *package.glob(".dylibs/libtiff*")]
    if bundled:
        return [str(path) for path in bundled]
    system = ctypes.util.find_library("tiff")
    return [system] if system else []


def _on_error(module: bytes | None, form: bytes | None, _: int | None) -> None:
    messages = getattr(_collected, "messages", None)
    if messages is None or len(messages) >= 10:
        return
    # The arguments of the printf format are dropped: ctypes cannot read a va_list.
    text = (form or b"").decode("latin-1").split("%")[0].strip(" .:\n")
    messages.append(f"{(module or b'libtiff').decode('latin-1')}: {text or 'error'}")
