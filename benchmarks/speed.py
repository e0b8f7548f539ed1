"""Measure the speed of reading: steps, the command as a process, start-up, growth of cost.

    python benchmarks/speed.py stages IMAGES [--method sdnn] [--limit 320] [--batch-size 32]
    python benchmarks/speed.py command IMAGES [--jobs 1 2] [--count 2000] [--rounds 3] [decode options ...]
    python benchmarks/speed.py startup IMAGE [--times 7]
    python benchmarks/speed.py growth IMAGES [--limit 64]

IMAGES is a folder of cut-out amounts. Times are processor time of one thread, except for `command`: that is wall clock,
so the machine has to be quiet.
"""

import argparse
import itertools
import json
import os
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import torch
from common import Metric, emit, images, parser, single_thread, value
from numpy.typing import NDArray

from docreader.decoding.search import best_hypotheses
from docreader.io.records import to_json
from docreader.pipeline.reader import Reader
from docreader.recognition.cascade import MIN_HYPOTHESES, needs_next_pass
from segment.cleaning.pipeline import clean
from segment.io.pages import load_pages

Picture = NDArray[np.uint8]


class Clock:
    """Processor seconds by step."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time the block."""
        start = time.process_time()
        yield
        self.seconds[name].append(time.process_time() - start)


def load_reader(given: argparse.Namespace) -> Reader:
    """Load a reader of digits with the model of the options."""
    settings = {"grammar": "digits", "field": "amount", "device": "cpu", "method": given.method}
    return Reader.load(model=given.model, **settings)


def stages(given: argparse.Namespace, _: list[str]) -> dict[str, Metric]:
    """Measure milliseconds an image of each step, median over the batches."""
    files, size = images(given.images, given.limit or 320), given.batch_size
    reader = load_reader(given)
    batches = [files[start : start + size] for start in range(0, len(files), size)]
    time_batch(Clock(), reader, batches[0])  # compiles and fills caches
    clock = Clock()
    for batch in batches:
        time_batch(clock, reader, batch)
    whole_batches = len(files) // size or 1
    return {
        name: value(1000 * float(np.median(seconds[:whole_batches])) / min(size, len(files)), "ms")
        for name, seconds in clock.seconds.items()
    }


@torch.inference_mode()
def time_batch(clock: Clock, reader: Reader, batch: Sequence[Path]) -> None:
    """Time one batch through every step, and through the reader as a whole."""
    with clock.step("load"):
        pages = [next(load_pages(file)).image for file in batch]
    with clock.step("clean"):
        for page in pages:
            clean(page)
    recognizer, n_best = reader.recognizer, max(reader.config.n_best, MIN_HYPOTHESES)
    with clock.step("prepare"):
        fields = [recognizer.prepare(page) for page in pages]
    with clock.step("interpret"):
        lattice = recognizer.score(fields)
    with clock.step("search"):
        found = best_hypotheses(lattice, reader.grammar, n_best)
    for number, below in enumerate(recognizer.defer_below, start=1):
        with clock.step("second_pass"):
            pairs = zip(fields, found, strict=True)
            deferred = [field for field, best in pairs if not field.empty and needs_next_pass(best, below)]
            if deferred:
                best_hypotheses(recognizer.score(deferred, number), reader.grammar, n_best)
    with clock.step("whole"):
        lines = [
            to_json(record) for found in reader.read_batch([str(file) for file in batch]) for record in found
        ]
    assert len(lines) == len(batch)


def command(given: argparse.Namespace, options: list[str]) -> dict[str, Metric]:
    """Measure `docreader decode` as a process; jobs by turns, medians of the rounds."""
    files = list(itertools.islice(itertools.cycle(images(given.images)), given.count))
    found: dict[int, list[tuple[float, ...]]] = {jobs: [] for jobs in given.jobs}
    for _ in range(given.rounds):
        for jobs in given.jobs:
            found[jobs].append(run_decode(files, jobs, options))
    metrics: dict[str, Metric] = {}
    for jobs, runs in found.items():
        first, steady, whole, own = np.median(np.array(runs), axis=0)
        print(f"--jobs {jobs}: {len(files) / own:.1f} images/s of the processes' own time")
        tail = "" if len(found) == 1 else f"_jobs_{jobs}"
        metrics["first" + tail] = value(first, "s")
        metrics["steady" + tail] = value(steady, "images/s")
        metrics["whole" + tail] = value(len(files) / whole, "images/s")
    return metrics


