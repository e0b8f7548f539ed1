"""`docreader decode --engine ray`: from manifests to parquet parts, on all cores of one machine or of a cluster."""

import sys
import time
from pathlib import Path

import typer

from docreader.cli.exits import Exit, exit_status
from docreader.cli.progress import Progress
from docreader.cli.settings import options_fingerprint
from docreader.errors import MissingExtraError
from docreader.runtime.config import ReaderConfig
from docreader.runtime.engine import Load
from docreader.runtime.summary import RunSummary

CHUNK = 1000
"""Images in a chunk: what a worker that dies has to read again."""


def decode_manifests(
    manifests: list[str],
    out: Path,
    config: ReaderConfig,
    load: Load,
    *,
    workers: int,
    batch_size: int,
    quiet: bool,
) -> Exit:
    """Read what manifests list; the status that the work as a whole deserves.

    Args:
        manifests: csv or parquet files with a column `file`.
        out: folder of chunks and parts.
        config: how to load the reader.
        load: loads it.
        workers: Number of processes.
        batch_size: Images of a batch.
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
    count = chunks.prepare(work, manifests, CHUNK, options_fingerprint(config))
    missing = work.missing(count)
    task = Task(work, load, config.limits.max_bytes, batch_size)
    tally, started = RunSummary(), time.perf_counter()
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
                typer.echo(tally.line(seconds, tally.inputs - before), file=sys.stderr)
    return exit_status(tally)
