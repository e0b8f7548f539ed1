"""Records as parquet: one row a record, error records included."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from docreader.errors import ManifestError
from docreader.io.records import ErrorRecord, Record, to_json
from docreader.runtime.summary import RunSummary

SCHEMA = pa.schema(
    [
        ("file", pa.string()),
        ("page", pa.int32()),
        ("check", pa.int32()),
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
"""Columns; `record` is the whole record as JSON."""


def to_table(records: Iterable[Record]) -> pa.Table:
    """Convert records to rows."""
    return pa.Table.from_pylist([_row(record) for record in records], schema=SCHEMA)


def _row(record: Record) -> dict[str, Any]:
    row = {name: getattr(record, name, None) for name in SCHEMA.names[:9]}
    row["file"] = _utf8(record.file)
    if isinstance(record, ErrorRecord):
        row |= {"error_type": record.error.type, "error_message": _utf8(record.error.message)}
    return {**row, "record": to_json(record)}


def _utf8(value: str | None) -> str | None:
    r"""Escape bytes of a name that are no UTF-8 as ``\udcXX``, as in JSON: parquet cannot store them."""
    return None if value is None else value.encode("utf-8", "backslashreplace").decode()


def open_parts(folder: Path) -> list[Path]:
    """Return the parquet files of a folder; those that a killed run left torn are deleted.

    Raises:
        ManifestError: A file contains something else than records.
    """
    whole = []
    for path in sorted(folder.glob("*.parquet")):
        try:
            names = pq.read_schema(path).names
        except (pa.ArrowException, OSError):
            path.unlink()
            continue
        if names != SCHEMA.names:
            raise ManifestError(f"'{path}' contains no records of docreader: name another folder")
        whole.append(path)
    return whole


def files_read(folder: Path) -> pa.Array:
    """Return the images with records in a folder."""
    names = [pq.read_table(path, columns=["file"]).column("file").unique() for path in open_parts(folder)]
    return pa.concat_arrays(names).unique() if names else pa.array([], pa.string())


def summarize(folder: Path) -> RunSummary:
    """Count the records of a folder."""
    total = RunSummary()
    for path in open_parts(folder):
        rows = pq.read_table(path, columns=["file", "decision"])
        failed = pc.is_null(rows["decision"])
        by_file = rows.append_column("failed", pc.cast(failed, pa.int64())).group_by("file")
        counts = by_file.aggregate([("failed", "sum"), ([], "count_all")])
        total += RunSummary(
            inputs=len(counts),
            accepted=pc.sum(pc.equal(rows["decision"], "accept")).as_py() or 0,
            rejected=pc.sum(pc.equal(rows["decision"], "reject")).as_py() or 0,
            failed=pc.sum(pc.greater(counts["failed_sum"], 0)).as_py() or 0,
            lost=pc.sum(pc.equal(counts["failed_sum"], counts["count_all"])).as_py() or 0,
        )
    return total
