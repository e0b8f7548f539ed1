"""Features of the evidence model: what is measured beside the posterior, and the reason that each speaks for."""

from typing import NamedTuple


class Feature(NamedTuple):
    """A measurement of the best hypothesis and its picture.

    Attributes:
        name: Name in a model file.
        reason: Reason of a rejection that it decides; None for those of low_confidence.
        sign: 1 where more of it makes a reading likelier right, -1 where less likely; 0 for either.
        meaning: What is measured.
    """

    name: str
    reason: str | None
    sign: int
    meaning: str


_TABLE = (
    Feature("posterior", None, 1, "log odds of the posterior, nats"),
    Feature("runner_up", None, 1, "log odds of the best value against the second, nats"),
    Feature("unlisted", None, -1, "log of the posterior of all that is not listed, nats"),
    Feature("digits", None, -1, "number of digits"),
    Feature("worst_score", None, 1, "smallest score of a character, nats"),
    Feature("mean_score", None, 1, "mean score of the characters, nats"),
    Feature("later_pass", None, 0, "number of the recognizer's pass"),
    Feature("marks", None, 0, "number of points and commas on the path"),
    Feature("no_amount", "unexplained_ink", -1, "log of the posterior that no amount stands there, nats"),
    Feature("fillers", "unexplained_ink", -1, "number of dashes, slashes, stars, signs and letters"),
    Feature("fillers_inside", "unexplained_ink", -1, "the same between the first and the last digit"),
    Feature("unread_marks", "unexplained_ink", -1, "low marks between digits that are no points of the path"),
    Feature("inner_dashes", "unexplained_ink", -1, "dashes between digits"),
    Feature("high_marks", "unexplained_ink", -1, "small ink between digits above the line"),
    Feature("ink_before", "unexplained_ink", -1, "ink left of the characters"),
    Feature("ink_behind", "unexplained_ink", -1, "ink right of the characters"),
    Feature("ink_between", "unexplained_ink", -1, "ink between characters, away from all of them"),
    Feature("end_height", "unexplained_ink", -1, "height of the tallest stroke at either end"),
    Feature("joined", "struck_out", -1, "share of the digits that one component of the ink crosses"),
    Feature("joined_gray", "struck_out", -1, "the same in the image before cleaning"),
    Feature("stroke", "struck_out", -1, "longest straight stroke"),
    Feature("filled_gaps", "struck_out", -1, "share of the gaps between digits that ink fills"),
    Feature("filled_gray", "struck_out", -1, "the same in the image before cleaning"),
    Feature("widest_gap", "several_amounts", -1, "widest gap between two digits"),
    Feature("gap_ratio", "several_amounts", -1, "widest distance of two digits in usual distances"),
    Feature("space_left", "cut_off", 1, "paper left of the digits"),
    Feature("space_right", "cut_off", 1, "paper right of the digits"),
    Feature("space_top", "cut_off", 1, "paper above the digits"),
    Feature("space_bottom", "cut_off", 1, "paper below the digits"),
    Feature("edge_left", "cut_off", -1, "share of the left border that is dark"),
    Feature("edge_right", "cut_off", -1, "share of the right border that is dark"),
    Feature("edge_top", "cut_off", -1, "share of the upper border that is dark"),
    Feature("edge_bottom", "cut_off", -1, "share of the lower border that is dark"),
    Feature("paper_range", "uneven_light", -1, "range of the brightness of the paper along the line"),
    Feature("noise_most", "uneven_light", -1, "largest noise of the paper by the usual noise"),
    Feature("noise_least", "altered", 1, "smallest noise of the paper by the usual noise"),
    Feature("strength_least", "altered", 1, "strength of the faintest digit by that of the others"),
    Feature("strength_spread", "altered", -1, "spread of the strength of the digits"),
    Feature("fullest", "altered", -1, "share of ink in the fullest digit by that of the others"),
    Feature("emptiest", "altered", 1, "share of ink in the emptiest digit by that of the others"),
    Feature("removed_before", "altered", -1, "ink left of the characters that cleaning removed"),
    Feature("removed_behind", "altered", -1, "ink right of the characters that cleaning removed"),
    Feature("removed_between", "altered", -1, "ink between the characters that cleaning removed"),
    Feature("tallest", "altered", -1, "height of the tallest digit"),
    Feature("lowest", "altered", 1, "height of the lowest digit"),
    Feature("widest", "altered", -1, "width of the widest digit in usual widths"),
    Feature("narrowest", "altered", 1, "width of the narrowest digit in usual widths"),
    Feature("feet", "altered", -1, "range of the lower ends of the digits"),
    Feature("heads", "altered", -1, "range of the upper ends of the digits"),
)
"""Lengths are in usual heights of a digit, areas in shares of the cleaned ink."""

FEATURES = tuple(feature.name for feature in _TABLE)
"""Names in the order of a row."""

SIGNS = tuple(feature.sign for feature in _TABLE)

OF_PATH = ("posterior", "runner_up", "unlisted", "no_amount", "worst_score", "mean_score")
"""Features that come from the recognizer alone."""

REASON_OF = {feature.name: feature.reason for feature in _TABLE if feature.reason is not None}

REASONS = tuple(dict.fromkeys(REASON_OF.values()))
"""Reasons that evidence can decide."""
