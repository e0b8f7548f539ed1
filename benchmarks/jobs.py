"""`docreader decode` as a whole process, with one job, two, ...: start, steady state, whole; by turns.

    python benchmarks/jobs.py IMAGES [--jobs 1 2] [--count 2000] [--rounds 3] [decode options ...]

IMAGES is a folder of cut-out amounts, or of whole checks with `--field check`; they are read over and over until COUNT
of them are. Seconds are by the clock, so the machine has to be quiet: to the first record (start-up and the first
batch), and from a quarter of the records to the last one, the steady state. The processes' own seconds (user + system,
workers included) stand beside them. Medians of the rounds.
"""

import argparse
import itertools
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("images", type=Path)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments, options = parser.parse_known_args()
    suffixes = (".jpg", ".jpeg", ".png", ".tif")
    images = sorted(path for path in arguments.images.rglob("*") if path.suffix in suffixes)
    files = list(itertools.islice(itertools.cycle(images), arguments.count))
    found: dict[int, list[tuple[float, ...]]] = {jobs: [] for jobs in arguments.jobs}
    for _ in range(arguments.rounds):
        for jobs in arguments.jobs:
            found[jobs].append(run(files, jobs, options))
    print(f"{len(files)} images, {' '.join(options) or 'no options'}, medians of {arguments.rounds}")
    for jobs, runs in found.items():
        first, steady, whole, own = np.median(np.array(runs), axis=0)
        print(
            f"--jobs {jobs}: first record after {first:5.2f} s, then {steady:6.1f} images a second; as a whole "
            f"{len(files) / whole:6.1f} a second by the clock, {len(files) / own:6.1f} of the processes' own time"
        )


def run(files: list[Path], jobs: int, options: list[str]) -> tuple[float, ...]:
    """Seconds to the first record, records a second in steady state, seconds as a whole, the processes' own seconds."""
    command = [
        sys.executable,
        "-m",
        "docreader",
        "decode",
        "-",
        "--jobs",
        str(jobs),
        "--format",
        "json",
        "-q",
    ]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(
        [*command, *options],
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


if __name__ == "__main__":
    main()
