"""Read whole checks as scanned and degraded: bilevel, in half the pixels, dark, skewed, photographed.

    python benchmarks/degraded_checks.py DATA [--model MODEL] [--only dark skewed]

DATA is a folder with a labels.csv of whole checks (file, amount).
"""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import cv2
import numpy as np
from common import Metric, emit, parser, share
from numpy.typing import NDArray

from docreader.io.ground_truth import TruthColumn, read_ground_truth
from docreader.pipeline.reader import Reader
from segment.io.limits import Limits
from segment.io.pages import try_pages

Image = NDArray[np.uint8]


def skewed(page: Image) -> Image:
    """Rotate by 3 degrees."""
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 3.0, 1.0)
    turned = cv2.warpAffine(
        page, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_LINEAR
    )
    return np.asarray(turned, np.uint8)


def photographed(page: Image, rng: np.random.Generator) -> Image:
    """Draw on a dark table: up to 6 degrees of skew, corners moved by up to 5 % of the sides, shadow."""
    height, width = page.shape
    rows, columns = int(1.6 * height), int(1.25 * width)
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    corners = flat + [0.12 * width, 0.3 * height] + rng.uniform(-0.05, 0.05, (4, 2)) * [width, height]
    angle, middle = np.deg2rad(rng.uniform(-6, 6)), corners.mean(axis=0)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = (corners - middle) @ turn.T + middle
    grain = rng.integers(30, 90, (rows // 16, columns // 16)).astype(np.uint8)
    table = cv2.resize(grain, (columns, rows), interpolation=cv2.INTER_CUBIC)
    matrix = cv2.getPerspectiveTransform(flat, corners.astype(np.float32))
    lit = cv2.warpPerspective(
        page, matrix, (columns, rows), dst=table, borderMode=cv2.BORDER_TRANSPARENT, flags=cv2.INTER_LINEAR
    )
    shade = np.linspace(1.0, rng.uniform(0.6, 0.8), columns)
    return (lit * shade).astype(np.uint8)


GAMMA = (255 * (np.arange(256) / 255) ** 2.2).astype(np.uint8)
DEGRADATIONS: dict[str, Callable[[Image, np.random.Generator], Image]] = {
    "as-scanned": lambda page, _: page,
    "bilevel": lambda page, _: cv2.threshold(page, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1].astype(
        np.uint8
    ),
    "half": lambda page, _: np.asarray(
        cv2.resize(page, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8
    ),
    "dark": lambda page, _: np.asarray(cv2.LUT(page, GAMMA), np.uint8),
    "skewed": lambda page, _: skewed(page),
    "photographed": photographed,
}


def main() -> None:
    """Read and print."""
    options = parser(__doc__)
    options.add_argument("data", type=Path)
    options.add_argument("--model")
    options.add_argument("--only", nargs="*", default=list(DEGRADATIONS), choices=list(DEGRADATIONS))
    given = options.parse_args()
    items = read_ground_truth(given.data / "labels.csv", TruthColumn.AMOUNT).items
    reader = Reader.load(model=given.model, device="cpu")
    metrics: dict[str, Metric] = {}
    for name in given.only:
        rng = np.random.default_rng(0)
        right = accepted = wrong = 0
        for item in items:
            [page] = [found.image for found in try_pages(item.path, Limits())]
            [reading] = reader.read(DEGRADATIONS[name](page, rng))
            good = reading.amount is not None and Decimal(reading.amount) == Decimal(item.truth)
            right += good
            accepted += reading.accepted
            wrong += reading.accepted and not good
        print(
            f"{name}: {right} of {len(items)} right, {accepted} accepted, {wrong} of them wrong", flush=True
        )
        tail = "" if name == given.only[0] else f"_{name}"
        protocol = "threshold of the model"
        metrics["exact" + tail] = share(right, len(items))
        metrics["accepted" + tail] = {
            "accepted": accepted,
            "wrong": wrong,
            "n": len(items),
            "protocol": protocol,
        }
    emit(metrics)


if __name__ == "__main__":
    main()
