"""Removal of printed combs: boxes with a cell for each digit."""

from __future__ import annotations

import numpy as np

from segment.cleaning._kernels.line_detection import (
    LENGTH,
    RuledLine,
    refine_centerline,
    runs_between,
    runs_near,
    thin_runs,
)
from segment.cleaning._kernels.line_removal import FAINT_THRESHOLD, erase_line, restore_crossings
from segment.cleaning._kernels.upright_lines import BOTTOM, SLOPE, THICKNESS, TOP, X
from segment.cleaning.comb_detection import find_comb
from segment.image.arrays import Floats, InkArray, Mask
from segment.image.components import column_median, find_components
from segment.image.polyfit import evaluate, fit_polynomial


def remove_comb(density: InkArray, stroke_width: float) -> InkArray:
    """Remove the dividers and the rails of a comb; return the ink itself if there is none.

    Args:
        density: (H, W) ink density with its ruled lines.
        stroke_width: Width of the pen strokes, pixels.
    """
    height, width = density.shape
    mask = density > FAINT_THRESHOLD
    limit = int(2.0 * stroke_width + 2)
    comb, rails = find_comb(mask, limit)
    if len(comb) == 0:
        return density
    # rails join the dividers to one component, so that nothing is restored before both are erased
    transposed = np.ascontiguousarray(density.T)
    upright = np.ascontiguousarray(mask.T)
    dividers = []
    for line in comb:
        along = line[X] + line[SLOPE] * (np.arange(height) - 0.5 * height)
        top, bottom = int(line[TOP]), int(line[BOTTOM])
        divider = _trace(upright, along, top, bottom, line[THICKNESS], limit)
        transposed = erase_line(transposed, divider.left, divider.centerline, divider.thickness)
        dividers.append(divider)
    out = np.ascontiguousarray(transposed.T)
    left, right = max(0, int(comb[0, X]) - 2), min(width, int(comb[-1, X]) + 3)
    thickness = float(np.median(comb[:, THICKNESS]))
    traced = [_trace(mask, row, left, right, thickness, limit) for row in rails]
    for rail in traced:
        out = erase_line(out, rail.left, rail.centerline, rail.thickness)
    for rail in traced:
        _restore(out, density, rail)
    transposed = np.ascontiguousarray(out.T)
    for divider in dividers:
        _erase_remnants(transposed, divider)
    return np.ascontiguousarray(transposed.T)


def _restore(out: InkArray, density: InkArray, line: RuledLine) -> None:
    """Erase remnants of a line and restore it where it closes the foot of a character, in place."""
    count, ids = find_components(out > FAINT_THRESHOLD)
    restore_crossings(out, ids, count, density, line.left, line.centerline, line.thickness)


def _erase_remnants(out: InkArray, line: RuledLine) -> None:
    """Erase remnants of a line, in place."""
    _restore(out, out.copy(), line)


def _trace(mask: Mask, line: Floats, left: int, right: int, thickness: float, limit: int) -> RuledLine:
    """Fit a line to the thin runs of ink near an estimate of it.

    Args:
        mask: (H, W) ink.
        line: (W,) estimated center row in each column.
        left: First column.
        right: Column after the last.
        thickness: Thickness where there are no runs, pixels.
        limit: Largest thickness, pixels.
    """
    runs = runs_between(thin_runs(mask, limit, limit), left, right)
    near = runs_near(runs, line, 0.0)
    center = line.copy()
    if len(near) > 0.3 * (right - left) and near[0, 0] < near[-1, 0]:
        fitted = fit_polynomial(near, 1)
        center = np.array([evaluate(fitted, x) for x in range(len(line))])
        near = runs_near(runs, center, 0.0)
    if len(near):
        thickness = column_median(near, LENGTH)
        center = refine_centerline(near, center)
    slope = (center[right - 1] - center[left]) / max(1, right - 1 - left)
    return RuledLine(left, right, center[left:right], float(center[left:right].mean()), thickness, slope)
