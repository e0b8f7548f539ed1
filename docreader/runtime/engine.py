"""Runs a reader over a stream of inputs, in this process or in several, and gives the records in input order."""

import itertools
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from docreader.errors import WorkerError
from docreader.io.archives import InMemoryFile
from docreader.io.inputs import Input, input_name
from docreader.io.records import ErrorRecord, Record
from docreader.runtime.config import ReaderConfig, ReaderLike
from docreader.runtime.malloc_trim import HeapTrimmer

Loader = Callable[[ReaderConfig], ReaderLike]
Chunk = tuple[Input, ...]

AHEAD = 3
"""Chunks that are handed out for each process: enough to keep it busy, few enough to hold memory flat."""


_HEAP = HeapTrimmer()


@dataclass(frozen=True)
class Result:
    """One input by name, and its records."""

    name: str
    records: list[Record]

    @property
    def failed(self) -> bool:
        """Whether anything of the input could not be read."""
        return any(isinstance(record, ErrorRecord) for record in self.records)


@dataclass(frozen=True)
class Engine:
    """How a run is to be done.

    Attributes:
        options: How to load the reader.
        loader: What loads it; a function of a module, since it travels to other processes by name.
        jobs: Number of processes; 1 reads in this one.
        batch_size: Images that are read together.
        viz: Folder for a picture of each reading.
    """

    options: ReaderConfig
    loader: Loader
    jobs: int = 1
    batch_size: int = 16
    viz: Path | None = None

    def run(self, inputs: Iterable[Input]) -> Generator[Result]:
        """Read the inputs as they come, never holding more than a few batches of them.

        With one job the reader is loaded before this returns, with several it is loaded by the first batch.

        Returns:
            One result for each input, in their order.

        Raises:
            DocreaderError, ModelError: The reader cannot be loaded.
        """
        chunks = _chunks(inputs, self.batch_size)
        if self.jobs > 1:
            return _Pool(self.options, self.loader, self.jobs, self.viz).run(chunks)
        return self._run_here(self.loader(self.options), chunks)

    def _run_here(self, reader: ReaderLike, chunks: Iterator[Chunk]) -> Generator[Result]:
        for chunk in chunks:
            yield from _results(chunk, read_chunk(reader, chunk, self.viz))


def _chunks(inputs: Iterable[Input], size: int) -> Iterator[Chunk]:
    iterator = iter(inputs)
    while chunk := tuple(itertools.islice(iterator, size)):
        yield chunk


def _results(chunk: Chunk, records: list[list[Record]]) -> Iterator[Result]:
    for item, of_item in zip(chunk, records, strict=True):
        yield Result(input_name(item), of_item)


def read_chunk(reader: ReaderLike, chunk: Chunk, viz: Path | None = None) -> list[list[Record]]:
    """The records of each input of a chunk; inputs that failed before pass through.

    Where a batch as a whole raises, its images are read one by one, so that one bad image costs one record.
    """
    paths = [item for item in chunk if not isinstance(item, ErrorRecord)]
    try:
        read = iter(reader.read_batch(paths, viz=viz) if paths else [])
    except Exception:
        read = iter([_read_alone(reader, path, viz) for path in paths])
    _HEAP.trim()
    return [[item] if isinstance(item, ErrorRecord) else next(read) for item in chunk]


def _read_alone(reader: ReaderLike, source: str | InMemoryFile, viz: Path | None) -> list[Record]:
    try:
        return reader.read_batch([source], viz=viz)[0]
    except Exception as error:
        return [ErrorRecord.of(input_name(source), error)]


class _Pool:
    """Worker processes with one thread each, replaced when one of them dies."""

    def __init__(self, options: ReaderConfig, loader: Loader, jobs: int, viz: Path | None) -> None:
        self.setup = (options, loader, viz)
        self.jobs = jobs
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ.setdefault(name, "1")  # read by the libraries when a worker loads them
        self.elsewhere = set(multiprocessing.active_children())
        self.executor = self._start()

    def _start(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")  # a fork would copy torch's threads half
        return ProcessPoolExecutor(self.jobs, mp_context=context, initializer=_begin, initargs=self.setup)

    def _restart(self) -> None:
        self.executor.shutdown(wait=False, cancel_futures=True)
        self.executor = self._start()

    def _submit(self, chunk: Chunk) -> "Future[list[list[Record]]] | None":
        """The future of a chunk, None where the pool is broken already."""
        try:
            with _signals_held():
                return self.executor.submit(_work, chunk)
        except BrokenProcessPool:
            return None

    def run(self, chunks: Iterator[Chunk]) -> Generator[Result]:
        pending: deque[tuple[Chunk, Future[list[list[Record]]] | None]] = deque()
        try:
            while True:
                while len(pending) < AHEAD * self.jobs and (chunk := next(chunks, None)) is not None:
                    pending.append((chunk, self._submit(chunk)))
                if not pending:
                    break
                chunk, future = pending.popleft()
                try:
                    records = _outcome(future)
                except BrokenProcessPool:
                    self._restart()
                    records = [record for item in chunk for record in self._alone(item)]
                    pending = deque((waiting, self._submit(waiting)) for waiting, _ in pending)
                yield from _results(chunk, records)
            self.executor.shutdown()
        finally:
            self.executor.shutdown(wait=False, cancel_futures=True)
            for child in set(multiprocessing.active_children()) - self.elsewhere:
                child.terminate()

    def _alone(self, item: Input) -> list[list[Record]]:
        """One input with nothing else under way, so that it is known whom a death is to be put down to."""
        try:
            return _outcome(self._submit((item,)))
        except BrokenProcessPool:
            self._restart()
            error = WorkerError("the process that read it died: out of memory? See --max-pixels and --jobs")
            return [[ErrorRecord.of(input_name(item), error)]]


def _outcome(future: "Future[list[list[Record]]] | None") -> list[list[Record]]:
    if future is None:
        raise BrokenProcessPool
    return future.result()


@contextmanager
def _signals_held() -> Iterator[None]:
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
    """What a worker process holds. The reader is loaded with the first chunk, where an error can be told."""

    options: ReaderConfig
    loader: Loader
    viz: Path | None
    reader: ReaderLike | None = None


def _begin(options: ReaderConfig, loader: Loader, viz: Path | None) -> None:
    """First thing in a worker."""
    _Worker.options, _Worker.loader, _Worker.viz = options, staticmethod(loader), viz
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    """No worker stays behind when the parent is killed outright."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(chunk: Chunk) -> list[list[Record]]:
    """Read a chunk in a worker."""
    if _Worker.reader is None:
        _Worker.reader = _Worker.loader(_Worker.options)
        for library, function in (("torch", "set_num_threads"), ("cv2", "setNumThreads")):
            if library in sys.modules:
                getattr(sys.modules[library], function)(1)
    return read_chunk(_Worker.reader, chunk, _Worker.viz)
