"""Measurement of a line image under and between the characters of a path."""

from dataclasses import dataclass
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.image.arrays import Floats, Ints
from segment.image.jit import compiled

INK = 100
"""Smallest value of the cleaned channel that is ink, of 255."""

_GRAY_SHARE, _GRAY_FLOOR = 0.5, 60.0
"""Smallest value of the gray channel that is ink: a share of its mean on cleaned ink, and at least this."""

_SLOPES = np.array([-0.35, -0.15, 0.0, 0.15, 0.35])
"""Slopes of the straight strokes that are searched for, rows by columns."""

_SLICES = 8
"""Number of equal parts of the line in which the paper is measured."""

SMALL, SPECK = 0.4, 0.006
"""Largest height of a mark, and smallest area of one, in heights of the digits."""

_FIVE = np.ones((5, 5), np.uint8)

_FEWEST_PIXELS = 16
"""Pixels of paper that a part needs to be measured."""


@dataclass(frozen=True, eq=False)
class LineBoxes:
    """Characters of a path on the line, from left to right, pixels of the line.

    Attributes:
        center: (N,) column of the center.
        width: (N,).
        top: (N,) first row.
        height: (N,).
        digits: Numbers of those that are digits, one or more.
    """

    center: Floats
    width: Floats
    top: Floats
    height: Floats
    digits: Ints


def measure_line(pixels: NDArray[np.uint8], boxes: LineBoxes, points_inside: int) -> dict[str, float]:
    """Measure a line image.

    Args:
        pixels: (2, H, W) cleaned ink and gray image, 0 paper .. 255 ink.
        boxes: Characters of the path.
        points_inside: Number of points and commas between the digits of the path.

    Returns:
        Features by name, see `docreader.confidence.features`.
    """
    cleaned, gray = pixels
    ink = (cleaned > INK).view(np.uint8)
    columns = ink.sum(axis=0, dtype=np.int64)
    area = max(1, int(columns.sum()))
    strength = (gray * ink).sum(axis=0, dtype=np.int64)
    limit = max(_GRAY_SHARE * float(strength.sum()) / area, _GRAY_FLOOR)
    near = np.asarray(cv2.dilate(ink, _FIVE), np.uint8)
    dark = (gray > limit).view(np.uint8)
    unit = median(boxes.height[boxes.digits].tolist())
    removed = (dark & (near ^ 1)).sum(axis=0, dtype=np.int64)
    either = dark | ink
    both = either.sum(axis=0, dtype=np.int64)
    return {
        **_unexplained(columns, removed, boxes, unit, area),
        **_components(ink, boxes, unit, points_inside),
        "joined_gray": _joined(_boxes_of(either), boxes),
        "stroke": longest_stroke(either, _SLOPES) / unit,
        **_gaps(columns, both, boxes, unit),
        **_strength(columns, strength, boxes),
        **_paper(gray, near | dark),
        **_sizes(boxes, unit),
    }


def _unexplained(columns: Ints, removed: Ints, boxes: LineBoxes, unit: float, area: int) -> dict[str, float]:
    """Measure ink away from every character, and ink that cleaning removed."""
    usual = max(median(boxes.width.tolist()), 0.6 * unit)
    half = np.minimum(np.maximum(boxes.width / 2, 0.35 * unit), 0.8 * usual) + 2
    x = np.arange(columns.size) + 0.5
    far = (np.abs(x - boxes.center[:, None]) > half[:, None]).all(axis=0)
    first, last = np.searchsorted(x, boxes.center[[0, -1]])
    lonely = columns * far
    return {
        "ink_before": float(lonely[:first].sum()) / area,
        "ink_between": float(lonely[first:last].sum()) / area,
        "ink_behind": float(lonely[last:].sum()) / area,
        "removed_before": float((removed * far)[:first].sum()) / area,
        "removed_between": float(removed[first:last].sum()) / area,
        "removed_behind": float((removed * far)[last:].sum()) / area,
    }


