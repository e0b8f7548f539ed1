"""A gray picture, its encoding, and the single page of a source."""

import io

import numpy as np
from PIL import Image

from segment.io.limits import Limits
from segment.io.pages import load_pages


def picture(height: int = 21, width: int = 34) -> np.ndarray:
    """A gray picture without any symmetry."""
    y, x = np.mgrid[:height, :width]
    return ((7 * x + 3 * y * y) % 256).astype(np.uint8)


def encode(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def only(source: object, limits: Limits | None = None) -> np.ndarray:
    """The pixels of the only page of a source."""
    (page,) = load_pages(source, limits)
    assert page.number == 1
    assert page.image.dtype == np.uint8
    assert page.image.flags["C_CONTIGUOUS"]
    return page.image
