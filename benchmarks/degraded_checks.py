"""Whole checks read as they are and worsened: bilevel, in half the pixels, dark, askew, photographed.

    python benchmarks/degraded_checks.py DATA [--model MODEL] [--only dark askew]

DATA is a folder with a labels.csv of whole checks (file, amount).
"""

import argparse
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from docreader.evaluation.labels import Compare, read_labels
from docreader.evaluation.proportions import proportion
from docreader.reader import Reader
from segment.loading import Limits, try_pages

Grey = NDArray[np.uint8]


def bilevel(page: Grey, _: np.random.Generator) -> Grey:
    """Black and white, split as Otsu does."""
    return np.asarray(cv2.threshold(page, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1], np.uint8)


def half(page: Grey, _: np.random.Generator) -> Grey:
    """Half the pixels across and down, as of 100 dots to the inch."""
    return np.asarray(cv2.resize(page, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)


def dark(page: Grey, _: np.random.Generator) -> Grey:
    """Gamma of 2.2: paper of 200 becomes 150, pale ink hardly differs from it."""
    return np.asarray(cv2.LUT(page, (255 * (np.arange(256) / 255) ** 2.2).astype(np.uint8)), np.uint8)


def pale(page: Grey, _: np.random.Generator) -> Grey:
    """A third of the contrast, near white."""
    return (255 - (255 - page.astype(np.float32)) / 3).astype(np.uint8)


def jpeg(page: Grey, _: np.random.Generator) -> Grey:
    """JPEG of quality 20."""
    coded = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, 20])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)


def askew(page: Grey, _: np.random.Generator) -> Grey:
    """Turned by 3 degrees."""
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 3.0, 1.0)
    return np.asarray(
        cv2.warpAffine(
            page, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_LINEAR
        ),
        np.uint8,
    )


def photographed(page: Grey, rng: np.random.Generator) -> Grey:
    """On a dark table, up to 6 degrees askew, corners moved by up to 5 % of the sides, one side in half shadow."""
    height, width = page.shape
    rows, columns = int(1.6 * height), int(1.25 * width)
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    corners = flat + [0.12 * width, 0.3 * height] + rng.uniform(-0.05, 0.05, (4, 2)) * [width, height]
    angle, middle = np.deg2rad(rng.uniform(-6, 6)), corners.mean(axis=0)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = (corners - middle) @ turn.T + middle
    table = cv2.resize(
        rng.integers(30, 90, (rows // 16, columns // 16)).astype(np.uint8),
        (columns, rows),
        interpolation=cv2.INTER_CUBIC,
    )
    matrix = cv2.getPerspectiveTransform(flat, corners.astype(np.float32))
    lit = cv2.warpPerspective(
        page, matrix, (columns, rows), dst=table, borderMode=cv2.BORDER_TRANSPARENT, flags=cv2.INTER_LINEAR
    )
    shade = np.linspace(1.0, rng.uniform(0.6, 0.8), columns)
    return (lit * shade).astype(np.uint8)


def as_it_is(page: Grey, _: np.random.Generator) -> Grey:
    """As scanned."""
    return page


WAYS: dict[str, Callable[[Grey, np.random.Generator], Grey]] = {
    "as it is": as_it_is,
    "bilevel": bilevel,
    "half": half,
    "dark": dark,
    "pale": pale,
    "jpeg": jpeg,
    "askew": askew,
    "photographed": photographed,
}


def main() -> int:
    """Print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", default=None)
    parser.add_argument("--only", nargs="*", default=list(WAYS), choices=list(WAYS))
    chosen = parser.parse_args()
    items = read_labels(chosen.data / "labels.csv", Compare.AMOUNT).items
    reader = Reader.load(chosen.model, device="cpu")
    print("| pages | amount right | accepted | of them wrong | no field or no check |\n|---|---|---|---|---|")
    for name in chosen.only:
        rng = np.random.default_rng(0)
        right = accepted = wrong = unseen = 0
        for item in items:
            [page] = [found.image for found in try_pages(item.path, Limits())]
            [reading] = reader.read(WAYS[name](page, rng))
            good = reading.amount is not None and Decimal(reading.amount) == Decimal(item.truth)
            right += good
            accepted += reading.accepted
            wrong += reading.accepted and not good
            unseen += reading.reason in ("no_field", "not_a_check", "blank")
        share = proportion(right, len(items))
        told = f"{right} of {len(items)} ({100 * share.low:.1f} to {100 * share.high:.1f} %)"
        print(f"| {name} | {told} | {accepted} | {wrong} | {unseen} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
