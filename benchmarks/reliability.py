"""Check long, interrupted and concurrent runs; the exit status is 1 if a check fails.

    python benchmarks/reliability.py kill IMAGES [--limit 500] [--kills 10] [--jobs 2] [decode options ...]
    python benchmarks/reliability.py endurance IMAGES [--count 10000] [--jobs 1]
    python benchmarks/reliability.py threads IMAGES [--count 1000] [--threads 8]

kill: SIGKILL at random progress, then `--resume`; records must equal those of an undisturbed run, confidences to 1e-3
(batches differ). endurance: images in turn through the engine of `decode`; memory may grow by 5 % after the first
thousand, and each image must give the same answer every time. threads: one Reader in several threads must give the
readings of one thread, bit for bit.
"""

import argparse
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from common import Metric, emit, images, parser, share, single_thread, value

from docreader.io.records import Reading
from docreader.pipeline.reader import Reader
from docreader.runtime.config import ReaderConfig
from docreader.runtime.engine import Engine

SAME = ("file", "page", "text", "amount", "decision", "reason", "bbox", "error")


def kill(given: argparse.Namespace, options: list[str]) -> dict[str, Metric]:
    """Count the killed and resumed runs whose records differ."""
    files = images(given.images, given.limit)
    listed = "\n".join(map(str, files)) + "\n"
    command = [sys.executable, "-m", "docreader", "decode", "-", "--jobs", str(given.jobs)]
    command += ["--batch-size", "16", *options]
    rng = random.Random(0)
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.jsonl"
        decode([*command, "--resume", str(whole)], listed)
        for trial in range(given.kills):
            out = Path(folder) / f"{trial}.jsonl"
            moment = rng.randrange(len(files))
            decode([*command, "--resume", str(out)], listed, kill_at=(out, moment, rng.uniform(0, 0.3)))
            left = count_lines(out)
            decode([*command, "--resume", str(out)], listed)
            equal, apart = compare(whole.read_bytes(), out.read_bytes())
            bad += not equal
            verdict = "equal" if equal else "DIFFERENT"
            print(f"killed at {left:3d} records: {verdict}, confidences to {apart:.1g}", flush=True)
    return {"failures": share(bad, given.kills)}


def count_lines(file: Path) -> int:
    """Return the number of complete lines of a file, 0 if there is none."""
    return file.read_bytes().count(b"\n") if file.exists() else 0


def compare(expected: bytes, found: bytes) -> tuple[bool, float]:
    """Return whether the records are equal but for numbers, and the largest difference of two confidences."""
    pairs = zip(expected.splitlines(), found.splitlines(), strict=False)
    records = [(json.loads(one), json.loads(other)) for one, other in pairs]
    same = expected.count(b"\n") == found.count(b"\n")
    same = same and all(one.get(name) == other.get(name) for one, other in records for name in SAME)
    apart = max((abs(a.get("confidence", 0) - b.get("confidence", 0)) for a, b in records), default=0.0)
    return same and apart < 1e-3, apart


def decode(command: list[str], listed: str, kill_at: tuple[Path, int, float] | None = None) -> None:
    """Run a command once.

    Args:
        command: Words of the command.
        listed: Its standard input.
        kill_at: A file, the number of its lines at which the process is killed, and seconds to wait then.
    """
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    )
    assert process.stdin is not None
    process.stdin.write(listed)
    process.stdin.close()
    if kill_at is not None:
        file, lines, pause = kill_at
        while process.poll() is None and count_lines(file) < lines:
            time.sleep(0.01)
        time.sleep(pause)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
    process.wait()


def resident(pid: int) -> int:
    """Return the resident memory of a process in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def family() -> list[int]:
    """Return the ids of this process and its children."""
    me = os.getpid()
    return [me, *map(int, Path(f"/proc/{me}/task/{me}/children").read_text().split())]


def endurance(given: argparse.Namespace, _: list[str]) -> dict[str, Metric]:
    """Measure memory and open files of this process and its workers after each thousand images."""
    config = ReaderConfig(grammar="digits", field="amount", device="cpu", method=given.method)
    engine = Engine(partial(Reader.load, config), jobs=given.jobs, batch_size=64)
    inputs = itertools.islice(itertools.cycle(map(str, images(given.images))), given.count)
    first: dict[str, tuple[str, float]] = {}
    differ = base = memory = handles = 0
    for number, result in enumerate(engine.run(inputs), start=1):
        record = result.records[0]
        assert isinstance(record, Reading)
        text, confidence = first.setdefault(result.name, (record.text, record.confidence))
        differ += record.text != text or abs(record.confidence - confidence) > 1e-4
        if number % min(1000, given.count) == 0:
            members = family()
            memory = sum(map(resident, members))
            base = base or memory
            handles = sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in members)
            text = f"{memory / 1e6:.1f} MB ({100 * (memory / base - 1):+.2f} %)"
            print(f"{number:6d} images: {text}, {handles} open files, {differ} differ", flush=True)
    return {
        "failures": share(differ, given.count),
        "memory": value(100 * (memory / base - 1), "%"),
        "files": value(handles, "open files"),
    }


def threads(given: argparse.Namespace, _: list[str]) -> dict[str, Metric]:
    """Count the readings of several threads that differ from those of one."""
    single_thread()
    files = list(itertools.islice(itertools.cycle(map(str, images(given.images))), given.count))
    reader = Reader.load(grammar="digits", field="amount", device="cpu", method=given.method)

    def read(file: str) -> Reading:
        [reading] = reader.read(file)
        return reading

    distinct = sorted(set(files))
    alone = dict(zip(distinct, map(read, distinct), strict=True))
    with ThreadPoolExecutor(given.threads) as pool:
        together = list(pool.map(read, files))
    differ = sum(one != alone[file] for file, one in zip(files, together, strict=True))
    print(f"{len(files)} readings by {given.threads} threads, {differ} differ from those of one thread")
    return {"failures": share(differ, len(files))}


def main() -> int:
    """Run a check."""
    options = parser(__doc__)
    checks = {"kill": kill, "endurance": endurance, "threads": threads}
    options.add_argument("check", choices=checks)
    options.add_argument("images", type=Path)
    options.add_argument("--method", default="sdnn")
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--limit", type=int, default=500)
    options.add_argument("--kills", type=int, default=10)
    options.add_argument("--threads", type=int, default=8)
    given, rest = options.parse_known_args()
    metrics = checks[given.check](given, rest)
    emit(metrics)
    return int(metrics["failures"]["k"] > 0 or metrics.get("memory", {"value": 0})["value"] > 5)


if __name__ == "__main__":
    sys.exit(main())
