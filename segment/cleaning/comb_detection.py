"""Detection of printed combs: boxes with a cell for each digit, of any width and tilt."""

from __future__ import annotations

import cv2
import numpy as np

from segment.cleaning._kernels.line_detection import (
    CENTER,
    COLUMN,
    LENGTH,
    Runs,
    count_columns,
    runs_between,
    runs_near,
    thin_runs,
)
from segment.cleaning._kernels.upright_lines import (
    BOTTOM,
    SLOPE,
    THICKNESS,
    TOP,
    X,
    detect_upright_lines,
    inked_share,
)
from segment.image.arrays import Floats, Mask
from segment.image.components import column_median
from segment.image.polyfit import evaluate, fit_polynomial

_SLOPES = np.array([sign * 0.02 * step for step in range(7) for sign in (1, -1)][1:])
"""Leans of dividers to search, pixels to the right per pixel downward; thick lines have the first that fits."""

_SHORTEST = 8
"""Length of the shortest divider, pixels."""

_OFF_PITCH = 0.13
"""Largest distance of a divider from its place, in cells; strokes of digits are elsewhere."""

_CELLS = 0.3, 4.0
"""Narrowest and widest cell, in heights of its dividers."""

_DIVIDER = 0.85
"""Least share of the rows of a divider at its place that have ink."""

_FEWEST = 5
"""Fewest lines of a comb whose rails the crop cut; with one rail there is one fewer."""

_STRAIGHT = 0.55
"""Least share of the columns of a rail in which it is thin and straight; characters touch the others."""

_RAIL = 0.9
"""Least share of the columns of a rail that have ink."""


_SHORTEST_RAIL = 1.0
"""Length of the shortest rail, heights of the image."""


def find_comb(mask: Mask, limit: int) -> tuple[Floats, list[Floats]]:
    """Find the comb with the most ink.

    Digits have upright strokes, too. A comb is therefore only a series of thin lines at equal distances and of equal
    height, with a rail at one end or both. Without a rail at the top, the lower one ends at the outermost lines.

    Args:
        mask: (H, W) ink with its ruled lines.
        limit: Largest thickness of a line, pixels.

    Returns:
        (N, 5) dividers, see `detect_upright_lines`, and for each rail its (W,) center row in each column; N is 0 if
        there is no comb.
    """
    if not _may_have_rails(mask):
        return np.zeros((0, THICKNESS + 1)), []
    lines = _thin_out(detect_upright_lines(mask, max(_SHORTEST, int(0.2 * mask.shape[0])), limit, _SLOPES))
    thin = thin_runs(mask, limit, limit)
    best, best_rails = lines[:0], list[Floats]()
    for reference in lines:
        height = reference[BOTTOM] - reference[TOP]
        slack = max(2.5, 0.1 * height)
        shift = lines[:, X] - reference[X]
        tilt = -reference[SLOPE] * shift
        slack = slack + 0.015 * abs(shift)
        # the sides of a box are taller than short dividers
        alike = (lines[:, TOP] - reference[TOP] - tilt <= slack) & (
            abs(lines[:, BOTTOM] - reference[BOTTOM] - tilt) <= slack
        )
        short = lines[alike & (reference[TOP] + tilt - lines[:, TOP] <= slack)]
        members = _with_sides(_at_equal_distances(short, reference, height), lines[alike])
        if len(members) < 3 or _ink(members) <= _ink(best) or (len(members) == 3 and not _two_cells(members)):
            continue
        rails = _rails(mask, thin, members)
        cut = _cut_at(mask, members)
        if (
            len(rails) == 2
            or (len(members) >= _FEWEST - 1 and rails and (cut or _ends_with(mask, members, rails[0])))
            or (cut and len(members) >= _FEWEST)
        ):
            best, best_rails = members, rails
    return (_complete(mask, best, best_rails), best_rails) if best_rails else (best, best_rails)


