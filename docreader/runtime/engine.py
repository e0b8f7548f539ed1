"""Engine: read a stream of inputs in this process or in several, with results in input order."""

import itertools
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from docreader.errors import WorkerError
from docreader.io.archives import InMemoryFile
from docreader.io.inputs import Input, input_name
from docreader.io.records import ErrorRecord, Record
from docreader.runtime.malloc_trim import HeapTrimmer

BATCH_SIZE = 64
"""Images of a batch."""

CHUNKS_AHEAD = 3
"""Chunks submitted for each process: enough to keep it busy, few enough for flat memory."""

_HEAP = HeapTrimmer()


class BatchReader(Protocol):
    """Reader of batches, such as `docreader.Reader`."""

    def read_batch(self, sources: Sequence[str | InMemoryFile]) -> list[list[Record]]:
        """Return the records of each source, in order; a failure is an error record."""
        ...


Load = Callable[[], BatchReader]
"""Loads a reader. Several processes need a picklable one: a function of a module, or a `functools.partial` of it."""

Chunk = tuple[Input, ...]


@dataclass(frozen=True)
class Result:
    """Records of one input.

    Attributes:
        name: The input as records name it.
        records: At least one record; a file of several pages has one for each.
    """

    name: str
    records: list[Record]

    @property
    def failed(self) -> bool:
        """Whether any record is an error record."""
        return any(isinstance(record, ErrorRecord) for record in self.records)


@dataclass(frozen=True)
class Engine:
    """Read a stream of inputs with one reader in each of several processes.

    Memory stays flat whatever the number of inputs. An input that makes the reader fail, or its process die, costs one
    error record.

    Attributes:
        load: Loads a reader; each process loads its own.
        jobs: Number of processes; 1 reads in this process, 0 starts one for each core.
        batch_size: Images of a batch.

    Example:
        >>> from functools import partial
        >>> from docreader import Engine, Reader, ReaderConfig
        >>> config = ReaderConfig(field="amount", grammar="digits", device="cpu")
        >>> engine = Engine(partial(Reader.load, config), jobs=1)
        >>> for result in engine.run(["missing.png"]):
        ...     print(result.name, result.records[0].error.type)
        missing.png ImageNotFoundError

        A script that sets `jobs` to more than 1 needs ``if __name__ == "__main__":`` around the loop.
    """

    load: Load
    jobs: int = 1
    batch_size: int = BATCH_SIZE

    def run(self, inputs: Iterable[Input]) -> Generator[Result]:
        """Read the inputs as they come, a few batches at a time.

        With one job the reader is loaded before this returns, with several by the first batch.

        Args:
            inputs: Paths, or what `docreader.io.inputs.iter_inputs` yields.

        Returns:
            One result for each input, in input order.

        Raises:
            DocreaderError, ModelError: The reader cannot be loaded.
        """
        chunks = iter_chunks(inputs, self.batch_size)
        jobs = self.jobs or count_cores()
        if jobs > 1:
            return self._run_in_workers(WorkerPool(self.load, jobs), chunks)
        return self._run_here(self.load(), chunks)

    @staticmethod
    def _run_here(reader: BatchReader, chunks: Iterator[Chunk]) -> Generator[Result]:
        for chunk in chunks:
            yield from _results(chunk, read_chunk(reader, chunk))

    @staticmethod
    def _run_in_workers(pool: "WorkerPool", chunks: Iterator[Chunk]) -> Generator[Result]:
        with pool:
            yield from pool.run(chunks)


def count_cores() -> int:
    """Return the number of cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        return os.cpu_count() or 1


def iter_chunks(inputs: Iterable[Input], size: int) -> Iterator[Chunk]:
    """Split inputs into chunks of a size; the last may be shorter."""
    iterator = iter(inputs)
    while chunk := tuple(itertools.islice(iterator, size)):
        yield chunk


def _results(chunk: Chunk, records: list[list[Record]]) -> Iterator[Result]:
    for item, of_item in zip(chunk, records, strict=True):
        yield Result(input_name(item), of_item)


def read_chunk(reader: BatchReader, chunk: Chunk) -> list[list[Record]]:
    """Return the records of each input of a chunk; error records among the inputs pass through.

    Where a batch as a whole raises, its images are read one by one, so that one bad image costs one record.
    """
    sources = [item for item in chunk if not isinstance(item, ErrorRecord)]
    try:
        read = iter(reader.read_batch(sources) if sources else [])
    except Exception:
        read = iter([_read_single(reader, source) for source in sources])
    _HEAP.trim()
    return [[item] if isinstance(item, ErrorRecord) else next(read) for item in chunk]


def _read_single(reader: BatchReader, source: str | InMemoryFile) -> list[Record]:
    try:
        return reader.read_batch([source])[0]
    except Exception as error:
        return [ErrorRecord.of(input_name(source), error)]


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

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the workers; at once if the run has not come to its end."""
        self.executor.shutdown(wait=kind is None, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - self.other_children:
            child.terminate()

    def run(self, chunks: Iterator[Chunk]) -> Generator[Result]:
        """Read chunks of inputs; one result for each input, in input order."""
        pending: deque[tuple[Chunk, Future[list[list[Record]]] | None]] = deque()
        while True:
            while len(pending) < CHUNKS_AHEAD * self.jobs and (chunk := next(chunks, None)) is not None:
                pending.append((chunk, self._submit(chunk)))
            if not pending:
                return
            chunk, future = pending.popleft()
            try:
                records = _result_of(future)
            except BrokenProcessPool:
                self._restart()
                records = [record for item in chunk for record in self._read_isolated(item)]
                pending = deque((waiting, self._submit(waiting)) for waiting, _ in pending)
            yield from _results(chunk, records)

    def _start(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")  # a fork would copy torch's threads half
        return ProcessPoolExecutor(
            self.jobs, mp_context=context, initializer=_init_worker, initargs=(self.load,)
        )

    def _restart(self) -> None:
        self.executor.shutdown(wait=False, cancel_futures=True)
        self.executor = self._start()

    def _submit(self, chunk: Chunk) -> "Future[list[list[Record]]] | None":
        """Submit a chunk; None where the pool is broken already."""
        try:
            with _sigint_blocked():
                return self.executor.submit(_read_in_worker, chunk)
        except BrokenProcessPool:
            return None

    def _read_isolated(self, item: Input) -> list[list[Record]]:
        """Read one input while no other is submitted, to attribute a worker's death to it."""
        try:
            return _result_of(self._submit((item,)))
        except BrokenProcessPool:
            self._restart()
            error = WorkerError("the process that read it died: out of memory? See --max-pixels and --jobs")
            return [[ErrorRecord.of(input_name(item), error)]]


def _result_of(future: "Future[list[list[Record]]] | None") -> list[list[Record]]:
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


def _read_in_worker(chunk: Chunk) -> list[list[Record]]:
    if _Worker.reader is None:
        _Worker.reader = _Worker.load()
        for library, function in (("torch", "set_num_threads"), ("cv2", "setNumThreads")):
            if library in sys.modules:
                getattr(sys.modules[library], function)(1)
    return read_chunk(_Worker.reader, chunk)
