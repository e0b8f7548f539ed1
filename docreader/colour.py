"""Pages in colour, for the classifier: whatever is wrong with a file is said as `segment.loading` says it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from segment.errors import SegmentError
from segment.loading import Limits, Page, PageFailure, open_pages, try_pages

Colour = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class ColourPage:
    """One upright page.

    Attributes:
        image: (H, W, 3) uint8, red, green, blue.
        number: of the page in its file, from 1.
    """

    image: Colour
    number: int


def load_colour(path: str | os.PathLike[str], limits: Limits | None = None) -> Colour:
    """The first page of a file, (H, W, 3) uint8.

    Raises:
        SegmentError: It is missing, damaged, too large, or no PNG, JPEG, TIFF or PDF.
    """
    with open_pages(Path(path), limits) as pages:
        return _coloured(path, 0, pages[0])


def try_colour_pages(
    path: str | os.PathLike[str], limits: Limits | None = None
) -> Iterator[ColourPage | PageFailure]:
    """Yield each page of a file in colour, or why it could not be read; nothing is raised."""
    for index, page in enumerate(try_pages(Path(path), limits)):
        if isinstance(page, PageFailure):
            yield page
        else:
            yield ColourPage(_coloured(path, index, page), page.number)


def _coloured(path: str | os.PathLike[str], index: int, page: Page) -> Colour:
    """The page in colour, where Pillow shows the colours of the very page that was read in grey; else the grey."""
    try:
        with Image.open(path, formats=("PNG", "JPEG", "TIFF")) as image:
            image.seek(index)
            if image.mode in ("RGB", "YCbCr", "CMYK", "P", "RGBA", "LAB"):
                found = ImageOps.exif_transpose(image)
                if found.mode == "RGBA" or "transparency" in found.info:
                    found = found.convert("RGBA")
                    paper = Image.new("RGBA", found.size, "white")
                    found = Image.alpha_composite(paper, found)
                colours = np.asarray(found.convert("RGB"))
                if colours.shape[:2] == page.image.shape:
                    return colours
    except (
        SegmentError,
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        MemoryError,
        Image.DecompressionBombError,
    ):
        pass  # the grey page is whole: its limits and damage were judged when it was read
    return np.repeat(page.image[..., None], 3, axis=2)
