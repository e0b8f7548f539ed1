"""File of outputs: what the readers have returned so far, to continue an interrupted comparison."""

import json
from pathlib import Path
from typing import IO, Any

from docreader.errors import ResumeError
from docreader.evaluation.peers.protocol import Output, PageFile, output_from_json, output_to_json
from docreader.evaluation.peers.worker import Batch
from docreader.io.records import Failure

Key = tuple[str, str, str, int]
"""Reader with version, settings, path, page."""


class OutputFile:
    """JSON lines, one for each reader and image; failures are not kept, so that they are read again.

    Args:
        path: The file, continued if it exists; None keeps nothing.

    Raises:
        ResumeError: The file cannot be read or written, or holds something else.
    """

    def __init__(self, path: Path | None) -> None:
        self.known: dict[Key, Batch] = {}
        self.stream: IO[str] | None = None
        if path is None:
            return
        try:
            size = self._read(path) if path.exists() else 0
            path.touch(mode=0o600)  # it holds names and account numbers
            self.stream = path.open("a", encoding="utf-8")
            self.stream.truncate(size)
        except OSError as error:
            raise ResumeError(f"cannot continue '{path}': {error.strerror}") from error

    def _read(self, path: Path) -> int:
        """Read the complete lines; return their size in bytes."""
        size = 0
        with path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                if not line.endswith(b"\n"):
                    break  # torn when the run was stopped
                try:
                    data = json.loads(line)
                    key = (data["reader"], data["settings"], data["path"], data["page"])
                    output = output_from_json(data["output"])
                    self.known[key] = Batch([output], data["seconds"], data["cpu_seconds"])
                except (ValueError, KeyError, TypeError) as error:
                    raise ResumeError(
                        f"{path}, line {number}: this was not written by 'docreader compare --resume'"
                    ) from error
                size += len(line)
        return size

    def get(self, reader: str, settings: str, page: PageFile) -> Batch | None:
        """Return what a reader has returned for a page; None if it has not read it."""
        return self.known.get((reader, settings, page.path, page.page))

    def add(
        self, reader: str, settings: str, page: PageFile, output: Output, times: tuple[float, float]
    ) -> None:
        """Write what a reader returned for a page, with the seconds of wall clock and processor."""
        if self.stream is None or isinstance(output, Failure):
            return
        data: dict[str, Any] = {"reader": reader, "settings": settings, "path": page.path, "page": page.page}
        data |= {"seconds": times[0], "cpu_seconds": times[1], "output": output_to_json(output)}
        self.stream.write(json.dumps(data) + "\n")
        self.stream.flush()

    def close(self) -> None:
        """Close the file."""
        if self.stream is not None:
            self.stream.close()
