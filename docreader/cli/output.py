"""Writers of records: JSON lines, CSV, text."""

import codecs
import csv
import errno
import os
import sys
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from io import TextIOWrapper
from typing import IO, Protocol

from docreader.io.inputs import describe_passed_over
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


def report_passed_over(counts: Counter[str]) -> None:
    """Print a notice of the files in folders that were not read, if there are any."""
    if counts:
        print(f"docreader: {describe_passed_over(counts)}", file=sys.stderr)  # noqa: T201


class ClosedOutput(TextIOWrapper):
    """Standard output that the caller has closed (`>&-`): what is written fails instead of being lost."""

    def write(self, text: str) -> int:
        """Raise an error unless there is nothing to write."""
        if text:
            raise closed_output()
        return 0


def closed_output() -> OSError:
    """Build the error for standard output that is closed."""
    return OSError(errno.EBADF, "nothing can be written: standard output is closed")


def prepare_stdout() -> None:
    """Let standard output carry the bytes of any file name, with the same line ends on every system.

    Raises:
        OSError: Standard output is closed.
    """
    if isinstance(sys.stdout, ClosedOutput):
        raise closed_output()
    _reconfigure(newline="\n")


def accept_file_names() -> None:
    """Let standard output carry the bytes of any file name."""
    if not isinstance(sys.stdout, ClosedOutput):
        _reconfigure()


def _reconfigure(**options: str) -> None:
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        codecs.register_error(_FILE_NAMES, _encode_file_name)
        reconfigure(errors=_FILE_NAMES, **options)


_FILE_NAMES = "docreader.filename"
"""Name of the error handler of standard output."""


def _encode_file_name(error: UnicodeError) -> tuple[str | bytes, int]:
    """Return the bytes of characters that the encoding of the output lacks, as the file system has them."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    try:
        return os.fsencode(lacking), error.end
    except UnicodeEncodeError:
        return lacking.encode("ascii", "backslashreplace"), error.end
