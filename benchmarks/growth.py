"""How the cost of reading grows: with the size of images, with how much is written, with the batch; one thread.

    python benchmarks/growth.py IMAGES [--limit 64] [--model FILE]

IMAGES is a folder of cut-out amounts. Printed are milliseconds of the process's own time for an image, the least of a
few rounds: of the images enlarged and shrunk, of ever more of them side by side in one picture (with the number of
candidate segments that cutting finds), and in batches of ever more.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from docreader.reader import Reader
from segment.loading import load_pages

ROUNDS = 3

Picture = NDArray[np.uint8]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("images", type=Path)
    parser.add_argument("--limit", type=int, default=64)
    parser.add_argument("--model", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    files = sorted(path for path in arguments.images.rglob("*") if path.suffix in (".jpg", ".png", ".tif"))
    pictures = [next(load_pages(file)).image for file in files[: arguments.limit]]
    sweeps = Reader.load(arguments.model, grammar="digits", field="amount", device="cpu")
    cuts = Reader.load(grammar="digits", field="amount", device="cpu", method="hos")
    print(f"{len(pictures)} images, batches of 32, ms an image: {sweeps.method.name}, hos")
    for scale in (0.5, 1.0, 2.0, 4.0, 8.0):
        some = [resized(picture, scale) for picture in pictures]
        pixels = np.mean([picture.size for picture in some])
        print(f"  {pixels / 1000:8.1f} kilopixels  {cost(sweeps, some):8.2f} {cost(cuts, some):8.2f}")
    print("as many side by side, batches of 32, ms a picture:")
    for count in (1, 2, 4, 8):
        some = [beside(pictures[n : n + count]) for n in range(0, len(pictures) - count + 1, count)]
        prepared: list[Any] = [cuts.method.prepare(picture) for picture in some]
        segments = np.mean([len(field.candidates) for field in prepared])
        print(
            f"  {count} ({segments:6.1f} candidate segments)  {cost(sweeps, some):8.2f} {cost(cuts, some):8.2f}"
        )
    print("batches, ms an image:")
    for size in (1, 4, 16, 64):
        print(f"  {size:3d}  {cost(sweeps, pictures, size):8.2f} {cost(cuts, pictures, size):8.2f}")


def resized(picture: Picture, scale: float) -> Picture:
    """Enlarged or shrunk."""
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=how), np.uint8)


def beside(pictures: Sequence[Picture]) -> Picture:
    """Pictures of one height side by side."""
    height = pictures[0].shape[0]
    sizes = [max(1, round(picture.shape[1] * height / picture.shape[0])) for picture in pictures]
    return np.hstack(
        [cv2.resize(picture, (width, height)) for picture, width in zip(pictures, sizes, strict=True)]
    )


def cost(reader: Reader, pictures: Sequence[Picture], size: int = 32) -> float:
    """Milliseconds a picture, the least of a few rounds."""
    seconds = []
    for number in range(ROUNDS + 1):
        began = time.process_time()
        for first in range(0, len(pictures), size):
            reader.read_batch(pictures[first : first + size])
        if number:  # the first round warms up
            seconds.append(time.process_time() - began)
    return 1000 * min(seconds) / len(pictures)


if __name__ == "__main__":
    main()
