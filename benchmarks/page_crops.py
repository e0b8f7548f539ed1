"""Cut-outs of an amount field's size that hold no amount: of documents, photographs, and checks beside their amount."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from common import images

from docreader.recognition.locator import Locator
from segment.image.box import Box
from segment.page.field_location import locate_fields
from segment.page.overview import make_overview

Crop = tuple[np.ndarray, str, str]
"""(H, W) uint8, kind, and group: the picture or form that it is of."""

INK = 0.02
"""Smallest share of dark pixels of a cut-out of a page."""


def _resized(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Scale a cut-out to a height of an amount field, 40 to 120 pixels; most are low."""
    rows = round(40 + 80 * float(rng.beta(1.6, 2.6)))
    scale = rows / image.shape[0]
    sense = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(
        cv2.resize(image, (max(rows, round(image.shape[1] * scale)), rows), interpolation=sense), np.uint8
    )


def _inked(image: np.ndarray) -> bool:
    """Return whether a cut-out shows more than paper and its fine print."""
    plain = cv2.GaussianBlur(image, (0, 0), 0.02 * image.shape[0] + 0.4)
    return bool((plain < 0.75 * float(np.percentile(plain, 85))).mean() > INK)


def _box(rng: np.random.Generator, image: np.ndarray, low: float, high: float) -> np.ndarray:
    """Cut a random box with a height of `low` to `high` pixels, 2 to 10 times as wide."""
    height, width = image.shape
    rows = min(height, max(5, round(float(np.exp(rng.uniform(np.log(low), np.log(high)))))))
    columns = min(width, round(rows * float(np.exp(rng.uniform(np.log(2), np.log(10))))))
    y, x = int(rng.integers(0, height - rows + 1)), int(rng.integers(0, width - columns + 1))
    return image[y : y + rows, x : x + columns]


def document_crops(rng: np.random.Generator, folder: Path, lines: int, blocks: int) -> Iterator[Crop]:
    """Cut words and lines, and larger blocks (tables, figures, signatures), of scanned pages."""
    pages = images(folder)
    for kind, count in (("document_line", lines), ("document_block", blocks)):
        made = 0
        while made < count:
            path = pages[int(rng.integers(len(pages)))]
            page = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
            crop = _line(rng, page) if kind == "document_line" else _box(rng, page, 16, 70)
            if crop is None or not _inked(crop):
                continue
            made += 1
            yield _resized(rng, crop), kind, path.stem


def _line(rng: np.random.Generator, page: np.ndarray) -> np.ndarray | None:
    """Cut one to eight words of a line of print, with a margin; None where there is none."""
    dark = (page < 0.7 * float(np.percentile(page, 85))).astype(np.uint8)
    joined = cv2.dilate(dark, np.ones((1, 5), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    words = [(x, y, w, h) for x, y, w, h, _ in stats[1:] if 4 <= h <= 40 and w >= 1.5 * h]
    if not words:
        return None
    x, y, w, h = words[int(rng.integers(len(words)))]
    room = max(1, round(h * float(rng.uniform(0.05, 0.5))))
    most = min(w, round(h * float(rng.uniform(3, 9))))
    start = x + int(rng.integers(0, w - most + 1))
    return page[max(0, y - room) : y + h + room, max(0, start - room) : start + most + room]


def photograph_crops(rng: np.random.Generator, folder: Path, count: int) -> Iterator[Crop]:
    """Cut boxes of photographs."""
    pictures = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    for _ in range(count):
        path = pictures[int(rng.integers(len(pictures)))]
        picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        yield _resized(rng, _box(rng, picture, 20, 110)), "photograph", path.stem


def check_crops(
    rng: np.random.Generator, row: dict[str, str], count: int, locator: Locator
) -> Iterator[Crop]:
    """Cut what is not the amount of a check: places that resemble a field, and boxes anywhere else.

    Args:
        rng: Random generator.
        row: Row of a labels.csv: file, box of the amount and group.
        count: Number of boxes anywhere else.
        locator: Locates the fields.
    """
    check = cv2.imread(row["file"], cv2.IMREAD_GRAYSCALE)
    x, y, w, h = (int(row[name]) for name in "xywh")
    for found in locate_fields(check, make_overview(check), locator.propose(check).fields):
        left, top, width, height = found.box
        crop = check[max(0, top) : top + height, max(0, left) : left + width]
        if not _touches((left, top, width, height), (x, y, w, h)) and crop.size and _inked(crop):
            yield _resized(rng, _limited(rng, crop)), "check_candidate", row["group"]
    made = 0
    for _ in range(40 * count):
        rows = round(h * float(rng.uniform(0.3, 1.1)))
        columns = min(round(rows * float(np.exp(rng.uniform(np.log(2), np.log(9))))), check.shape[1])
        top, left = (
            int(rng.integers(0, check.shape[0] - rows + 1)),
            int(rng.integers(0, check.shape[1] - columns + 1)),
        )
        crop = check[top : top + rows, left : left + columns]
        if _touches((left, top, columns, rows), (x, y, w, h)) or not _inked(crop):
            continue
        yield _resized(rng, crop), "check_elsewhere", row["group"]
        made += 1
        if made == count:
            return


def _limited(rng: np.random.Generator, crop: np.ndarray) -> np.ndarray:
    """Return a part at most ten times as wide as high."""
    columns = min(crop.shape[1], 10 * crop.shape[0])
    start = int(rng.integers(0, crop.shape[1] - columns + 1))
    return crop[:, start : start + columns]


def _touches(box: tuple[int, int, int, int], amount: tuple[int, int, int, int]) -> bool:
    """Return whether a box shares more than a rim with that of the amount."""
    x, y, w, h = amount
    inner = Box(round(x + 0.05 * w), round(y + 0.15 * h), round(0.9 * w), round(0.7 * h))
    shared = inner.intersect(box)
    return shared.w > 0 and shared.h > 0
