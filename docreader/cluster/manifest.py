"""Manifests: csv or parquet files with a column `file`, the images to read."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from docreader.errors import ManifestError, RemoteReadError
from docreader.io.archives import InMemoryFile
from docreader.io.inputs import Input
from docreader.io.records import ErrorRecord

COLUMN = "file"
_CSV = pa.csv.ConvertOptions(include_columns=[COLUMN], column_types={COLUMN: pa.string()})


def open_manifests(paths: Sequence[str]) -> Any:
    """Return the `ray.data.Dataset` of all images, one row each with the column `file`.

    Args:
        paths: csv or parquet files. Relative names in them are relative to their manifest.

    Raises:
        ManifestError: A manifest cannot be read, or has no column `file`.
    """
    import ray.data

    whole = []
    for path in map(os.path.abspath, paths):
        check_manifest(path)
        rows = (
            ray.data.read_csv(path, file_extensions=None, convert_options=_CSV)
            if _is_csv(path)
            else ray.data.read_parquet(path, columns=[COLUMN], file_extensions=None)
        )
        whole.append(
            rows.map_batches(
                _resolve,
                fn_args=(str(Path(path).parent),),
                batch_format="pyarrow",
                batch_size=None,
            )
        )
    return whole[0].union(*whole[1:]) if len(whole) > 1 else whole[0]


def _is_csv(path: str) -> bool:
    return path.lower().endswith(".csv")


def check_manifest(path: str) -> None:
    """Raise ManifestError where a file cannot be read or has no column `file`."""
    try:
        with Path(path).open("rb"):
            pass
    except OSError as error:
        raise ManifestError(f"cannot read the manifest '{path}': {error.strerror}") from error
    try:
        if _is_csv(path):
            pa.csv.open_csv(path, convert_options=_CSV).close()
        elif COLUMN not in pq.read_schema(path).names:
            raise KeyError(COLUMN)
    except (OSError, pa.ArrowException, KeyError) as error:
        raise ManifestError(
            f"'{path}' is no manifest: a csv or parquet file with a column '{COLUMN}' is wanted ({error})"
        ) from error


def _resolve(rows: pa.Table, folder: str) -> pa.Table:
    """Make relative names absolute, so that every machine finds the same image."""
    names = [
        name if "://" in name else os.path.join(folder, name)  # noqa: PTH118
        for name in rows.column(COLUMN).to_pylist()
    ]
    return pa.table({COLUMN: pa.array(names, pa.string())})


def fetch(name: str, max_bytes: int) -> Input:
    """Return a path as it is; fetch an image that is named by a URL (s3://, gs://, https:// ...) with fsspec."""
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
