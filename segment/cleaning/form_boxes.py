"""Removal of the printed form box of an amount: its vertical edges and everything outside."""

from __future__ import annotations

import numpy as np

from segment.cleaning._kernels.box_edges import detect_box_edges, erase_outside
from segment.cleaning._kernels.line_detection import RuledLine
from segment.cleaning._kernels.line_removal import FAINT_THRESHOLD
from segment.cleaning.ruled_lines import erase_ruled_line
from segment.image.arrays import InkArray
from segment.image.components import find_components


def remove_form_box(density: InkArray, lines: list[RuledLine], stroke_width: float) -> InkArray:
    """Remove the vertical edges of a form box, and all ink outside the box.

    A handwritten 1 is a vertical line, too. An edge is therefore only a line as straight as print that connects two
    ruled lines, or, near the left or right border of the image, a ruled line and the border.

    Args:
        density: (H, W) ink density without its ruled lines.
        lines: Ruled lines of the image.
        stroke_width: Width of the pen strokes, pixels.

    Returns:
        The ink density within the box.
    """
    height, width = density.shape
    upper, lower = _enclosing_lines(lines, height)
    if upper is None and lower is None:
        return density
    top = 0 if upper is None else int(upper.row)
    bottom = height if lower is None else int(np.ceil(lower.row)) + 1
    if bottom - top < max(8, 0.3 * height):
        return density
    closed = upper is not None and lower is not None
    edges: list[RuledLine] = []
    transposed = np.ascontiguousarray(density.T)
    for edge in _detect_edges(transposed, top, bottom, stroke_width):
        x = edge.row
        at_side = min(x, width - 1 - x) < 0.5 * (bottom - top)
        if closed or (at_side and edge.thickness <= 0.8 * stroke_width + 1):
            transposed = erase_ruled_line(transposed, edge)
            edges.append(edge)
    density = np.ascontiguousarray(transposed.T)
    left, right = _sides(edges, width) if closed else (-1.0, float(width))
    return _keep_inside_box(
        density, left, right, 0 if upper is None else top, height if lower is None else bottom
    )


def _enclosing_lines(lines: list[RuledLine], height: int) -> tuple[RuledLine | None, RuledLine | None]:
    """Return the innermost ruled lines above and below the center of the image."""
    upper = [line for line in lines if line.row < 0.4 * height]
    lower = [line for line in lines if line.row > 0.6 * height]
    return (
        max(upper, key=lambda line: line.row, default=None),
        min(lower, key=lambda line: line.row, default=None),
    )


def _detect_edges(transposed: InkArray, top: int, bottom: int, stroke_width: float) -> list[RuledLine]:
    """Detect straight vertical lines from row `top` to row `bottom`, as ruled lines of the transposed image."""
    if bottom - top < 10:
        return []
    centers, thickness, slopes = detect_box_edges(transposed > FAINT_THRESHOLD, top, bottom, stroke_width)
    return [
        RuledLine(top, bottom, center, float(center.mean()), thick, slope)
        for center, thick, slope in zip(centers, thickness.tolist(), slopes.tolist(), strict=True)
    ]


def _sides(edges: list[RuledLine], width: int) -> tuple[float, float]:
    """Return the columns of the left and right side of the box; borders of the image if there are no edges."""
    columns = [edge.row for edge in edges]
    left = min((x for x in columns if x < 0.35 * width), default=-1.0)
    right = max((x for x in columns if x > 0.65 * width), default=float(width))
    return left, right


def _keep_inside_box(density: InkArray, left: float, right: float, top: int, bottom: int) -> InkArray:
    """Return the ink density without the components entirely outside the box."""
    count, ids = find_components(density > FAINT_THRESHOLD)
    density = density.copy()
    erase_outside(density, ids, count, left, right, top, bottom)
    return density
