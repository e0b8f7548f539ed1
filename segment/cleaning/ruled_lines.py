"""Ruled lines and box edges taken out of the ink, strokes that cross them kept."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from segment.cleaning._kernels.line_detection import Rule, find_rule
from segment.cleaning._kernels.line_removal import FAINT_THRESHOLD, blank, tidy
from segment.image.components import connect

InkArray: TypeAlias = NDArray[np.float32]
"""(H, W) float32."""

_NARROW = 16
"""Pixels; in narrower pictures nothing tells a rule from a dash."""

_MOST = 8
"""Rules looked for in one picture."""


def remove_ruled_lines(gray: InkArray, stroke: float, max_slope: float) -> tuple[InkArray, list[Rule]]:
    """Take horizontal rules out of the ink.

    Args:
        gray: (H, W) ink, 0 .. 1.
        stroke: width of the pen, pixels.
        max_slope: steepest rule looked for, pixels downwards for each pixel to the right.

    Returns:
        The ink without rules, and the rules.
    """
    rules: list[Rule] = []
    if gray.shape[1] < _NARROW:
        return gray, rules
    for _ in range(_MOST):
        rule = find_rule(gray > FAINT_THRESHOLD, stroke, max_slope)
        if rule.left == rule.right:
            break
        rules.append(rule)
        gray = erase_rule(gray, rule)
    return gray, rules


def erase_rule(gray: InkArray, rule: Rule) -> InkArray:
    """Blank a rule except where a stroke runs through or into it, or stands on it."""
    out = blank(gray, rule.left, rule.center, rule.thickness)
    count, labels = connect(out > FAINT_THRESHOLD)
    tidy(out, labels, count, gray, rule.left, rule.center, rule.thickness)
    return out
