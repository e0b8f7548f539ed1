"""A long run: python -m tests.fuzzing [--seconds 600] [--only images,graphs ...] [--out fuzz/].

Inputs are read in a process of their own, which a crash or a hang (5 s of its own time) ends; what did harm is kept in
the folder, and the run goes on behind it.
"""

import argparse
import multiprocessing
import resource
import signal
import time
import traceback
from pathlib import Path
from typing import Any

from tests.fuzzing.targets import TARGETS, made

MOST_SECONDS = 5.0
MOST_BYTES = 1_000_000_000
ROUND = 50_000
"""Inputs of one process: it takes seconds to start, an input takes a millisecond."""


def work(name: str, seed: int, first: int, count: int, at: Any, found: Any) -> None:
    """Read `count` inputs; `at` tells which one is being read."""
    target = TARGETS[name]
    good = target.seeds()
    for _ in range(3):
        for seed_input in good:  # loads and compiles what else would be charged to the first bad input
            target.use(seed_input)
    base = 0
    for number in range(first, first + count):
        at.value = number
        data = made(target, good, seed, number)
        signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)  # whose signal, not handled, ends the process
        try:
            target.use(data)
        except BaseException:
            found.put((number, traceback.format_exc()))
        signal.setitimer(signal.ITIMER_PROF, 0)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        base = base or peak
        if peak > base + MOST_BYTES:
            found.put((number, f"{peak - base:,} bytes more than before"))
            base = peak
    at.value = first + count


def main() -> int:
    """Fuzz by turns until the time is over; the number of findings decides the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--first", type=int, default=0, help="number of the first input of each kind")
    parser.add_argument("--most", type=int, default=1 << 62, help="number behind the last one")
    parser.add_argument("--only", default=",".join(TARGETS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("fuzz"))
    arguments = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    end = time.monotonic() + arguments.seconds
    names = arguments.only.split(",")
    done, findings = dict.fromkeys(names, arguments.first), 0
    while time.monotonic() < end and min(done.values()) < arguments.most:
        for name in names:
            if done[name] >= arguments.most or time.monotonic() > end:
                continue
            at, found = context.Value("q", done[name], lock=False), context.Queue()
            count = min(ROUND, arguments.most - done[name])
            process = context.Process(target=work, args=(name, arguments.seed, done[name], count, at, found))
            process.start()
            reports = []
            while process.is_alive():
                process.join(0.5)
                while not found.empty():
                    reports.append(found.get())
            while not found.empty():
                reports.append(found.get())
            if process.exitcode:
                reports.append((at.value, f"the process ended with {process.exitcode}: crash or hang"))
            done[name] = at.value + (process.exitcode != 0)
            for number, text in reports:
                findings += 1
                keep(arguments.out, name, arguments.seed, number, text)
            print(time.strftime("%H:%M:%S"), done, f"{findings} findings", flush=True)
    return int(findings > 0)


def keep(folder: Path, name: str, seed: int, number: int, text: str) -> None:
    """Write a finding and what came of it."""
    folder.mkdir(parents=True, exist_ok=True)
    target = TARGETS[name]
    data = made(target, target.seeds(), seed, number)
    (folder / f"{name}-{seed}-{number}").write_bytes(
        data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
    )
    (folder / f"{name}-{seed}-{number}.txt").write_text(text)
    print(f"{name} {number}: {text.strip().splitlines()[-1]}", flush=True)
