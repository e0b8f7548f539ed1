"""Milliseconds of each stage of a reading, median over batches, one thread.

    python benchmarks/stages.py DATA [--limit 320] [--batch-size 32]

DATA holds images of cut-out amounts (PNG, JPEG or TIFF).
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch

import gtn
from docreader.reader import Reader
from docreader.search import best_answers
from segment.candidates import find_candidates
from segment.cleaning import clean
from segment.loading import load_pages
from segment.segmentation import Segmentation, describe, segmentation_graph


class Clock:
    """Collects seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what is inside."""
        start = time.perf_counter()
        yield
        self.seconds[name].append(time.perf_counter() - start)


def main() -> None:
    """Time and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--limit", type=int, default=320)
    parser.add_argument("--batch-size", type=int, default=32)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    files = sorted(path for path in arguments.data.rglob("*") if path.suffix in (".jpg", ".png", ".tif"))
    files = files[: arguments.limit]
    reader = Reader.load(grammar="digits", field="amount", device="cpu", method="hos")
    clock = Clock()
    batches = [
        files[start : start + arguments.batch_size] for start in range(0, len(files), arguments.batch_size)
    ]
    with torch.inference_mode():
        for batch in [batches[0], *batches]:  # the first one warms up
            if clock.seconds and len(clock.seconds["load"]) == 1:
                clock = Clock()
            time_batch(clock, reader, batch)
    size = arguments.batch_size
    total = 0.0
    for name, seconds in clock.seconds.items():
        each = 1000 * float(np.median(seconds[: len(batches) - 1 or 1])) / size
        total += each
        print(f"{name:10s} {each:7.2f} ms an image")
    print(f"{'all':10s} {total:7.2f} ms an image, {1000 / total:.0f} images a second ({len(files)} images)")


def time_batch(clock: Clock, reader: Reader, batch: list[Path]) -> None:
    """One batch through every stage."""
    with clock.stage("load"):
        images = [next(load_pages(file)).image for file in batch]
    with clock.stage("clean"):
        inks = [clean(image) for image in images]
    with clock.stage("cut"):
        found = [find_candidates(ink.mask) for ink in inks]
    with clock.stage("normalise"):
        parts = [
            Segmentation(ink, candidates, segmentation_graph(candidates), describe(candidates))
            for ink, candidates in zip(inks, found, strict=True)
        ]
        segments = torch.from_numpy(np.concatenate([part.images() for part in parts]))[:, None]
        features = torch.from_numpy(np.concatenate([part.features for part in parts]))
    with clock.stage("recognise"):
        posteriors = reader.method.recognizer.log_posteriors(segments)
    with clock.stage("search"):
        graph = reader.method.recognition(gtn.batch([part.graph for part in parts]), posteriors, features)
        best_answers(graph, reader.grammar, reader.n_best)


if __name__ == "__main__":
    main()
