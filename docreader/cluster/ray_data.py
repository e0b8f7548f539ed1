"""Reading a manifest with Ray Data: read, map over reader actors, write parquet.

A run that is repeated reads what the parquet files of its folder lack. It runs on this machine, or on the cluster that
RAY_ADDRESS names; folder, manifests and images must then have the same paths on every machine.
"""

import logging
import os
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import ray
import ray.data

from docreader.cluster.manifest import COLUMN, fetch, open_manifests
from docreader.cluster.record_table import files_read, to_table
from docreader.runtime.batches import Load, iter_chunks
from docreader.runtime.worker_pool import WorkerPool

PART = 1000
"""Images of a parquet file: what is read again after a crash."""


class ReaderActor:
    """Read images in a process of its own, so that one that kills it costs one error record.

    Args:
        load: Loads a reader.
        batch_size: Images of a batch.
        max_bytes: Limit of a file that is fetched.
    """

    def __init__(self, load: Load, batch_size: int, max_bytes: int) -> None:
        self.pool = WorkerPool(load, jobs=1)
        self.batch_size, self.max_bytes = batch_size, max_bytes

    def __call__(self, images: pa.Table) -> pa.Table:
        """Return the records of a table of images."""
        inputs = (fetch(name, self.max_bytes) for name in images.column(COLUMN).to_pylist())
        results = self.pool.run(iter_chunks(inputs, self.batch_size))
        return to_table(record for result in results for record in result.records)


def read_manifests(
    manifests: Sequence[str],
    out: Path,
    load: Load,
    *,
    workers: int,
    batch_size: int,
    max_bytes: int,
    progress: bool = False,
) -> None:
    """Read the images of manifests that `out` has no records of.

    Args:
        manifests: csv or parquet files with a column `file`.
        out: Folder of the parquet files.
        load: Loads a reader.
        workers: Reader processes at most, each with one core.
        batch_size: Images of a batch.
        max_bytes: Limit of a file that is fetched by URL.
        progress: Whether Ray shows progress bars.

    Raises:
        ManifestError: A manifest cannot be read, or the folder contains other files.
        DocreaderError, ModelError: The reader cannot be loaded.
    """
    load()  # its errors are typed here, before anything starts
    _start(workers, progress=progress)
    known = ray.put(files_read(out))
    missing = open_manifests(manifests).map_batches(
        _without,
        fn_args=(known,),
        batch_format="pyarrow",
        num_cpus=0.25,  # unlike the readers: Ray Data would fuse both into one step, and one reader get all
    )
    records = missing.repartition(target_num_rows_per_block=PART, strict=True).map_batches(
        ReaderActor,
        fn_constructor_args=(load, batch_size, max_bytes),
        batch_size=None,
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=workers),
        num_cpus=1,
    )
    records.write_parquet(str(out), compression="zstd")


def _start(workers: int, *, progress: bool) -> None:
    if not ray.is_initialized():  # one core more than readers, for reading and writing tables
        local = None if os.environ.get("RAY_ADDRESS") else workers + 1
        ray.init(log_to_driver=False, logging_level="warning", num_cpus=local)
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars, context.print_on_execution_start = progress, False


def _without(images: pa.Table, known: "ray.ObjectRef[pa.Array]") -> pa.Table:
    """Drop the images that are known."""
    return images.filter(pc.invert(pc.is_in(images.column(COLUMN), value_set=ray.get(known))))
