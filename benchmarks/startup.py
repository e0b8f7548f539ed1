"""Seconds from nothing to the first answer, and how many of them `import torch` takes: fresh processes, median.

python benchmarks/startup.py IMAGE [--method sdnn] [--times 7]
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy as np

CODE = """
import json, sys, time
marks = [(time.perf_counter(), time.process_time())]
def mark(): marks.append((time.perf_counter(), time.process_time()))
import torch
torch.set_num_threads(1)
mark()
from docreader.reader import Reader
mark()
reader = Reader.load(grammar="digits", field="amount", device="cpu", method=sys.argv[2])
mark()
reader.read(sys.argv[1])
mark()
reader.read(sys.argv[1])
mark()
print(json.dumps([[b - a for a, b in zip(one, other)] for one, other in zip(marks, marks[1:])]))
"""

STEPS = ("import torch", "import docreader.reader", "load the model", "first answer", "second answer")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("image", type=Path)
    parser.add_argument("--method", default="sdnn")
    parser.add_argument("--times", type=int, default=7)
    arguments = parser.parse_args()
    command = [sys.executable, "-c", CODE, str(arguments.image), arguments.method]
    runs = []
    for _ in range(arguments.times + 1):  # the first one warms the disk's cache
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        runs.append(json.loads(done.stdout))
    clock, own = np.median(np.array(runs[1:]), axis=0).T
    for name, seconds, mine in zip(STEPS, clock, own, strict=True):
        print(f"{name:24s} {seconds:6.2f} s by the clock, {mine:6.2f} s of processor")
    print(
        f"{'beyond import torch':24s} {clock[1:4].sum():6.2f} s by the clock, {own[1:4].sum():6.2f} s of processor"
    )


if __name__ == "__main__":
    main()
