"""Writes records to a stream, line by line, and counts them."""

import csv
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Protocol

from docreader.cli.exits import Exit
from docreader.io.records import CSV_COLUMNS, ErrorRecord, Record, to_csv, to_json, to_text


class Format(StrEnum):
    """The form of the records."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


class Writer(Protocol):
    """Writes the records of one input."""

    def write(self, records: Iterable[Record]) -> None:
        """Write and flush."""
        ...


class JsonWriter:
    """One record a line."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream

    def write(self, records: Iterable[Record]) -> None:
        """Write and flush, all records of an input at once."""
        self.stream.write("".join(to_json(record) + "\n" for record in records))
        self.stream.flush()


class CsvWriter:
    """One record a row, below a header."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream
        self.rows = csv.writer(stream, lineterminator="\n")
        self.rows.writerow(CSV_COLUMNS)

    def write(self, records: Iterable[Record]) -> None:
        """Write and flush."""
        self.rows.writerows(to_csv(record) for record in records)
        self.stream.flush()


class TextWriter:
    """One record a line for people, in color on a terminal."""

    STYLES = {"accept": "green", "reject": "yellow", "failed": "red"}  # noqa: RUF012

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream
        self.color = stream.isatty()

    def write(self, records: Iterable[Record]) -> None:
        """Write and flush."""
        for record in records:
            line = to_text(record)
            if self.color:
                self._print(line, "failed" if isinstance(record, ErrorRecord) else record.decision)
            else:
                self.stream.write(line + "\n")
        self.stream.flush()

    def _print(self, line: str, kind: str) -> None:
        from rich.console import Console
        from rich.text import Text

        text = Text(line)
        text.stylize(self.STYLES[kind], 0, len(kind))
        Console(file=self.stream, soft_wrap=True).print(text)


def writer_for(form: Format, stream: IO[str]) -> Writer:
    """The writer of a format."""
    if form is Format.JSON:
        return JsonWriter(stream)
    return CsvWriter(stream) if form is Format.CSV else TextWriter(stream)


def prepare_stdout() -> None:
    """Make standard output take the bytes of any file name, and end lines alike on every system."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="surrogateescape", newline="\n")


@dataclass
class Tally:
    """What came of a run.

    Attributes:
        inputs: Inputs that were tried.
        accepted: Answers accepted.
        rejected: Answers rejected.
        failed: Inputs of which something could not be read.
        lost: Inputs of which nothing could be read.
    """

    inputs: int = 0
    accepted: int = 0
    rejected: int = 0
    failed: int = 0
    lost: int = 0

    def add(self, records: Iterable[Record]) -> None:
        """Count the records of one input."""
        records = list(records)
        errors = sum(isinstance(record, ErrorRecord) for record in records)
        accepted = sum(not isinstance(record, ErrorRecord) and record.accepted for record in records)
        self.inputs += 1
        self.accepted += accepted
        self.rejected += len(records) - errors - accepted
        self.failed += errors > 0
        self.lost += errors == len(records)

    def __add__(self, other: "Tally") -> "Tally":
        """The counts of both."""
        return Tally(**{name: value + getattr(other, name) for name, value in vars(self).items()})

    @property
    def status(self) -> Exit:
        """The exit status that the run deserves."""
        if self.inputs and self.lost == self.inputs:
            return Exit.ALL_FAILED
        return Exit.SOME_FAILED if self.failed else Exit.OK

    def summary(self, seconds: float, read_now: int | None = None) -> str:
        """One line for people.

        Args:
            seconds: How long the run took.
            read_now: Inputs read in that time, where others were read before.
        """
        now = self.inputs if read_now is None else read_now
        rate = f"{now / seconds:.1f} images/s" if seconds > 0 and now else "no image read"
        earlier = f" ({self.inputs - now} of them in the earlier run)" if now != self.inputs else ""
        return (
            f"{self.inputs} {'image' if self.inputs == 1 else 'images'}{earlier}: {self.accepted} accepted, "
            f"{self.rejected} rejected, {self.failed} failed; {rate}"
        )
