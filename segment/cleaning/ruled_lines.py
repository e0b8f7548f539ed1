"""Detection and removal of ruled lines, with crossing strokes preserved."""

from __future__ import annotations

from segment.cleaning._kernels.line_detection import RuledLine, detect_ruled_line
from segment.cleaning._kernels.line_removal import FAINT_THRESHOLD, erase_line, restore_crossings
from segment.image.arrays import InkArray
from segment.image.components import find_components

_MIN_WIDTH = 16
"""Narrowest image in which a ruled line can be distinguished from a dash, pixels."""

_MAX_LINES = 8
"""Most lines to remove from one image."""


def remove_ruled_lines(
    density: InkArray, stroke_width: float, max_slope: float
) -> tuple[InkArray, list[RuledLine]]:
    """Remove horizontal ruled lines.

    Args:
        density: (H, W) ink density.
        stroke_width: Width of the pen strokes, pixels.
        max_slope: Steepest line, pixels downward per pixel to the right.

    Returns:
        The ink density without the lines, and the lines.
    """
    lines: list[RuledLine] = []
    if density.shape[1] < _MIN_WIDTH:
        return density, lines
    for _ in range(_MAX_LINES):
        line = detect_ruled_line(density > FAINT_THRESHOLD, stroke_width, max_slope)
        if line.left == line.right:
            break
        lines.append(line)
        density = erase_ruled_line(density, line)
    return density, lines


def erase_ruled_line(density: InkArray, line: RuledLine) -> InkArray:
    """Erase a line except where a stroke crosses it, ends in it or rests on it."""
    out = erase_line(density, line.left, line.centerline, line.thickness)
    count, ids = find_components(out > FAINT_THRESHOLD)
    restore_crossings(out, ids, count, density, line.left, line.centerline, line.thickness)
    return out
