"""Orientation of a check by its MICR line: at the bottom where it is upright, at the top where it is upside down."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from segment.image.components import Table
from segment.page.currency_symbol import CURRENCY_SYMBOL_BONUS, find_currency_symbol
from segment.page.field_location import locate_fields
from segment.page.overview import Overview

CLEAR_LINE, LINE, LEAD = 14, 12, 8
"""Characters in step that are a MICR line beyond doubt; that may be one; and by how many those of the turned page must
lead. Upright scans of 101 checks have 13 and more at the bottom; dates and account numbers at the top have up to 13."""

_BAND = 0.3
"""Share of the height at the bottom, or the top, in which the line is searched for."""

_HEIGHT = 7, 40
"""Smallest and largest height of its characters, pixels of the overview: 0.117 inches of 6 to 9."""

_PITCH = 0.85, 1.3
"""Smallest and largest pitch, in heights of a character: E-13B has 1.07."""

_OFF_STEP = 0.15
"""Largest distance of a character from the grid, in steps."""

_SEEDS = 40
"""Characters tried as the first of a line: a dirty page must not cost more time than a check."""

_MARGIN = 3.0
"""Largest lead of the place of an amount on the page as it is, nats: the line at the top is then something else."""


def turn(overview: Overview) -> Overview:
    """Turn an overview upside down."""
    if overview.ink is None:
        return overview
    return replace(overview, ink=np.ascontiguousarray(overview.ink[::-1, ::-1]))


def is_upside_down(overview: Overview) -> bool:
    """Return whether a check is upside down: its MICR line is at the top, and none is at the bottom.

    The place of an amount must not contradict.

    Args:
        overview: Overview of a page that shows a check, deskewed.
    """
    if overview.ink is None:
        return False
    count = count_in_step(overview)
    if count >= CLEAR_LINE:
        return False
    turned = turn(overview)
    if count_in_step(turned) < max(LINE, count + LEAD):
        return False
    return _location_score(turned) > _location_score(overview) - _MARGIN


def has_micr_line(overview: Overview) -> bool:
    """Return whether a MICR line is at the bottom of a page."""
    return overview.ink is not None and count_in_step(overview) >= LINE


def count_in_step(overview: Overview) -> int:
    """Count the characters at the bottom of a page that are a whole step from the next, in the line of most of them.

    Those of E-13B are aligned at their right edges, and upside down at their left edges.
    """
    assert overview.ink is not None  # callers check for a blank page first
    rows = overview.ink.shape[0]
    table = overview.components
    _, y, w, h, _ = table.T
    usable = (y + h / 2 > (1 - _BAND) * rows) & (h >= _HEIGHT[0]) & (h <= _HEIGHT[1])
    usable &= (w <= 1.3 * h) & (w >= 0.15 * h)
    table = table[usable]
    best = 0
    for seed in table[:: max(1, len(table) // _SEEDS)]:
        best = max(best, _in_step(table, float(seed[1] + seed[3] / 2), float(seed[3])))
        if best >= CLEAR_LINE:
            break
    return best


def _in_step(table: Table, middle: float, height: float) -> int:
    """Count the characters of one line whose right edges, or whose left edges, are whole steps from the next."""
    off = np.abs(table[:, 1] + table[:, 3] / 2 - middle)
    line = table[(off <= 0.2 * height + 1) & (np.abs(table[:, 3] - height) <= 0.12 * height + 1)]
    taller = (table[:, 3] > 1.25 * height) & (table[:, 3] < 2.2 * height) & (off < 0.5 * height)
    # small letters are in step in some type, among them letters with ascenders
    if len(line) < max(LEAD, 4 * int(np.count_nonzero(taller))):
        return 0
    line = line[np.argsort(line[:, 0])]
    count = 0
    for edge in (line[:, 0] + line[:, 2], line[:, 0]):
        step = np.diff(edge) / height
        single = step[(step >= _PITCH[0]) & (step <= _PITCH[1])]
        if single.size:
            steps = step / np.median(single)
            whole = np.rint(steps)
            good = (whole >= 1) & (whole <= 2) & (np.abs(steps - whole) < _OFF_STEP)
            count = max(count, int(np.count_nonzero(good)))
    return count


def _location_score(overview: Overview) -> float:
    """Return the best score of a place for the amount, -inf where there is none."""
    scores = [
        field.score + (CURRENCY_SYMBOL_BONUS if find_currency_symbol(overview, field) else 0.0)
        for field in locate_fields(overview)
    ]
    return max(scores, default=-np.inf)
