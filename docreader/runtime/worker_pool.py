"""Pool of worker processes with one reader each, replaced when one of them dies."""

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Self

from docreader.errors import WorkerError
from docreader.io.inputs import Input, input_name
from docreader.io.records import ErrorRecord
from docreader.runtime.batches import BatchReader, Chunk, Load, Result, read_chunk

CHUNKS_AHEAD = 3
"""Chunks submitted for each process: enough to keep it busy, few enough for flat memory."""


class WorkerPool:
    """Worker processes with one thread and one reader each, replaced when one of them dies.

    Args:
        load: Loads a reader.
        jobs: Number of processes.
    """

    def __init__(self, load: Load, jobs: int) -> None:
        self.load, self.jobs = load, jobs
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ.setdefault(name, "1")  # read by the libraries when a worker loads them
        self.other_children = set(multiprocessing.active_children())
        self.executor = self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Stop the workers; at once if the run has not come to its end."""
        self.executor.shutdown(wait=kind is None, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - self.other_children:
            child.terminate()

    def run(self, chunks: Iterator[Chunk]) -> Generator[Result]:
        """Read chunks of inputs; one result for each input, in input order."""
        pending: deque[tuple[Chunk, Future[list[Result]] | None]] = deque()
        while True:
            while len(pending) < CHUNKS_AHEAD * self.jobs and (chunk := next(chunks, None)) is not None:
                pending.append((chunk, self._submit(chunk)))
            if not pending:
                return
            chunk, future = pending.popleft()
            try:
                results = _results_of(future)
            except BrokenProcessPool:
                self._restart()
                results = [self._read_isolated(item) for item in chunk]
                pending = deque((waiting, self._submit(waiting)) for waiting, _ in pending)
            yield from results

    def _start(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")  # a fork would copy torch's threads half
        return ProcessPoolExecutor(
            self.jobs, mp_context=context, initializer=_init_worker, initargs=(self.load,)
        )

    def _restart(self) -> None:
        self.executor.shutdown(wait=False, cancel_futures=True)
        self.executor = self._start()

    def _submit(self, chunk: Chunk) -> "Future[list[Result]] | None":
        """Submit a chunk; None where the pool is broken already."""
        try:
            with _sigint_blocked():
                return self.executor.submit(_read_in_worker, chunk)
        except BrokenProcessPool:
            return None

    def _read_isolated(self, item: Input) -> Result:
        """Read one input while no other is submitted, to attribute a worker's death to it."""
        try:
            return _results_of(self._submit((item,)))[0]
        except BrokenProcessPool:
            self._restart()
            error = WorkerError("the process that read it died: out of memory? See --max-pixels and --jobs")
            return Result(input_name(item), [ErrorRecord.of(input_name(item), error)])


def _results_of(future: "Future[list[Result]] | None") -> list[Result]:
    if future is None:
        raise BrokenProcessPool
    return future.result()


@contextmanager
def _sigint_blocked() -> Iterator[None]:
    """Start processes with Ctrl-C blocked: the parent alone decides when and how to stop."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Worker:
    """State of a worker process. The first chunk loads the reader, so that its errors reach the parent."""

    load: Load
    reader: BatchReader | None = None


def _init_worker(load: Load) -> None:
    _Worker.load = staticmethod(load)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_with_parent, daemon=True).start()


def _exit_with_parent() -> None:
    """End this worker when the parent is killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _read_in_worker(chunk: Chunk) -> list[Result]:
    if _Worker.reader is None:
        _Worker.reader = _Worker.load()
        for library, function in (("torch", "set_num_threads"), ("cv2", "setNumThreads")):
            if library in sys.modules:
                getattr(sys.modules[library], function)(1)
    return read_chunk(_Worker.reader, chunk)
