"""Comparison of readers on labeled images, by turns, so that load on the machine affects all alike."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from docreader.evaluation.peers.outputs import OutputFile
from docreader.evaluation.peers.process import PeerProcess
from docreader.evaluation.peers.protocol import Output, PageFile, PeerSettings
from docreader.evaluation.peers.readers import OWN, find_reader
from docreader.evaluation.peers.scoring import Score, score
from docreader.io.ground_truth import GroundTruth, LabeledImage
from docreader.io.records import Failure

TIMEOUT = 300.0
"""Longest time for an image by default, seconds."""


@dataclass(frozen=True)
class ReaderResult:
    """What one reader made of the images.

    Attributes:
        name: Name of the reader.
        version: Name and version of program and models.
        load_seconds: Duration of the start of its process.
        scores: Score of each image.
        seconds: Wall clock of each batch, divided by its number of images.
        cpu_seconds: Processor time of each batch, divided likewise.
    """

    name: str
    version: str
    load_seconds: float
    scores: list[Score]
    seconds: list[float]
    cpu_seconds: list[float]


@dataclass(frozen=True)
class Comparison:
    """Result of `docreader compare`.

    Attributes:
        labels: The ground truth.
        items: Images that were read.
        settings: Settings of all readers.
        batch_size: Images of a batch.
        readers: Result of each reader; docreader is the first.
    """

    labels: GroundTruth
    items: Sequence[LabeledImage]
    settings: PeerSettings
    batch_size: int
    readers: Sequence[ReaderResult]


def compare_readers(
    labels: GroundTruth,
    names: Sequence[str],
    settings: PeerSettings,
    *,
    limit: int | None = None,
    batch_size: int = 1,
    timeout: float = TIMEOUT,
    resume: Path | None = None,
    on_image: Callable[[], None] = lambda: None,
) -> Comparison:
    """Read labeled images by several readers, each in a process of its own.

    Args:
        labels: The ground truth.
        names: Names of the readers, see `find_reader`.
        settings: Settings of all readers.
        limit: Number of images, from the first; None for all.
        batch_size: Images that a reader gets at once.
        timeout: Longest time for an image, seconds; a reader that takes longer is stopped and started again.
        resume: File of outputs, continued if it exists; None keeps none.
        on_image: Called after each image and reader.

    Raises:
        PeerError: There is no such reader, or it cannot be loaded.
        ResumeError: The file of outputs cannot be used.
        DocreaderError: The settings of docreader do not fit, or a reader is not installed.
    """
    sources = {name: find_reader(name) for name in names}
    items = labels.items[:limit]
    outputs = OutputFile(resume)
    with ExitStack() as stack:
        stack.callback(outputs.close)
        processes = [
            stack.enter_context(PeerProcess(name, source, settings, timeout))
            for name, source in sources.items()
        ]
        results = [ReaderResult(one.name, one.version, one.load_seconds, [], [], []) for one in processes]
        for start in range(0, len(items), batch_size):
            chunk = items[start : start + batch_size]
            for process, result in zip(processes, results, strict=True):
                for item, output in zip(chunk, _read(process, chunk, outputs, result), strict=True):
                    found = score(output, item.truth, labels.column, single_line=settings.single_line)
                    result.scores.append(found)
                    on_image()
    return Comparison(labels, items, settings, batch_size, results)


def _settings_key(settings: PeerSettings, size: int, *, own: bool) -> str:
    """Return a key of the settings that a reader depends on: others depend on docreader's limits alone."""
    config = settings.config if own else settings.config.limits
    used = (config, settings.single_line, settings.digits, settings.threads, size)
    return hashlib.sha256(repr(used).encode()).hexdigest()[:16]


def _read(
    process: PeerProcess, chunk: Sequence[LabeledImage], outputs: OutputFile, result: ReaderResult
) -> list[Output]:
    """Return the outputs of a batch, those of an earlier run if they are all there; its times go to the result."""
    pages = [PageFile(str(item.path), item.page) for item in chunk]
    reader = f"{process.name}: {process.version}"
    key = _settings_key(process.settings, len(chunk), own=process.name == OWN)
    earlier = [batch for page in pages if (batch := outputs.get(reader, key, page)) is not None]
    if len(earlier) == len(pages):
        found = [batch.outputs[0] for batch in earlier]
        times = earlier[0].seconds, earlier[0].cpu_seconds
    else:
        batch = process.read(pages)
        found, times = batch.outputs, (batch.seconds / len(pages), batch.cpu_seconds / len(pages))
        for page, output in zip(pages, found, strict=True):
            outputs.add(reader, key, page, output, times)
    if not all(isinstance(output, Failure) for output in found):
        result.seconds.append(times[0])
        result.cpu_seconds.append(times[1])
    return found
