"""`docreader decode --engine ray`: from manifests to parquet parts, on all cores of one machine or of a cluster."""

import sys
import time
from pathlib import Path

import typer

from docreader.cli import loading
from docreader.cli.exits import Exit
from docreader.cli.output import Tally
from docreader.cli.progress import Progress
from docreader.cli.settings import told
from docreader.errors import MissingExtraError
from docreader.runtime.config import ReaderConfig

CHUNK = 1000
"""Images in a chunk: what a worker that dies has to read again."""


def decode_manifests(
    manifests: list[str],
    out: Path,
    options: ReaderConfig,
    *,
    workers: int,
    batch_size: int,
    quiet: bool,
) -> Exit:
    """Read what manifests list; the status that the work as a whole deserves.

    Args:
        manifests: csv or parquet files with a column `file`.
        out: folder of chunks and parts.
        options: how to load the reader.
        workers: processes.
        batch_size: images read together.
        quiet: no progress, no summary.

    Raises:
        MissingExtraError: Ray is not installed.
        ManifestError: a manifest cannot be read, or the folder belongs to other work.
    """
    try:
        from docreader.cluster import chunks, parts, ray_engine
        from docreader.cluster.worker import Task
    except ImportError as error:
        raise MissingExtraError(f"--engine ray needs Ray: pip install 'docreader[ray]' ({error})") from error
    work = chunks.Work(out.absolute())
    count = chunks.prepare(work, manifests, CHUNK, told(options))
    missing = work.missing(count)
    task = Task(work, options, loading.load_reader, batch_size)
    tally, started = Tally(), time.perf_counter()
    for number in sorted(set(range(count)) - set(missing)):
        tally += parts.counts(work.part(number))
    before = tally.inputs
    with Progress("chunks", len(missing), quiet=quiet) as progress:
        try:
            for number in ray_engine.run(task, missing, workers):
                tally += parts.counts(work.part(number))
                progress.advance()
        finally:
            progress.close()
            if not quiet:
                seconds = time.perf_counter() - started
                typer.echo(tally.summary(seconds, tally.inputs - before), file=sys.stderr)
    return tally.status