def run_decode(files: list[Path], jobs: int, options: list[str]) -> tuple[float, ...]:
    """Return seconds to the first record, records/s in steady state, seconds over all, the processes' own seconds."""
    words = [sys.executable, "-m", "docreader", "decode", "-", "--jobs", str(jobs), "--format", "json", "-q"]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(
        [*words, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"".join(os.fsencode(file) + b"\n" for file in files))
    process.stdin.close()
    moments = [time.perf_counter() for _ in process.stdout]
    process.wait()
    whole = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    quarter = len(moments) // 4
    steady = (len(moments) - 1 - quarter) / (moments[-1] - moments[quarter])
    return moments[0] - began, steady, whole, own


START = """
import json, sys, time
marks = [time.process_time()]
def mark(): marks.append(time.process_time())
import torch
torch.set_num_threads(1)
mark()
mark()
reader = Reader.load(grammar="digits", field="amount", device="cpu", method=sys.argv[2])
mark()
reader.read(sys.argv[1])
mark()
reader.read(sys.argv[1])
mark()
print(json.dumps([b - a for a, b in zip(marks, marks[1:])]))
"""


def startup(given: argparse.Namespace, _: list[str]) -> dict[str, Metric]:
    """Measure processor seconds from nothing to the first answer in fresh processes; median."""
    runs = []
    for _number in range(given.times + 1):  # the first one fills the disk's cache
        words = [sys.executable, "-c", START, str(given.images), given.method]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        runs.append(json.loads(done.stdout))
    own = np.median(np.array(runs[1:]), axis=0)
    names = ("import_torch", "import_reader", "load_model", "first_answer", "second_answer")
    return {name: value(s, "s") for name, s in zip(names, own, strict=True)} | {
        "first": value(own[1:4].sum(), "s")
    }


def growth(given: argparse.Namespace, _: list[str]) -> dict[str, Metric]:
    """Measure the cost of larger images, of more amounts a picture, and of larger batches."""
    pages = [next(load_pages(file)).image for file in images(given.images, given.limit or 64)]
    reader = load_reader(given)
    metrics = {}
    for scale in (0.5, 1.0, 2.0, 4.0, 8.0):
        some = [resized(page, scale) for page in pages]
        pixels = np.mean([page.size for page in some])
        metrics[f"px_{pixels / 1000:.1f}k"] = cost(reader, some)
    for count in (1, 2, 4, 8):
        some = [beside(pages[n : n + count]) for n in range(0, len(pages) - count + 1, count)]
        metrics[f"beside_{count}"] = cost(reader, some)
    for size in (1, 4, 16, 64):
        metrics[f"batch_{size}"] = cost(reader, pages, size)
    return metrics


def resized(page: Picture, scale: float) -> Picture:
    """Scale an image."""
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(page, None, fx=scale, fy=scale, interpolation=how), np.uint8)


def beside(pages: Sequence[Picture]) -> Picture:
    """Concatenate images from left to right, scaled to one height."""
    height = pages[0].shape[0]
    sizes = [max(1, round(page.shape[1] * height / page.shape[0])) for page in pages]
    return np.hstack([cv2.resize(page, (width, height)) for page, width in zip(pages, sizes, strict=True)])


def cost(reader: Reader, pages: Sequence[Picture], size: int = 32) -> Metric:
    """Measure milliseconds an image, least of three rounds after one to fill the caches."""
    seconds = []
    for _ in range(4):
        began = time.process_time()
        for first in range(0, len(pages), size):
            reader.read_batch(pages[first : first + size])
        seconds.append(time.process_time() - began)
    return value(1000 * min(seconds[1:]) / len(pages), "ms")


COMMANDS: dict[str, Callable[[argparse.Namespace, list[str]], dict[str, Metric]]] = {
    "stages": stages,
    "command": command,
    "startup": startup,
    "growth": growth,
}


def main() -> None:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("what", choices=COMMANDS)
    options.add_argument("images", type=Path)
    options.add_argument("--method", choices=("sdnn", "hos"), default="sdnn")
    options.add_argument("--model", type=Path)
    options.add_argument("--limit", type=int)
    options.add_argument("--batch-size", type=int, default=32)
    options.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    options.add_argument("--count", type=int, default=2000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--times", type=int, default=7)
    given, rest = options.parse_known_args()
    single_thread()
    metrics = COMMANDS[given.what](given, rest)
    for name, metric in metrics.items():
        print(f"{name:14s} {metric['value']:8.2f} {metric['unit']}")
    emit(metrics)


if __name__ == "__main__":
    main()
