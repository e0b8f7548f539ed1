"""Writers of records: JSON lines, CSV, text."""

import csv
import sys
from collections.abc import Iterable
from enum import StrEnum
from typing import IO, Protocol

from docreader.io.records import CSV_COLUMNS, ErrorRecord, Record, to_csv, to_json, to_text


class Format(StrEnum):
    """Format of the records."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


class Writer(Protocol):
    """Write the records of one input after the other."""

    def write(self, records: Iterable[Record]) -> None:
        """Write and flush."""
        ...


class JsonWriter:
    """Write JSON, one record a line."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream

    def write(self, records: Iterable[Record]) -> None:
        """Write all records of an input at once, and flush."""
        self.stream.write("".join(to_json(record) + "\n" for record in records))
        self.stream.flush()


class CsvWriter:
    """Write CSV, one record a row below a header."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream
        self.rows = csv.writer(stream, lineterminator="\n")
        self.rows.writerow(CSV_COLUMNS)

    def write(self, records: Iterable[Record]) -> None:
        """Write and flush."""
        self.rows.writerows(to_csv(record) for record in records)
        self.stream.flush()


class TextWriter:
    """Write text, one record a line, in color on a terminal."""

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
    """Return the writer of a format."""
    if form is Format.JSON:
        return JsonWriter(stream)
    return CsvWriter(stream) if form is Format.CSV else TextWriter(stream)


def prepare_stdout() -> None:
    """Let standard output carry the bytes of any file name, with the same line ends on every system."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="surrogateescape", newline="\n")
