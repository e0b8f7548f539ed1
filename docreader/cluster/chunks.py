"""A folder of work: the chunks that a manifest was cut into, and the parts that have been made of them.

Layout: ``manifest.json`` (what was cut, and how), ``chunks/000000.parquet`` (names of images), ``parts/000000.parquet``
(their records), ``running/000000.json`` (who is at it). A part appears whole or not at all, so a chunk is done when its
part is there, whatever happened in between.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from docreader.errors import ManifestError

COLUMN = "file"


@dataclass(frozen=True)
class Work:
    """A folder of work; it must be reachable by the same name from every machine.

    Attributes:
        folder: where chunks and parts lie.
    """

    folder: Path

    def chunk(self, number: int) -> Path:
        """The names of a chunk's images."""
        return self.folder / "chunks" / f"{number:06d}.parquet"

    def part(self, number: int) -> Path:
        """The records of a chunk."""
        return self.folder / "parts" / f"{number:06d}.parquet"

    def running(self, number: int) -> Path:
        """Who reads a chunk, and how far it is."""
        return self.folder / "running" / f"{number:06d}.json"

    def missing(self, count: int) -> list[int]:
        """The chunks, of `count`, that have no part yet."""
        return [number for number in range(count) if not self.part(number).exists()]


def prepare(work: Work, manifests: list[str], size: int, settings: dict[str, Any]) -> int:
    """Cut manifests into chunks, unless that was done before.

    Args:
        work: the folder.
        manifests: csv or parquet files with a column `file`.
        size: images in a chunk.
        settings: what is to be done with them; an earlier run must have been told the same.

    Returns:
        How many chunks there are.

    Raises:
        ManifestError: a manifest cannot be read, or the folder belongs to other work.
    """
    told = {"manifests": [_fingerprint(path) for path in manifests], "size": size, "settings": settings}
    plan = work.folder / "manifest.json"
    if plan.exists():
        before = json.loads(plan.read_text())
        count = int(before.pop("chunks"))
        for name, value in json.loads(json.dumps(told)).items():
            if before.get(name) != value:
                raise ManifestError(
                    f"'{work.folder}' holds work with other {name} ({before.get(name)} then, {value} now): name "
                    "another folder"
                )
        return count
    for name in ("chunks", "parts", "running"):
        (work.folder / name).mkdir(parents=True, exist_ok=True)
    count = 0
    for names in _batched(_names(manifests), size):
        write_whole(work.chunk(count), pa.table({COLUMN: names}))
        count += 1
    whole = plan.with_name(".manifest.json")
    whole.write_text(json.dumps({**told, "chunks": count}))
    whole.replace(plan)  # last: a cut that was interrupted is done again
    return count


def names_of(work: Work, number: int) -> list[str]:
    """The images of a chunk."""
    names: list[str] = pq.read_table(work.chunk(number)).column(COLUMN).to_pylist()
    return names


def write_whole(path: Path, table: pa.Table) -> None:
    """Write a table that appears whole or not at all."""
    whole = path.with_name(f".{path.name}.{os.getpid()}")
    pq.write_table(table, whole, compression="zstd")
    whole.replace(path)


def _fingerprint(path: str) -> list[str]:
    try:
        with Path(path).open("rb") as stream:
            return [os.path.abspath(path), hashlib.file_digest(stream, "sha256").hexdigest()]  # noqa: PTH100
    except OSError as error:
        raise ManifestError(f"cannot read the manifest '{path}': {error.strerror}") from error


def _names(manifests: Iterable[str]) -> Iterator[str]:
    """The images of all manifests, as they come."""
    for path in manifests:
        try:
            if path.lower().endswith(".csv"):
                options = pa.csv.ConvertOptions(include_columns=[COLUMN], column_types={COLUMN: pa.string()})
                batches: Iterable[pa.RecordBatch] = pa.csv.open_csv(path, convert_options=options)
            else:
                batches = pq.ParquetFile(path).iter_batches(columns=[COLUMN])
            for batch in batches:
                yield from (_absolute(name, path) for name in batch.column(0).to_pylist())
        except (OSError, pa.ArrowException, KeyError) as error:
            raise ManifestError(
                f"'{path}' is no manifest: a csv or parquet file with a column '{COLUMN}' is wanted ({error})"
            ) from error


def _absolute(name: str, manifest: str) -> str:
    """The same image from any folder: relative names are relative to their manifest."""
    if "://" in name:
        return name
    return os.path.join(os.path.dirname(os.path.abspath(manifest)), name)  # noqa: PTH100, PTH118, PTH120


def _batched(items: Iterable[str], size: int) -> Iterator[list[str]]:
    batch: list[str] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
