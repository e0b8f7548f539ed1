"""`docreader decode --engine ray`: read manifests on all cores of a machine or a cluster."""

import sys
import time
from pathlib import Path

from docreader.cli.exits import Exit, exit_status
from docreader.cli.options import make_folder
from docreader.cli.settings import check_settings, write_settings
from docreader.errors import MissingExtraError
from docreader.runtime.batches import Load
from docreader.runtime.config import ReaderConfig


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
    """Read the images of manifests into parquet files; return the exit status for all records of the folder.

    Args:
        manifests: csv or parquet files with a column `file`.
        out: Folder of the parquet files.
        config: Settings of the reader.
        load: Loads it.
        workers: Number of processes.
        batch_size: Images of a batch.
        quiet: Print errors only.

    Raises:
        MissingExtraError: Ray is not installed.
        ManifestError: A manifest cannot be read, or the folder contains other files.
        ResumeError: The folder contains records of other options.
    """
    try:
        from docreader.cluster.ray_data import read_manifests
        from docreader.cluster.record_table import summarize
    except ImportError as error:
        raise MissingExtraError(f"--engine ray needs Ray: pip install 'docreader[ray]' ({error})") from error
    make_folder(out, "--out")
    out = out.absolute()
    check_settings(out / "records", config)
    before, started = summarize(out), time.perf_counter()
    write_settings(out / "records", config)
    try:
        read_manifests(
            manifests,
            out,
            load,
            workers=workers,
            batch_size=batch_size,
            max_bytes=config.limits.max_bytes,
            progress=not quiet and sys.stderr.isatty(),
        )
    finally:
        summary = summarize(out)
        if not quiet:
            line = summary.line(time.perf_counter() - started, summary.inputs - before.inputs)
            print(line, file=sys.stderr)  # noqa: T201
    return exit_status(summary)
