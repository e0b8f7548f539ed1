"""Continuing an interrupted run from its records (`decode --resume`)."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from docreader.errors import RecordError, ResumeError
from docreader.io.inputs import Input, input_name
from docreader.io.records import ModelInfo, Reading, Record, from_json
from docreader.runtime.summary import RunSummary

MAX_LINE = 10_000_000
"""Longest line of a record, bytes; most have a few thousand."""


@dataclass
class ResumeState:
    """State of an earlier run.

    Attributes:
        done: Number of times that each input was read completely.
        summary: Counts of the complete records.
        size: Length of the complete records in the file, bytes.
        model: Model of the last complete reading.
        locator: Field locator of the last complete reading of a check.
    """

    done: Counter[str] = field(default_factory=Counter)
    summary: RunSummary = field(default_factory=RunSummary)
    size: int = 0
    model: ModelInfo | None = None
    locator: ModelInfo | None = None

    def remaining(self, inputs: Iterable[Input]) -> Iterator[Input]:
        """Yield the inputs that are not done; one named twice is read twice. Consumes `done`."""
        for item in inputs:
            name = input_name(item)
            if self.done[name]:
                self.done[name] -= 1
            else:
                yield item


def read_state(path: Path) -> ResumeState:
    """Read the state of an earlier run from its complete records.

    A last line without its end was torn when the run was killed. The records of the last input are dropped, too:
    further pages of it may be missing.

    Args:
        path: JSON lines written by `decode`; a missing file counts as empty.

    Raises:
        ResumeError: The file cannot be read, or contains something else than records.
    """
    if path.exists() and not path.is_file():
        raise ResumeError(f"'{path}' is no file that could be continued")
    state = ResumeState()
    group: list[Record] = []
    first = b""
    position = 0
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(iter(lambda: stream.readline(MAX_LINE), b""), start=1):
                if not line.endswith(b"\n"):
                    _check_torn(line, path, number)
                    break
                record = _record(line, path, number)
                if group and (record.file != group[0].file or line == first):
                    _keep(state, group, position)
                    group = []
                if not group:
                    first = line
                group.append(record)
                position += len(line)
    except FileNotFoundError:
        return state
    except OSError as error:
        raise ResumeError(f"cannot read '{path}' to resume from it: {error.strerror}") from error
    return state


def _check_torn(line: bytes, path: Path, number: int) -> None:
    """Check that a line without an end is the beginning of a record: nothing else may be cut off."""
    begun = b'{"file":'
    if len(line) >= MAX_LINE or not line.startswith(begun[: len(line)]):
        raise ResumeError(f"{path}, line {number}: this is no record written by docreader")


def _record(line: bytes, path: Path, number: int) -> Record:
    try:
        return from_json(line)
    except RecordError as error:
        raise ResumeError(
            f"{path}, line {number}: {error}. --resume continues a file written by 'docreader decode --format "
            f"json' or by --resume itself; give the name of such a file, or of one that does not exist yet"
        ) from error


def _keep(state: ResumeState, group: list[Record], position: int) -> None:
    """Count an input whose records are complete, as those of the next input follow."""
    state.done[group[0].file or ""] += 1
    state.summary.add(group)
    state.size = position
    for record in group:
        if isinstance(record, Reading):
            state.model = record.model
            state.locator = record.locator or state.locator


def open_to_append(path: Path, state: ResumeState) -> IO[str]:
    """Open the file after the last complete record; the rest is cut off.

    Raises:
        ResumeError: The file cannot be written, or another run is writing it.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        stream = os.fdopen(handle, "r+", encoding="ascii", newline="\n")
        _lock(stream, path)
        stream.truncate(state.size)
        stream.seek(0, os.SEEK_END)
    except OSError as error:
        raise ResumeError(f"cannot write '{path}': {error.strerror}") from error
    return stream


def _lock(stream: IO[str], path: Path) -> None:
    """Lock the file against a second run, where the system can."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.close()
        raise ResumeError(f"another run is writing '{path}': wait for its end, or stop it") from None


def check_model(state: ResumeState, records: Iterable[Record]) -> None:
    """Check that one file has the readings of one model and one field locator.

    Raises:
        ResumeError: The records are from another model or locator than those of the earlier run.
    """
    for record in records:
        if isinstance(record, Reading):
            _check_same(state.model, record.model, "model")
            _check_same(state.locator, record.locator, "locator")


def _check_same(earlier: ModelInfo | None, used: ModelInfo | None, kind: str) -> None:
    if earlier is not None and used is not None and earlier != used:
        raise ResumeError(
            f"the earlier run read with the {kind} {_title(earlier)}, this one with {_title(used)}: "
            f"name the former with --{kind}, or begin a new file"
        )


def _title(model: ModelInfo) -> str:
    return json.dumps(f"{model.name} {model.version}") + f" (sha256 {model.sha256[:12]}...)"
