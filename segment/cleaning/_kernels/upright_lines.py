"""Detection of straight upright lines of any extent, as the dividers of a comb."""

from __future__ import annotations

import numpy as np

from segment.cleaning._kernels.line_detection import longest_stretch
from segment.image.arrays import Floats, Ints, Mask
from segment.image.jit import compiled

X, TOP, BOTTOM, SLOPE, THICKNESS = range(5)
"""Columns of a table of lines: x in the middle of the image, first row, row after the last, lean, width."""

_GAP = 1
"""Rows without ink that do not end a line."""

_THIN = 0.6
"""Least share of the rows of a line in which it is as thin as print; characters touch the others."""


@compiled
def detect_upright_lines(mask: Mask, least: int, limit: int, slopes: Floats) -> Floats:
    """Detect the longest straight thin line through each column.

    Args:
        mask: (H, W) ink.
        least: Least length, pixels.
        limit: Largest thickness, pixels.
        slopes: (S,) slopes to search, pixels to the right per pixel downward.

    Returns:
        (W, 5) table with a line for each column; lines of equal top and bottom where there is none.
    """
    height, width = mask.shape
    lines = np.zeros((width, 5))
    runs = horizontal_runs(mask)
    wide = np.zeros((width, height), np.bool_)
    for y in range(height):
        for x in range(width):
            wide[x, y] = mask[y, max(x - 1, 0)] or mask[y, x] or mask[y, min(x + 1, width - 1)]
    shift = np.empty(height, np.int64)
    for slope in slopes:
        for y in range(height):
            shift[y] = int(np.rint(slope * (y - 0.5 * height)))
        for x in range(width):
            if not may_be_line(wide, x, shift, least):
                continue
            top, bottom = longest_stretch(inked_rows(wide, x, shift), _GAP)
            length = bottom - top
            if length < least or length <= lines[x, BOTTOM] - lines[x, TOP]:
                continue
            thin, total = 0, 0.0
            for y in range(top, bottom):
                at = min(max(x + shift[y], 0), width - 1)
                run = max(runs[y, max(at - 1, 0)], runs[y, at], runs[y, min(at + 1, width - 1)])
                if 0 < run <= limit:
                    thin += 1
                    total += run
            if thin >= _THIN * length:
                lines[x, X], lines[x, TOP], lines[x, BOTTOM] = x, top, bottom
                lines[x, SLOPE], lines[x, THICKNESS] = slope, total / thin
    return lines


@compiled
def may_be_line(wide: Mask, x: int, shift: Ints, least: int) -> bool:
    """Test every fourth row of a sloped line for as much ink as a line needs; paper is skipped by it."""
    width, height = wide.shape
    count = 0
    for y in range(0, height, 4):
        count += wide[min(max(x + shift[y], 0), width - 1), y]
    return 4 * count + 4 >= least


@compiled
def horizontal_runs(mask: Mask) -> Floats:
    """Return the length of the horizontal run of ink at each pixel, 0 on paper."""
    height, width = mask.shape
    runs = np.zeros(mask.shape)
    for y in range(height):
        x = 0
        while x < width:
            first = x
            while x < width and mask[y, x]:
                x += 1
            for at in range(first, x):
                runs[y, at] = x - first
            x += 1
    return runs


@compiled
def inked_rows(wide: Mask, x: int, shift: Ints) -> Mask:
    """Find the rows with ink on a sloped line, (H,) bool.

    Args:
        wide: (W, H) ink or ink in an adjacent column.
        x: Column in the middle of the image.
        shift: (H,) distance of the line from it in each row, pixels.
    """
    width, height = wide.shape
    out = np.empty(height, np.bool_)
    for y in range(height):
        out[y] = wide[min(max(x + shift[y], 0), width - 1), y]
    return out


@compiled
def inked_share(mask: Mask, left: int, row: float, right: int, last: float) -> float:
    """Return the share of the columns between two points that have ink within a pixel of their connection."""
    height = mask.shape[0]
    count = 0
    for x in range(left, right + 1):
        y = int(np.rint(row + (last - row) * (x - left) / max(1, right - left)))
        found = False
        for beside in range(max(y - 1, 0), min(y + 2, height)):
            found |= mask[beside, x]
        count += found
    return count / (right + 1 - left)
