"""Training pages of the field locator: small images with regions, candidates of the amount's field, and page labels."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from docreader.training.common.errors import TrainingError
from models.field_locator import KINDS
from segment.image.arrays import GrayImage

LONG_SIDE = 480
"""Longer side of a stored page, pixels: somewhat more than the network's input, for the augmentation."""

Rows = NDArray[np.float32]

NO_ROWS: Rows = np.zeros((0, 5), np.float32)


@dataclass(frozen=True, eq=False)
class LocatorPage:
    """Page in small with its ground truth. Boxes are left, top, right, bottom in pixels of the image.

    Attributes:
        image: (h, w) uint8.
        fields: (n, 5) candidates of the amount's field: box, and log-probability that the amount is read there, nats;
            0 for a labeled box.
        regions: (m, 5) boxes with their kind, a number in `models.field_locator.KINDS`; "background" is a whole check.
        complete: Whether `regions` has all regions of the page.
        turned: Quarter turns counterclockwise after which the page is upright; -1 where that is unknown.
        check: Whether the page shows a check.
        void: Whether it is void.
    """

    image: GrayImage
    fields: Rows = field(default_factory=NO_ROWS.copy)
    regions: Rows = field(default_factory=NO_ROWS.copy)
    complete: bool = True
    turned: int = 0
    check: bool = True
    void: bool = False


def reduce_page(page: LocatorPage, long_side: int = LONG_SIDE) -> LocatorPage:
    """Scale a page with its boxes to a longer side of at most `long_side` pixels."""
    height, width = page.image.shape
    scale = long_side / max(height, width)
    if scale >= 1:
        return page
    size = max(1, round(width * scale)), max(1, round(height * scale))
    factors = np.array([*(2 * (size[0] / width, size[1] / height)), 1], np.float32)
    image = cv2.resize(page.image, size, interpolation=cv2.INTER_AREA)
    return replace(
        page, image=np.asarray(image, np.uint8), fields=page.fields * factors, regions=page.regions * factors
    )


def rows_of(boxes: Iterable[tuple[Sequence[float], float]]) -> Rows:
    """Convert boxes (x, y, w, h), each with a value, to rows of left, top, right, bottom and value."""
    rows = [(x, y, x + w, y + h, value) for (x, y, w, h), value in boxes]
    return np.array(rows, np.float32).reshape(-1, 5)


def with_box(image: GrayImage, box: tuple[int, int, int, int] | None) -> LocatorPage:
    """Return the page of an upright check whose amount's box is known, and nothing else.

    Args:
        image: (H, W) uint8.
        box: x, y, w, h in pixels; None where it is not known.
    """
    boxes = [] if box is None else [box]
    return reduce_page(
        LocatorPage(
            image,
            fields=rows_of((one, 0.0) for one in boxes),
            regions=rows_of((one, float(KINDS.index("amount"))) for one in boxes),
            complete=False,
        )
    )


def without_check(image: GrayImage) -> LocatorPage:
    """Return a page that shows no check; its orientation is unknown."""
    return reduce_page(LocatorPage(image, check=False, turned=-1))


def save_pages(path: Path, pages: Sequence[LocatorPage]) -> None:
    """Write pages to an .npz file without pickle."""
    facts = [
        (*p.image.shape, len(p.fields), len(p.regions), p.complete, p.turned, p.check, p.void) for p in pages
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        path,
        pixels=np.concatenate([page.image.ravel() for page in pages]),
        fields=np.concatenate([page.fields for page in pages]),
        regions=np.concatenate([page.regions for page in pages]),
        facts=np.array(facts, np.int64),
    )


def load_pages(path: Path) -> list[LocatorPage]:
    """Read pages written by `save_pages`.

    Raises:
        TrainingError: The file cannot be read.
    """
    try:
        with np.load(path) as stored:
            pixels, fields, regions, facts = (
                stored[name] for name in ("pixels", "fields", "regions", "facts")
            )
    except (OSError, ValueError, KeyError) as error:
        raise TrainingError(f"{path} holds no drawn pages: {error}") from error
    pages = []
    start, first_field, first_region = 0, 0, 0
    for height, width, n_fields, n_regions, complete, turned, check, void in facts.tolist():
        pages.append(
            LocatorPage(
                pixels[start : start + height * width].reshape(height, width),
                fields[first_field : first_field + n_fields],
                regions[first_region : first_region + n_regions],
                bool(complete),
                turned,
                bool(check),
                bool(void),
            )
        )
        start, first_field, first_region = (
            start + height * width,
            first_field + n_fields,
            first_region + n_regions,
        )
    return pages


def fingerprint(pages: Sequence[LocatorPage]) -> str:
    """Compute a hash of images and ground truth, 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for page in pages:
        digest.update(repr((page.image.shape, page.complete, page.turned, page.check, page.void)).encode())
        for array in (page.image, page.fields, page.regions):
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
