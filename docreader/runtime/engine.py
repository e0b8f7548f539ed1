"""Engine: read a stream of inputs in this process or in several, with results in input order."""

import os
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass

from docreader.io.inputs import Input
from docreader.runtime.batches import Chunk, Load, Result, iter_chunks, read_chunk
from docreader.runtime.worker_pool import WorkerPool

BATCH_SIZE = 64
"""Images of a batch."""


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
        reader = self.load()
        return (result for chunk in chunks for result in read_chunk(reader, chunk))

    @staticmethod
    def _run_in_workers(pool: WorkerPool, chunks: Iterator[Chunk]) -> Generator[Result]:
        with pool:
            yield from pool.run(chunks)


def count_cores() -> int:
    """Return the number of cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        return os.cpu_count() or 1
