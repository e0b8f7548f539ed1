"""Batches of inputs: the protocol of a reader, chunks, one result for each input."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from docreader.io.archives import InMemoryFile
from docreader.io.inputs import Input, input_name
from docreader.io.records import ErrorRecord, Record
from docreader.runtime.malloc_trim import HeapTrimmer

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


def iter_chunks(inputs: Iterable[Input], size: int) -> Iterator[Chunk]:
    """Split inputs into chunks of a size; the last may be shorter."""
    iterator = iter(inputs)
    while chunk := tuple(itertools.islice(iterator, size)):
        yield chunk


def read_chunk(reader: BatchReader, chunk: Chunk) -> list[Result]:
    """Return the result of each input of a chunk; error records among the inputs pass through.

    Where a batch as a whole raises, its images are read one by one, so that one bad image costs one record.
    """
    sources = [item for item in chunk if not isinstance(item, ErrorRecord)]
    try:
        read = iter(reader.read_batch(sources) if sources else [])
    except Exception:
        read = iter([_read_single(reader, source) for source in sources])
    _HEAP.trim()
    return [
        Result(input_name(item), [item] if isinstance(item, ErrorRecord) else next(read)) for item in chunk
    ]


def _read_single(reader: BatchReader, source: str | InMemoryFile) -> list[Record]:
    try:
        return reader.read_batch([source])[0]
    except Exception as error:
        return [ErrorRecord.of(input_name(source), error)]
