"""Process of one reader: loads it, reads batches, survives what it raises."""

import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from docreader.errors import DocreaderError, PeerError

if TYPE_CHECKING:
    from docreader.evaluation.peers.protocol import Output, PageFile, PeerReader, PeerSettings


@dataclass(frozen=True)
class Batch:
    """Outputs of a batch, with its time.

    Attributes:
        outputs: Output of each page.
        seconds: Duration, wall clock.
        cpu_seconds: Processor time of the reader and of the commands that it calls.
    """

    outputs: "list[Output]"
    seconds: float
    cpu_seconds: float


def serve(connection: Connection, name: str, source: str, settings: "PeerSettings") -> None:
    """Load a reader, send its version, then read batches of pages until the connection ends.

    Args:
        connection: To the parent. An error of loading is sent in place of the version.
        name: Name of the reader, for messages.
        source: Its class, MODULE:CLASS.
        settings: Settings of all readers.
    """
    _isolate()
    from docreader.evaluation.peers.readers import load_reader

    try:
        reader = load_reader(name, source, settings)
        version = str(reader.version)
    except DocreaderError as error:
        connection.send(error)
        return
    except Exception as error:
        connection.send(PeerError(f"the reader '{name}' cannot be loaded: {type(error).__name__}: {error}"))
        return
    connection.send(version)
    while True:
        try:
            pages = connection.recv()
        except EOFError:
            return
        connection.send(_timed(reader, pages))


def _timed(reader: "PeerReader", pages: "Sequence[PageFile]") -> Batch:
    started, used = time.perf_counter(), _cpu_seconds()
    outputs = _read(reader, pages)
    return Batch(outputs, time.perf_counter() - started, _cpu_seconds() - used)


def _read(reader: "PeerReader", pages: "Sequence[PageFile]") -> "list[Output]":
    """Read a batch; where it raises, one by one, so that one bad image costs one failure."""
    from docreader.io.records import Failure

    try:
        outputs = list(reader.read(pages))
        if len(outputs) != len(pages):
            raise ValueError(f"{len(outputs)} outputs of {len(pages)} pages")
    except Exception as error:
        if len(pages) > 1:
            return [output for page in pages for output in _read(reader, [page])]
        return [Failure(type(error).__name__, str(error) or type(error).__name__)]
    return outputs


def _cpu_seconds() -> float:
    """Return the processor time of this process and of its finished children."""
    found = os.times()
    return found.user + found.system + found.children_user + found.children_system


def _isolate() -> None:
    """Leave the parent's process group, ignore its Ctrl-C, end with it; messages go to standard error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "setsid"):
        os.setsid()  # the parent stops the whole group, commands that the reader has started included
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    threading.Thread(target=_exit_with_parent, daemon=True).start()


def _exit_with_parent() -> None:
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
