"""Records as parquet: a row for each, failed ones too, with the counts of the part in its footer."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from docreader.io.records import ErrorRecord, Record, to_json
from docreader.runtime.summary import RunSummary

SCHEMA = pa.schema(
    [
        ("file", pa.string()),
        ("page", pa.int32()),
        ("text", pa.string()),
        ("amount", pa.string()),
        ("currency", pa.string()),
        ("confidence", pa.float64()),
        ("decision", pa.string()),
        ("reason", pa.string()),
        ("error_type", pa.string()),
        ("error_message", pa.string()),
        ("record", pa.string()),
    ]
)
"""The columns; `record` is the whole record as JSON."""

_COUNTS = b"docreader_counts"


def table(records: Sequence[list[Record]]) -> pa.Table:
    """The rows of many inputs.

    Args:
        records: for each input its records.
    """
    tally = RunSummary()
    for of_one in records:
        tally.add(of_one)
    rows = [_row(record) for of_one in records for record in of_one]
    counts = {_COUNTS: json.dumps(asdict(tally)).encode()}
    return pa.Table.from_pylist(rows, schema=SCHEMA.with_metadata(counts))


def counts(path: Path) -> RunSummary:
    """What came of a part's inputs."""
    metadata = pq.read_schema(path).metadata or {}
    return RunSummary(**json.loads(metadata[_COUNTS]))


def _row(record: Record) -> dict[str, Any]:
    row = {name: getattr(record, name, None) for name in SCHEMA.names[:8]}
    row["file"] = _text(record.file)
    if isinstance(record, ErrorRecord):
        row |= {"error_type": record.error.type, "error_message": _text(record.error.message)}
    return {**row, "record": to_json(record)}


def _text(value: str | None) -> str | None:
    r"""As parquet can hold it: bytes of a name that are no UTF-8 become ``\udcXX``, as in JSON."""
    return None if value is None else value.encode("utf-8", "backslashreplace").decode()
