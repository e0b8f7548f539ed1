"""Reader in a process of its own, which is replaced when it dies or takes too long."""

import contextlib
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Self

from docreader.errors import PeerError
from docreader.evaluation.peers.protocol import PageFile, PeerSettings
from docreader.evaluation.peers.worker import Batch, serve
from docreader.io.records import Failure

LOADING_SECONDS = 600.0
"""Longest time of loading a reader."""

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
"""Variables that libraries read when they are loaded."""


class _StoppedError(Exception):
    """The process has died, or was stopped."""


class PeerProcess:
    """Reader in a process of its own.

    Args:
        name: Name of the reader.
        source: Its class, MODULE:CLASS.
        settings: Settings of all readers.
        timeout: Longest time for an image, seconds.

    Attributes:
        version: Name and version of program and models.
        load_seconds: Duration of the start.

    Raises:
        PeerError: The reader cannot be loaded.
        DocreaderError: A package is missing, or the settings do not fit.
    """

    def __init__(self, name: str, source: str, settings: PeerSettings, timeout: float) -> None:
        self.name, self.source, self.settings, self.timeout = name, source, settings, timeout
        started = time.perf_counter()
        self.version = self._start()
        self.load_seconds = time.perf_counter() - started

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def read(self, pages: Sequence[PageFile]) -> Batch:
        """Read a batch of pages; where the process dies or hangs, read one by one, and that page is a failure."""
        started = time.perf_counter()
        try:
            return self._request(pages)
        except _StoppedError as stopped:
            reason = str(stopped)
        self.stop()
        self._start()
        if len(pages) == 1:
            return Batch([Failure("WorkerError", reason)], time.perf_counter() - started, 0.0)
        parts = [self.read([page]) for page in pages]
        return Batch(
            [output for part in parts for output in part.outputs],
            sum(part.seconds for part in parts),
            sum(part.cpu_seconds for part in parts),
        )

    def stop(self) -> None:
        """Stop the process, and the commands that it has started."""
        self.connection.close()
        if self.process.pid is not None and self.process.is_alive():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if hasattr(os, "killpg") and os.getpgid(self.process.pid) == self.process.pid:
                    os.killpg(self.process.pid, signal.SIGKILL)
            self.process.kill()
        self.process.join()

    def _start(self) -> str:
        context = multiprocessing.get_context("spawn")  # a fork would copy torch's threads half
        self.connection: Connection
        self.connection, far = context.Pipe()
        self.process = context.Process(
            target=serve, args=(far, self.name, self.source, self.settings), daemon=True
        )
        with _environment(dict.fromkeys(_THREADS, str(self.settings.threads))):
            self.process.start()
        far.close()
        try:
            answer = self._receive(LOADING_SECONDS)
        except _StoppedError as stopped:
            self.stop()
            raise PeerError(f"the reader '{self.name}' cannot be loaded: {stopped}") from None
        except BaseException:  # Ctrl-C
            self.stop()
            raise
        if isinstance(answer, Exception):
            self.stop()
            raise answer
        return str(answer)

    def _request(self, pages: Sequence[PageFile]) -> Batch:
        try:
            self.connection.send(pages)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise _StoppedError("its process died") from error
        found = self._receive(self.timeout * len(pages))
        assert isinstance(found, Batch)
        return found

    def _receive(self, timeout: float) -> object:
        try:
            if not self.connection.poll(timeout):
                raise _StoppedError(f"stopped after {timeout:g} seconds")
            return self.connection.recv()
        except (EOFError, ConnectionResetError) as error:
            raise _StoppedError("its process died: out of memory?") from error


@contextlib.contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Set variables of the environment for a process that is started within."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
