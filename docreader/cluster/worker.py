"""What a worker does: it holds one reader, and turns one chunk after another into a part."""

import json
import os
from dataclasses import dataclass
from typing import Any

from docreader.cluster.chunks import Work, names_of, write_whole
from docreader.cluster.parts import table
from docreader.errors import RemoteReadError, WorkerError
from docreader.io.archives import InMemoryFile
from docreader.io.inputs import Input
from docreader.io.records import ErrorRecord, Record
from docreader.runtime.engine import Load, read_chunk


@dataclass(frozen=True)
class Task:
    """What workers are told; travels to other machines.

    Attributes:
        work: the folder.
        load: Loads a reader.
        max_bytes: Limit of a fetched file.
        batch_size: images read together.
    """

    work: Work
    load: Load
    max_bytes: int
    batch_size: int


class Worker:
    """Reads chunks; Ray makes one of these on each core.

    A worker that dies of a chunk leaves a note of how far it was. Who comes after it goes image by image, and the one
    at which that worker dies, too, is an error row of type WorkerError.
    """

    def __init__(self, task: Task) -> None:
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        self.task = task
        self.reader = task.load()

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Read the chunks of a batch; as Ray Data calls it."""
        numbers = [int(number) for number in batch["chunk"]]
        for number in numbers:
            self.read(number)
        return {"chunk": numbers}

    def read(self, number: int) -> None:
        """Make the part of a chunk, unless it is there."""
        work = self.task.work
        if work.part(number).exists():
            return
        names = names_of(work, number)
        note = self._earlier(number)
        bad: list[int] = note.get("bad", [])
        if "at" in note:
            bad.append(note["at"])
        size = 1 if note else self.task.batch_size
        records: list[list[Record]] = []
        for first in range(0, len(names), size):
            mark: dict[str, Any] = {"pid": os.getpid(), "bad": bad}
            self._note(number, {**mark, "at": first} if note else mark)
            if note and first in bad:
                error = WorkerError("the process that read it died: out of memory? See --max-pixels")
                records.append([ErrorRecord.of(names[first], error)])
            else:
                chunk = tuple(fetched(name, self.task.max_bytes) for name in names[first : first + size])
                records += read_chunk(self.reader, chunk)
        write_whole(work.part(number), table(records))
        work.running(number).unlink(missing_ok=True)

    def _earlier(self, number: int) -> dict[str, Any]:
        """The note of a worker that died of this chunk."""
        try:
            note: dict[str, Any] = json.loads(self.task.work.running(number).read_text())
        except (OSError, ValueError):
            return {}
        return note

    def _note(self, number: int, note: dict[str, Any]) -> None:
        path = self.task.work.running(number)
        whole = path.with_name(f".{path.name}.{os.getpid()}")
        whole.write_text(json.dumps(note))
        whole.replace(path)


def fetched(name: str, max_bytes: int) -> Input:
    """A path as it is; what a manifest names by a URL (s3://, gs://, https:// ...) is fetched with fsspec."""
    if "://" not in name:
        return name
    import fsspec

    try:
        with fsspec.open(name, "rb") as stream:
            data = stream.read(max_bytes + 1)
        if len(data) > max_bytes:
            raise RemoteReadError(
                f"{name}: it has more than {max_bytes:,} bytes; raise the limit with --max-bytes"
            )
    except Exception as error:  # whatever the protocol's package raises
        message = str(error) if isinstance(error, RemoteReadError) else f"cannot fetch {name}: {error}"
        return ErrorRecord.of(name, RemoteReadError(message))
    return InMemoryFile(name, data)