def _may_have_rails(mask: Mask) -> bool:
    """Return whether an image has a horizontal line, or several lines that its border cuts; most have neither."""
    flags = mask.view(np.uint8)
    cut = max(np.count_nonzero(np.diff(row)) for row in (flags[0].astype(np.int8), flags[-1].astype(np.int8)))
    if cut >= _FEWEST:
        return True
    thick = cv2.dilate(flags, np.ones((3, 1), np.uint8))
    length = max(3, round(_SHORTEST_RAIL * mask.shape[0]))
    eroded = cv2.erode(thick, np.ones((1, length), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return bool(eroded.any())


def _thin_out(lines: Floats) -> Floats:
    """Return the longest of the lines of neighboring columns, from left to right."""
    kept: list[Floats] = []
    group: list[Floats] = []
    for line in [*lines[lines[:, BOTTOM] > lines[:, TOP]], None]:
        if group and (line is None or line[X] > group[-1][X] + 1):
            length = np.array([member[BOTTOM] - member[TOP] for member in group])
            longest = [member for member, n in zip(group, length, strict=True) if n >= length.max() - 1]
            kept.append(longest[len(longest) // 2])
            group = []
        if line is not None:
            group.append(line)
    return np.array(kept).reshape(-1, lines.shape[1])


def _ink(lines: Floats) -> float:
    """Return the length of lines in total, pixels."""
    return float((lines[:, BOTTOM] - lines[:, TOP]).sum())


def _at_equal_distances(lines: Floats, reference: Floats, height: float) -> Floats:
    """Return the longest series of lines at equal distances with the reference among them."""
    best = lines[:0]
    for other in lines:
        pitch = other[X] - reference[X]
        if not _CELLS[0] * height <= pitch <= _CELLS[1] * height:
            continue
        place = (lines[:, X] - reference[X]) / pitch
        # distances add up along a comb, so that the pitch is estimated anew from near to far
        number = np.rint(place)
        on = abs(place - number) <= _OFF_PITCH
        if on.sum() > 2:
            pitch = float((lines[on, X] - reference[X]) @ number[on] / (number[on] @ number[on]))
            place = (lines[:, X] - reference[X]) / pitch
            number = np.rint(place)
            on = abs(place - number) <= _OFF_PITCH
        series = lines[on]
        gaps = np.diff(number[on])
        if len(series) < 2 or (gaps > 1).sum() > 0.34 * len(gaps) or (gaps < 1).any():
            continue
        if len(series) > len(best):
            best = series
    return best


def _with_sides(members: Floats, lines: Floats) -> Floats:
    """Add the taller sides of the box at the next places to the left and right of short dividers."""
    if len(members) < 2:
        return members[:0]
    pitch = float(np.diff(members[:, X]).min())
    for end, step in ((members[0], -pitch), (members[-1], pitch)):
        distance = abs(lines[:, X] - end[X] - step)
        nearest = lines[np.argmin(distance)]
        if distance.min() <= _OFF_PITCH * pitch:
            members = np.vstack([members, nearest])
    return members[np.argsort(members[:, X])]


def _two_cells(members: Floats) -> bool:
    """Return whether two cells are as wide as each other and not wide, as a 1 in a box is not likely to make them."""
    gaps = np.diff(members[:, X])
    height = (members[:, BOTTOM] - members[:, TOP]).max()
    return bool(abs(gaps[0] - gaps[1]) <= _OFF_PITCH * gaps.mean() / 2 and gaps.max() <= 1.8 * height)


def _complete(mask: Mask, members: Floats, rails: list[Floats]) -> Floats:
    """Add the dividers that characters touch, as far as the rails reach."""
    width = mask.shape[1]
    pitch = float(np.diff(members[:, X]).min())
    number = np.rint((members[:, X] - members[0, X]) / pitch)
    pitch, origin = np.polyfit(number, members[:, X], 1)
    transposed = np.ascontiguousarray(mask.T)
    out = {int(n): line for n, line in zip(number, members, strict=True)}
    last = max(out)
    for n in range(1, last):
        if (
            n not in out
            and (line := _divider_near(transposed, members, origin + n * pitch, pitch)) is not None
        ):
            out[n] = line
    for n, step in ((last + 1, 1), (-1, -1)):
        while (line := _divider_near(transposed, members, origin + n * pitch, pitch)) is not None:
            left, right = sorted((int(line[X]), min(max(int(out[n - step][X]), 0), width - 1)))
            if not all(inked_share(mask, left, row[left], right, row[right]) >= _RAIL for row in rails):
                break
            out[n] = line
            n += step
    return np.array([out[n] for n in sorted(out)])


def _divider_near(transposed: Mask, members: Floats, center: float, pitch: float) -> Floats | None:
    """Return the line with the most ink about a place of a comb, None if there is none as tall as the others."""
    width, height = transposed.shape
    slope, thickness = np.median(members[:, SLOPE]), np.median(members[:, THICKNESS])
    slack = max(1, round(_OFF_PITCH * pitch))
    tops, bottoms = _along(members, TOP, width), _along(members, BOTTOM, width)
    most, line = _DIVIDER, None
    for x in range(max(0, round(center) - slack), min(width, round(center) + slack + 1)):
        top, bottom = max(0, round(tops[x])), min(height, round(bottoms[x]))
        if bottom - top < 2:
            continue
        start, end = (x + slope * (y - 0.5 * height) for y in (top, bottom - 1))
        share = inked_share(transposed, top, start, bottom - 1, end)
        if share >= most and (line is None or share > most):
            most, line = share, np.array([x, top, bottom, slope, thickness])
    return line


def _rails(mask: Mask, thin: Runs, members: Floats) -> list[Floats]:
    """Return the center row in each column of the rails that connect the lines, upper and lower."""
    rails = []
    left, right = int(members[0, X]), int(members[-1, X])
    for end, direction in ((TOP, 1.0), (BOTTOM, -1.0)):
        for inward in (0.5, 1.5, 3.0):
            row = _along(members, end, mask.shape[1]) + direction * inward - (end == BOTTOM)
            inked = inked_share(mask, left, row[left], right, row[right]) >= _RAIL
            if inked and _straightness(runs_between(thin, left, right + 1), row) >= _STRAIGHT * (
                right - left
            ):
                rails.append(row)
                break
    return rails


def _straightness(runs: Runs, row: Floats) -> int:
    """Count the columns with a thin run of ink on the straight line fitted to those near an estimate."""
    near = runs_near(runs, row, 0.0)
    if count_columns(near) < 3:
        return 0
    line = fit_polynomial(near, 1)
    fitted = np.array([evaluate(line, x) for x in near[:, COLUMN]])
    usual = column_median(near, LENGTH)
    return count_columns(near[(abs(near[:, CENTER] - fitted) <= 0.8) & (near[:, LENGTH] <= usual + 1)])


def _along(members: Floats, end: int, width: int) -> Floats:
    """Return the row in each column of the straight line through the ends of lines; short dividers end below it."""
    height = members[:, BOTTOM] - members[:, TOP]
    on = members[height >= 0.85 * height.max()]
    if len(on) < 2:
        on = members
    fall, start = np.polyfit(on[:, X], on[:, end], 1)
    return np.asarray(start + fall * np.arange(width), np.float64)


def _cut_at(mask: Mask, members: Floats) -> bool:
    """Return whether most lines end at the border of the image, where the crop cut the rail."""
    height = mask.shape[0]
    top = np.mean(members[:, TOP] <= 1)
    bottom = np.mean(members[:, BOTTOM] >= height - 1)
    return bool(max(top, bottom) >= 0.7)


def _ends_with(mask: Mask, members: Floats, rail: Floats) -> bool:
    """Return whether a rail ends at the outermost lines."""
    reach = max(4, int(0.4 * (members[-1, X] - members[0, X]) / (len(members) - 1)))
    for line, direction in ((members[0], -1), (members[-1], 1)):
        a, b = sorted((int(line[X] + 3 * direction), int(line[X] + reach * direction)))
        if a >= 0 and b < mask.shape[1] and inked_share(mask, a, rail[a], b, rail[b]) > 0.7:
            return False
    return True
