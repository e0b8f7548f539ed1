"""Color pages for the classifier and for other readers, with the limits and errors of `segment.io.pages`."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from segment.errors import ImageReadError, SegmentError
from segment.io.grayscale import composite_over_white
from segment.io.limits import Limits
from segment.io.pages import Page, PageFailure, open_pages, try_pages

ColorImage = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class ColorPage:
    """One upright page.

    Attributes:
        image: (H, W, 3) uint8, red, green, blue.
        number: Page number in its file, from 1.
    """

    image: ColorImage
    number: int


def load_color(path: str | os.PathLike[str], number: int = 1, limits: Limits | None = None) -> ColorImage:
    """Load a page of a file, (H, W, 3) uint8.

    Args:
        path: The file.
        number: Number of the page, from 1.
        limits: Size limits, None for the defaults.

    Raises:
        SegmentError: The file is missing, damaged, too large, or no PNG, JPEG, TIFF or PDF, or it has no such page.
    """
    with open_pages(Path(path), limits) as pages:
        if not 1 <= number <= len(pages):
            raise ImageReadError(f"the file has no page {number}")
        return _load_colors(path, number - 1, pages[number - 1])


def try_color_pages(
    path: str | os.PathLike[str], limits: Limits | None = None
) -> Iterator[ColorPage | PageFailure]:
    """Yield each page of a file in color, or its failure; nothing is raised."""
    for index, page in enumerate(try_pages(Path(path), limits)):
        if isinstance(page, PageFailure):
            yield page
        else:
            yield ColorPage(_load_colors(path, index, page), page.number)


def _load_colors(path: str | os.PathLike[str], index: int, page: Page) -> ColorImage:
    """Return the colors of a page where Pillow decodes the same page, else its gray."""
    try:
        with Image.open(path, formats=("PNG", "JPEG", "TIFF")) as image:
            image.seek(index)
            if image.mode in ("RGB", "YCbCr", "CMYK", "P", "RGBA", "LAB"):
                found = ImageOps.exif_transpose(image)
                if found.mode == "RGBA" or "transparency" in found.info:
                    found = composite_over_white(found)
                colors = np.asarray(found.convert("RGB"))
                if colors.shape[:2] == page.image.shape:
                    return colors
    except (
        SegmentError,
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        MemoryError,
        Image.DecompressionBombError,
    ):
        pass  # the gray page is good: limits and damage were checked when it was decoded
    return np.repeat(page.image[..., None], 3, axis=2)
