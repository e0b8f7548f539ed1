"""Eight threads on one Reader: every answer must be that of one thread.

python benchmarks/threads.py IMAGES [--count 1000] [--threads 8] [--method sdnn]
"""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch

from docreader.reader import Reader
from docreader.records import Reading


def main() -> int:
    """Read twice and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("images", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--method", default="sdnn")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    files = sorted(
        str(path) for path in arguments.images.rglob("*") if path.suffix in (".jpg", ".png", ".tif")
    )
    files = (files * (arguments.count // len(files) + 1))[: arguments.count]
    reader = Reader.load(grammar="digits", field="amount", device="cpu", method=arguments.method)

    def read(file: str) -> Reading:
        [reading] = reader.read(file)
        return reading

    distinct = sorted(set(files))
    alone = dict(zip(distinct, map(read, distinct), strict=True))
    with ThreadPoolExecutor(arguments.threads) as pool:
        together = list(pool.map(read, files))
    differ = sum(one != alone[file] for file, one in zip(files, together, strict=True))
    print(f"{len(files)} readings by {arguments.threads} threads, {differ} differ from those of one thread")
    return int(differ > 0)


if __name__ == "__main__":
    sys.exit(main())
