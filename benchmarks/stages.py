"""Milliseconds of each stage of a reading, median over batches, one thread.

    python benchmarks/stages.py DATA [--method sdnn] [--model FILE] [--limit 320] [--batch-size 32]

DATA holds images of cut-out amounts (PNG, JPEG or TIFF).
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from docreader.hos import pictures
from docreader.reader import Reader
from docreader.records import to_json
from docreader.sdnn import views_of
from docreader.search import best_answers
from docreader.stages import unsure
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
        """Time what is inside; the process's own time, which other work on the machine lengthens less."""
        start = time.process_time()
        yield
        self.seconds[name].append(time.process_time() - start)


def main() -> None:
    """Time and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--method", choices=("sdnn", "hos"), default="sdnn")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--grammar", default="digits")
    parser.add_argument("--limit", type=int, default=320)
    parser.add_argument("--batch-size", type=int, default=32)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    files = sorted(path for path in arguments.data.rglob("*") if path.suffix in (".jpg", ".png", ".tif"))
    files = files[: arguments.limit]
    size = arguments.batch_size
    reader = Reader.load(
        arguments.model, grammar=arguments.grammar, field="amount", device="cpu", method=arguments.method
    )
    batches = [files[start : start + size] for start in range(0, len(files), size)]
    time_batch(Clock(), reader, batches[0])  # warms up
    clock = Clock()
    for batch in batches:
        time_batch(clock, reader, batch)
    total = 0.0
    for name, seconds in clock.seconds.items():
        each = 1000 * float(np.median(seconds[: len(batches) - 1 or 1])) / size
        if name != "whole":
            total += each
        print(f"{name:10s} {each:7.2f} ms an image")
    whole = 1000 * float(np.median(clock.seconds["whole"][: len(batches) - 1 or 1])) / size
    print(f"{'stages':10s} {total:7.2f} ms an image")
    print(f"{'whole':10s} {whole:7.2f} ms an image, {1000 / whole:.0f} images a second ({len(files)} images)")


@torch.inference_mode()
def time_batch(clock: Clock, reader: Reader, batch: Sequence[Path]) -> None:
    """One batch through every stage, and through the reader as a whole."""
    with clock.stage("load"):
        images = [next(load_pages(file)).image for file in batch]
    with clock.stage("clean"):
        inks = [clean(image) for image in images]
    fields: list[Any]
    if reader.method.name == "hos":
        fields = cut(clock, inks, reader.method.network.config.channels)
    else:
        with clock.stage("line"):
            fields = [
                views_of(image, ink, reader.method.views) for image, ink in zip(images, inks, strict=True)
            ]
    first, *closer = reader.method.stages
    with clock.stage("interpret"):
        graph = first.interpret(fields)
    with clock.stage("search"):
        answers = best_answers(graph, reader.grammar, reader.n_best)
    with clock.stage("look again"):
        for stage in closer:
            doubtful = [
                field
                for field, found in zip(fields, answers, strict=True)
                if not field.empty and unsure(found, stage.below)
            ]
            if doubtful:
                best_answers(stage.interpret(doubtful), reader.grammar, reader.n_best)
    with clock.stage("whole"):
        records = reader.read_batch([str(file) for file in batch])
        lines = [to_json(record) for of_one in records for record in of_one]
    assert len(lines) == len(batch)


def cut(clock: Clock, inks: Sequence[Any], channels: int) -> list[Segmentation]:
    """Segmentations, stage by stage."""
    with clock.stage("cut"):
        found = [find_candidates(ink.mask) for ink in inks]
    with clock.stage("normalise"):
        fields = [
            Segmentation(ink, candidates, segmentation_graph(candidates), describe(candidates))
            for ink, candidates in zip(inks, found, strict=True)
        ]
        for field in fields:
            pictures(field, channels)
    return fields


if __name__ == "__main__":
    main()
