"""Memory and open files over a long run, and the same answers at its end as at its beginning.

    python benchmarks/endurance.py IMAGES [--count 10000] [--method sdnn] [--jobs 1]

IMAGES is a folder; its images are read over and over until COUNT of them are read, by the engine that `decode` uses.
Printed are resident memory and open file descriptors of this process and its workers after each thousand. What is read
of an image must be the same every time.
"""

import argparse
import itertools
import os
import sys
import time
from pathlib import Path

from docreader.cli.engine import Engine
from docreader.cli.loading import ReaderOptions, load_reader
from docreader.records import Reading


def resident(pid: int) -> int:
    """Resident memory of a process, bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def family() -> list[int]:
    """This process and its children."""
    me = os.getpid()
    children = Path(f"/proc/{me}/task/{me}/children").read_text().split()
    return [me, *map(int, children)]


def main() -> int:
    """Read and print; the exit status says whether memory stayed flat."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("images", type=Path)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--every", type=int, default=1000)
    parser.add_argument("--method", default="sdnn")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--batch-size", type=int, default=64)
    arguments = parser.parse_args()
    files = sorted(
        str(path) for path in arguments.images.rglob("*") if path.suffix in (".jpg", ".png", ".tif")
    )
    options = ReaderOptions(grammar="digits", field="amount", device="cpu", method=arguments.method)
    engine = Engine(options, load_reader, jobs=arguments.jobs, batch_size=arguments.batch_size)
    inputs = itertools.islice(itertools.cycle(files), arguments.count)
    first: dict[str, tuple[str, float]] = {}
    differ, base, began = 0, 0, time.perf_counter()
    for number, result in enumerate(engine.run(inputs), start=1):
        record = result.records[0]
        assert isinstance(record, Reading)
        text, confidence = first.setdefault(result.name, (record.text, record.confidence))
        differ += record.text != text or abs(record.confidence - confidence) > 1e-4
        if number % arguments.every == 0:
            members = family()
            memory = sum(map(resident, members))
            base = base or memory
            handles = sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in members)
            rate = number / (time.perf_counter() - began)
            print(
                f"{number:6d} images: {memory / 1e6:7.1f} MB ({100 * (memory / base - 1):+.2f} %), {handles} open "
                f"files, {differ} answers differ, {rate:.0f} images/s by the clock",
                flush=True,
            )
    return int(memory > 1.05 * base or differ > 0)


if __name__ == "__main__":
    sys.exit(main())
