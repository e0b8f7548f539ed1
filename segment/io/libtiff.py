"""What libtiff says about a damaged TIFF, which Pillow leaves on stderr: caught, so that the page can be refused."""

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
_heard = threading.local()


@contextlib.contextmanager
def libtiff_errors() -> Iterator[list[str]]:
    """Collect the errors that libtiff reports in this thread while the context is open.

    A damaged CCITT strip is decoded to the end and looks like a page; only these messages tell. Where Pillow has its
    libtiff built in (Windows), the list stays empty.
    """
    _listen()
    messages: list[str] = []
    before = getattr(_heard, "messages", None)
    _heard.messages = messages
    try:
        yield messages
    finally:
        _heard.messages = before


@cache
def _listen() -> Any:
    """Hand libtiff our error handler, once; keep the result alive, libtiff points to it."""
    handler = _Handler(_on_error)
    for path in _candidates():
        try:
            ctypes.CDLL(path).TIFFSetErrorHandler(handler)
        except (OSError, AttributeError):
            continue
        return handler
    return None


def _candidates() -> list[str]:
    """Where the libtiff that Pillow uses may lie: beside the wheel's files, else the system's."""
    package = Path(PIL.__file__).parent
    bundled = [*package.parent.glob("[pP]illow.libs/libtiff*"), *package.glob(".dylibs/libtiff*")]
    if bundled:
        return [str(path) for path in bundled]
    system = ctypes.util.find_library("tiff")
    return [system] if system else []


def _on_error(module: bytes | None, form: bytes | None, _: int | None) -> None:
    messages = getattr(_heard, "messages", None)
    if messages is None or len(messages) >= 10:
        return
    # The arguments of the printf format stay where they are: a va_list cannot be read from here.
    text = (form or b"").decode("latin-1").split("%")[0].strip(" .:\n")
    messages.append(f"{(module or b'libtiff').decode('latin-1')}: {text or 'error'}")
