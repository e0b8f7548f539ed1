"""The printed frame of an amount: its upright edges taken out of the ink, and what lies outside of it."""

from __future__ import annotations

import numpy as np

from segment.cleaning._kernels.box_edges import drop_outside, find_edges
from segment.cleaning._kernels.line_detection import Rule
from segment.cleaning._kernels.line_removal import FAINT_THRESHOLD
from segment.cleaning.ruled_lines import InkArray, erase_rule
from segment.image.components import connect


def remove_form_box(gray: InkArray, rules: list[Rule], stroke: float) -> InkArray:
    """Take the upright edges of a frame out of the ink, and all ink that lies outside of it.

    A written 1 is an upright line, too. An edge is therefore only what is straight as print and runs from rule to
    rule, or at a side of the picture from a rule to the border.

    Args:
        gray: (H, W) ink without its rules.
        rules: the rules that were found.
        stroke: width of the pen, pixels.

    Returns:
        The ink within the frame.
    """
    height, width = gray.shape
    upper, lower = _between(rules, height)
    if upper is None and lower is None:
        return gray
    top = 0 if upper is None else int(upper.middle)
    bottom = height if lower is None else int(np.ceil(lower.middle)) + 1
    if bottom - top < max(8, 0.3 * height):
        return gray
    framed = upper is not None and lower is not None
    edges: list[Rule] = []
    turned = np.ascontiguousarray(gray.T)
    for edge in _find_edges(turned, top, bottom, stroke):
        x = edge.middle
        at_side = min(x, width - 1 - x) < 0.5 * (bottom - top)
        if framed or (at_side and edge.thickness <= 0.8 * stroke + 1):
            turned = erase_rule(turned, edge)
            edges.append(edge)
    gray = np.ascontiguousarray(turned.T)
    left, right = _sides(edges, width) if framed else (-1.0, float(width))
    return _inside(gray, left, right, 0 if upper is None else top, height if lower is None else bottom)


def _between(rules: list[Rule], height: int) -> tuple[Rule | None, Rule | None]:
    """The innermost rules above and below the middle of the picture."""
    upper = [rule for rule in rules if rule.middle < 0.4 * height]
    lower = [rule for rule in rules if rule.middle > 0.6 * height]
    return (
        max(upper, key=lambda rule: rule.middle, default=None),
        min(lower, key=lambda rule: rule.middle, default=None),
    )


def _find_edges(turned: InkArray, top: int, bottom: int, stroke: float) -> list[Rule]:
    """Straight upright lines from row `top` to row `bottom`, as rules of the transposed picture."""
    if bottom - top < 10:
        return []
    centers, thickness, slopes = find_edges(turned > FAINT_THRESHOLD, top, bottom, stroke)
    return [
        Rule(top, bottom, center, float(center.mean()), thick, slope)
        for center, thick, slope in zip(centers, thickness.tolist(), slopes.tolist(), strict=True)
    ]


def _sides(edges: list[Rule], width: int) -> tuple[float, float]:
    """Columns between which the frame holds the amount: its outermost edges, else the borders of the picture."""
    middles = [edge.middle for edge in edges]
    left = min((x for x in middles if x < 0.35 * width), default=-1.0)
    right = max((x for x in middles if x > 0.65 * width), default=float(width))
    return left, right


def _inside(gray: InkArray, left: float, right: float, top: int, bottom: int) -> InkArray:
    """The ink without the pieces that lie wholly outside of the frame."""
    count, labels = connect(gray > FAINT_THRESHOLD)
    gray = gray.copy()
    drop_outside(gray, labels, count, left, right, top, bottom)
    return gray