def _boxes_of(mask: NDArray[np.uint8]) -> Floats:
    """Return (N, 5) left, top, width, height and area of the components."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return stats[1:].astype(np.float64)


def _joined(components: Floats, boxes: LineBoxes) -> float:
    """Compute the largest share of the digits that one component spans."""
    digits = boxes.center[boxes.digits]
    left = components[:, :1]
    held = (digits > left) & (digits < left + components[:, 2:3])
    return float(held.sum(axis=1).max(initial=0)) / digits.size


def _components(
    ink: NDArray[np.uint8], boxes: LineBoxes, unit: float, points_inside: int
) -> dict[str, float]:
    """Measure the components of the ink: those across digits, marks between them, tall ones at the ends."""
    found = _boxes_of(ink)
    left, top, width, height, area = found.T
    digits = boxes.center[boxes.digits]
    center = left + width / 2
    middle = (top + height / 2 - median(boxes.top[boxes.digits].tolist())) / unit
    small = (height < SMALL * unit) & (area >= SPECK * unit * unit)
    small &= (center > digits[0]) & (center < digits[-1])
    dash = small & (width > 1.8 * height) & (width > 0.25 * unit) & (middle > 0.2) & (middle < 0.85)
    low = small & ~dash & (middle >= 0.7)
    ends = height[(center < digits[0] + 0.3 * unit) | (center > digits[-1] - 0.3 * unit)]
    return {
        "joined": _joined(found, boxes),
        "inner_dashes": float(dash.sum()),
        "unread_marks": max(0.0, float(low.sum()) - points_inside),
        "high_marks": float((small & ~dash & ~low).sum()),
        "end_height": float(ends.max(initial=0.0)) / unit,
    }


@compiled
def longest_stroke(mask: NDArray[np.uint8], slopes: Floats) -> float:
    """Find the longest straight run of ink along any of some slopes, in columns.

    A run follows a line that is one row thick; a gap of one pixel does not end it.

    Args:
        mask: (H, W) 1 on ink.
        slopes: Rows by columns.
    """
    height, width = mask.shape
    longest = 0
    for slope in slopes:
        shift = int(np.floor(abs(slope) * width)) + 1
        run = np.zeros(height + 2 * shift + 2, np.int64)
        missing = np.zeros(height + 2 * shift + 2, np.int64)
        for x in range(width):
            first = shift - int(np.floor(slope * x + 0.5))
            for y in range(height):
                line = first + y
                if mask[y, x]:
                    run[line] += 1 + missing[line]
                    missing[line] = 0
                    longest = max(longest, run[line])
                elif run[line] > 0 and missing[line] == 0:
                    missing[line] = 1
                else:
                    run[line] = 0
                    missing[line] = 0
    return float(longest)


def _gaps(columns: Ints, both: Ints, boxes: LineBoxes, unit: float) -> dict[str, float]:
    """Measure gaps between neighboring digits, and ink that fills them."""
    centers = boxes.center[boxes.digits]
    if centers.size < 2:
        return {"widest_gap": 0.0, "gap_ratio": 1.0, "filled_gaps": 0.0, "filled_gray": 0.0}
    pitch = np.diff(centers)
    at = np.minimum(np.maximum(centers.astype(np.int64), 0), columns.size - 1)
    blank, filled = gap_widths(columns, at)
    _, filled_gray = gap_widths(both, at)
    return {
        "widest_gap": blank / unit,
        "gap_ratio": float(pitch.max()) / max(1.0, median(pitch.tolist())),
        "filled_gaps": filled / pitch.size,
        "filled_gray": filled_gray / pitch.size,
    }


@compiled
def gap_widths(columns: Ints, centers: Ints) -> tuple[float, float]:
    """Measure the paper between neighbors.

    Args:
        columns: (W,) ink of each column.
        centers: (N,) columns of characters, rising.

    Returns:
        The widest run of columns without ink between two neighbors, and the number of neighbors without any such
        column between them.
    """
    widest, filled = 0, 0
    for number in range(centers.size - 1):
        run, most = 0, 0
        for x in range(centers[number], centers[number + 1] + 1):
            run = 0 if columns[x] else run + 1
            most = max(most, run)
        widest = max(widest, most)
        filled += most == 0
    return float(widest), float(filled)


def _strength(columns: Ints, strength: Ints, boxes: LineBoxes) -> dict[str, float]:
    """Measure the strength of the ink and its share of the box, digit by digit."""
    center, width = boxes.center[boxes.digits], boxes.width[boxes.digits]
    left = np.clip((center - width / 2).astype(np.int64), 0, columns.size - 1)
    right = np.clip((center + width / 2).astype(np.int64) + 1, left + 1, columns.size)
    ink = np.append(0, columns.cumsum())
    sums = np.append(0, strength.cumsum())
    area = np.maximum(ink[right] - ink[left], 1)
    level = (sums[right] - sums[left]) / area
    share = area / ((right - left) * boxes.height[boxes.digits])
    usual, full = max(1.0, median(level.tolist())), max(0.02, median(share.tolist()))
    return {
        "strength_least": float(level.min()) / usual,
        "strength_spread": float(level.std()) / usual,
        "fullest": float(share.max()) / full,
        "emptiest": float(share.min()) / full,
    }


def _paper(gray: NDArray[np.uint8], covered: NDArray[np.uint8]) -> dict[str, float]:
    """Measure level and noise of the paper in equal parts of the line."""
    paper = covered ^ 1
    values = (gray * paper).astype(np.int64)
    sums = np.stack([paper.sum(axis=0, dtype=np.int64), values.sum(axis=0), (values * values).sum(axis=0)])
    starts = np.arange(_SLICES) * gray.shape[1] // _SLICES
    count, first, second = np.add.reduceat(sums, starts, axis=1)
    enough = count >= _FEWEST_PIXELS
    if not enough.any():
        return {"paper_range": 0.0, "noise_least": 1.0, "noise_most": 1.0}
    level = first[enough] / count[enough]
    noise = np.sqrt(np.maximum(second[enough] / count[enough] - level * level, 0.0))
    usual = max(0.5, median(noise.tolist()))
    return {
        "paper_range": float(level.max() - level.min()) / 255,
        "noise_least": float(noise.min()) / usual,
        "noise_most": float(noise.max()) / usual,
    }


def _sizes(boxes: LineBoxes, unit: float) -> dict[str, float]:
    """Measure heights, widths and ends of the digits."""
    height, width, top = boxes.height[boxes.digits], boxes.width[boxes.digits], boxes.top[boxes.digits]
    bottom = top + height
    usual = median(width.tolist())
    return {
        "tallest": float(height.max()) / unit,
        "lowest": float(height.min()) / unit,
        "widest": float(width.max()) / usual,
        "narrowest": float(width.min()) / usual,
        "feet": float(bottom.max() - bottom.min()) / unit,
        "heads": float(top.max() - top.min()) / unit,
    }
