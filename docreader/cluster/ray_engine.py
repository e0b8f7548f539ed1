"""The work spread by Ray Data: over the cores of this machine, or over a cluster when RAY_ADDRESS names one."""

import os
from collections.abc import Iterator
from typing import Any

from docreader.cluster.worker import Task, Worker
from docreader.errors import MissingExtraError


def run(task: Task, missing: list[int], workers: int) -> Iterator[int]:
    """Read the chunks that are missing.

    Args:
        task: what to do.
        missing: chunks without a part.
        workers: processes, each with one core and one reader.

    Yields:
        Chunks as they are done, in any order.

    Raises:
        MissingExtraError: Ray is not installed.
    """
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise MissingExtraError("--engine ray needs Ray: pip install 'docreader[ray]'") from error
    if not missing:
        return
    if not ray.is_initialized():
        ray.init(log_to_driver=False, logging_level="warning", num_cpus=_local_cores(workers))
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    pool = ray.data.ActorPoolStrategy(size=min(workers, len(missing)))
    chunks: Any = ray.data.from_items(
        [{"chunk": number} for number in missing], override_num_blocks=len(missing)
    )
    again = {
        "max_restarts": -1,
        "max_task_retries": -1,
    }  # a worker that dies is replaced, its chunk read again
    done = chunks.map_batches(
        Worker, fn_constructor_args=(task,), batch_size=1, compute=pool, num_cpus=1, **again
    )
    for row in done.iter_rows():
        yield int(row["chunk"])


def _local_cores(workers: int) -> int | None:
    """Cores to give Ray where it starts here; a cluster knows its own."""
    return None if os.environ.get("RAY_ADDRESS") else workers
