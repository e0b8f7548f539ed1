"""Detection of a decimal mark between what was read as groups: three decimals, or a point for a comma.

The recognizer has one class for points and commas. A comma is tall and descends below the line, a point does neither.
"""

import re
from collections.abc import Sequence
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from docreader.decoding import alphabet
from docreader.decoding.currencies import CURRENCIES
from docreader.pipeline.line_evidence import INK, SPECK, LineBoxes
from segment.image.arrays import Floats

_LARGEST = 0.6
"""Largest height of a separator, heights of a digit."""

_ASIDE = 0.3
"""Largest distance of a separator from its place on the path, heights of a digit."""

_LOW = 0.6
"""Least height of the center of a separator, heights of a digit from the top."""

_POINT, _COMMA = 0.26, 0.4
"""Largest height and depth together of a point, and least of a comma, heights of a digit. A mark between the limits is
of neither kind."""


def has_decimal_mark(
    cleaned: NDArray[np.uint8], boxes: LineBoxes, read: Sequence[str], text: str, currency: str | None
) -> bool:
    """Return whether the only mark of whole units is one that the currency has before decimals alone: 3.975 dollars.

    Args:
        cleaned: (H, W) ink of the line, 0 paper .. 255 ink.
        boxes: Characters of the path.
        read: Characters of the path, one each.
        text: Canonical text of the path.
        currency: ISO 4217 code; where it is None both marks may be between groups.
    """
    # behind a filler no decimal can be missing: 3.975/- is whole
    closed = any(one in alphabet.FILLERS for one in read[int(boxes.digits[-1]) :])
    if currency is None or closed or not re.fullmatch(r"\d{1,3},\d{3}", text):
        return False
    kinds = classify_marks(cleaned, boxes, boxes.center[[one == alphabet.POINT for one in read]])
    known = CURRENCIES[currency]
    return kinds[0] in known.decimal_marks and kinds[0] not in known.group_marks


def classify_marks(cleaned: NDArray[np.uint8], boxes: LineBoxes, columns: Floats) -> list[str]:
    """Classify separators by their components.

    Args:
        cleaned: (H, W) ink of the line, 0 paper .. 255 ink.
        boxes: Characters of the path.
        columns: (N,) columns of the separators.

    Returns:
        For each a point, a comma, or an empty string where it is surely neither or has no component of its own.
    """
    _, _, stats, centers = cv2.connectedComponentsWithStats((cleaned > INK).view(np.uint8), connectivity=8)
    unit = median(boxes.height[boxes.digits].tolist())
    feet = median((boxes.top + boxes.height)[boxes.digits].tolist())
    x, middle = centers[1:, 0] + 0.5, (centers[1:, 1] + 0.5 - feet) / unit + 1
    top, height, area = stats[1:, 1], stats[1:, 3], stats[1:, 4]
    small = (height < _LARGEST * unit) & (area >= SPECK * unit * unit) & (middle > _LOW)
    size = (height + np.maximum(0.0, top + height - feet)) / unit
    return [_kind(size[small & (np.abs(x - column) < _ASIDE * unit)]) for column in columns.tolist()]


def _kind(sizes: Floats) -> str:
    """Return the kind of a separator, of the sizes of the marks near it."""
    if sizes.size != 1:
        return ""
    return "." if sizes[0] < _POINT else "," if sizes[0] > _COMMA else ""
