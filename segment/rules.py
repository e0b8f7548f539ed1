"""Ruled lines and box edges taken out of the ink, strokes that cross them kept."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from segment.piece_table import connect
from segment.rule_erasing import FAINT, blank, tidy
from segment.rule_search import Rule, find_rule

Plane: TypeAlias = NDArray[np.float32]
"""(H, W) float32."""

_NARROW = 16
"""Pixels; in narrower pictures nothing tells a rule from a dash."""

_MOST = 8
"""Rules looked for in one picture."""


def remove_rules(grey: Plane, stroke: float, max_slope: float) -> tuple[Plane, list[Rule]]:
    """Take horizontal rules out of the ink.

    Args:
        grey: (H, W) ink, 0 .. 1.
        stroke: width of the pen, pixels.
        max_slope: steepest rule looked for, pixels downwards for each pixel to the right.

    Returns:
        The ink without rules, and the rules.
    """
    rules: list[Rule] = []
    if grey.shape[1] < _NARROW:
        return grey, rules
    for _ in range(_MOST):
        rule = find_rule(grey > FAINT, stroke, max_slope)
        if rule.left == rule.right:
            break
        rules.append(rule)
        grey = erase_rule(grey, rule)
    return grey, rules


def erase_rule(grey: Plane, rule: Rule) -> Plane:
    """Blank a rule except where a stroke runs through or into it, or stands on it."""
    out = blank(grey, rule.left, rule.centre, rule.thickness)
    count, labels = connect(out > FAINT)
    tidy(out, labels, count, grey, rule.left, rule.centre, rule.thickness)
    return out
