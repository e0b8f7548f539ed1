"""A rule taken out of the ink pixel by pixel, in compiled loops: strokes that run through or into it are kept."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from segment.image.jit import compiled

Floats: TypeAlias = NDArray[np.float64]
InkArray: TypeAlias = NDArray[np.float32]

FAINT_THRESHOLD = 0.25
"""Ink from here on counts as part of a rule: rules are often printed lighter than people write."""

_FIRM = 0.5
"""Ink from here on decides whether a rule and a stroke are one: between two that only come close it is lighter."""

_DIP, _RISE = np.float32(0.2), np.float32(0.08)
"""How much lighter a valley is than what lies before it, and how much darker it gets behind it."""


@compiled
def blank(gray: InkArray, left: int, center: Floats, thickness: float) -> InkArray:
    """A copy of the ink without a rule.

    Args:
        gray: (H, W) ink.
        left: column in which the rule begins.
        center: (N,) row of its middle in each column from there on.
        thickness: of the rule, pixels.
    """
    height = gray.shape[0]
    limit = math.ceil(thickness) + 1
    reach = limit + 4
    size = center.size
    gone = np.zeros((2, size, reach + 1), np.bool_)  # upwards and downwards from the middle
    long = np.zeros(size, np.bool_)
    rows = np.empty(size, np.int64)
    part = np.empty(reach + 1, np.float32)
    for i in range(size):
        row = darkest(gray, row_of(center[i], height), left + i)
        least = _FIRM if gray[row, left + i] > _FIRM else FAINT_THRESHOLD
        through = -1
        for side in range(2):
            for k in range(reach + 1):
                y = row + (k if side else -k)
                part[k] = gray[y, left + i] if 0 <= y < height else np.float32(0)
            through += walk(part, least, gone[side, i])
        rows[i], long[i] = row, through > limit
    kept = wide(long)
    out = gray.copy()
    for i in range(size):
        if kept[i]:
            continue
        for side in range(2):
            for k in range(reach + 1):
                y = rows[i] + (k if side else -k)
                beyond = k > thickness / 2 + 1
                if 0 <= y < height and gone[side, i, k] and not (beyond and long[i]):
                    out[y, left + i] = 0
    return out


@compiled
def row_of(middle: float, height: int) -> int:
    """The row of a picture that a line runs through."""
    return int(min(max(np.rint(middle), 0.0), height - 1.0))


@compiled
def row_beside(middle: float, step: int, height: int) -> int:
    """The row `step` rows below the one that a line runs through, or the nearest one in the picture."""
    return min(max(row_of(middle, height) + step, 0), height - 1)


@compiled
def darkest(gray: InkArray, row: int, x: int) -> int:
    """A row or the one above it or below it, whichever is darkest; of equals in this order."""
    best = row
    if row > 0 and gray[row - 1, x] > gray[best, x]:
        best = row - 1
    if row + 1 < gray.shape[0] and gray[row + 1, x] > gray[best, x]:
        best = row + 1
    return best


@compiled
def walk(part: InkArray, least: float, gone: NDArray[np.bool_]) -> int:
    """From the middle of a rule outwards to one side: what of it would go.

    Args:
        part: (N,) ink, from the middle on.
        least: ink of at least this holds together.
        gone: (N,) becomes true for the rule, and its flank as long as that gets lighter, two pixels at most.

    Returns:
        How many pixels hold together.
    """
    last = part.size - 1
    most = part[0]
    solid = 0
    for k in range(part.size):
        most = max(most, part[k])
        # A stroke that only comes close is told from the rule by a lighter valley between them.
        rise = max(part[min(k + 1, last)], part[min(k + 2, last)]) - part[k]
        if part[k] <= least or (part[k] <= most - _DIP and rise >= _RISE):
            break
        solid += 1
    gone[0] = True
    for k in range(1, part.size):
        if k >= solid + 2 or (k >= solid and part[k] >= part[k - 1]):
            break
        gone[k] = True
    return solid


@compiled
def wide(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A stroke is wider than one column, and so is what lies between two strokes.

    Opened by two columns, closed by three; an opening by an even number moves everything to the right by one.
    """
    size = flags.size
    pairs = np.zeros(size + 4, np.bool_)  # opened; two columns more on either side
    for x in range(1, size):
        if flags[x - 1] and flags[x]:
            pairs[x + 2] = pairs[x + 3] = True
    out = np.zeros(size, np.bool_)
    for x in range(size):
        before, behind = pairs[x + 1], pairs[x + 3]
        near = (pairs[x] or before) and (before or behind) and (behind or pairs[x + 4])
        out[x] = pairs[x + 2] or near
    return out


@compiled
def tidy(
    out: InkArray,
    labels: NDArray[np.int32],
    count: int,
    gray: InkArray,
    left: int,
    center: Floats,
    thickness: float,
) -> None:
    """Drop crumbs of a rule, in place; give it back where it was also the foot of a character.

    Args:
        out: (H, W) ink without the rule.
        labels: (H, W) its connected pieces, 0 paper.
        count: of labels.
        gray: (H, W) ink with the rule.
        left: column in which the rule begins.
        center: (N,) row of its middle in each column from there on.
        thickness: of the rule, pixels.
    """
    height, width = out.shape
    reach = math.ceil(thickness / 2 + 1)
    area, inside = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for y in range(height):
        for x in range(width):
            area[labels[y, x]] += 1
    for i in range(center.size):
        for step in range(-reach, reach + 1):
            inside[labels[row_beside(center[i], step, height), left + i]] += 1
    crumb = np.zeros(count, np.bool_)
    for piece in range(1, count):
        crumb[piece] = inside[piece] >= 0.9 * area[piece]
    for y in range(height):
        for x in range(width):
            if crumb[labels[y, x]]:
                out[y, x] = 0
    before, foot = 0, -1  # the piece that stood on the rule last, and in which column
    for i in range(center.size):
        piece = 0
        for step in range(-reach, reach + 1):
            label = labels[row_beside(center[i], step, height), left + i]
            if not crumb[label]:
                piece = max(piece, label)
        if not piece:
            continue
        if piece == before and 1 < i - foot <= 0.3 * height:
            for x in range(foot + 1, i):
                for step in range(-reach, reach + 1):
                    y = row_beside(center[x], step, height)
                    out[y, left + x] = gray[y, left + x]
        before, foot = piece, i
