"""Measurement of the evidence beside the posterior: the best path, the place of its characters, the line under them."""

import math
from collections.abc import Sequence
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from docreader.confidence.features import FEATURES
from docreader.confidence.metrics import PROBABILITY_FLOOR
from docreader.decoding import alphabet
from docreader.decoding.search import Hypothesis
from docreader.io.records import Character
from docreader.pipeline.colon import shows_colon
from docreader.pipeline.line_evidence import LineBoxes, measure_line
from docreader.pipeline.marks import has_decimal_mark
from docreader.pipeline.prepare import PreparedCandidate
from docreader.pipeline.stray_ink import has_streak, is_cut_above, shows_high_point
from segment.image.arrays import Floats, GrayImage, Ints
from segment.line_image import LineConfig, LineImage, make_line

_LINE = LineConfig()
"""Line of a field that was read without one."""


def measure_evidence(
    candidate: PreparedCandidate, hypotheses: Sequence[Hypothesis], characters: Sequence[Character]
) -> NDArray[np.float64] | None:
    """Measure the features of the best hypothesis.

    Args:
        candidate: The field that it reads.
        hypotheses: The most probable first, one or more.
        characters: Characters of the best, in pixels of the crop, from left to right.

    Returns:
        (len(FEATURES),) values, see `docreader.confidence.features`; None where the path has no digit.
    """
    digits = _digits(characters)
    if not digits.size:
        return None
    boxes = np.array([one.bbox for one in characters], np.float64)
    line = _line_of(candidate)
    inside = characters[digits[0] : digits[-1]]
    points = sum(one.character == alphabet.POINT for one in inside)
    found = _measure_path(hypotheses, characters, inside)
    found |= _measure_border(candidate.candidate.image, boxes[digits])
    found |= measure_line(line.pixels, locate_on_line(boxes, digits, line), points)
    return np.array([found[name] for name in FEATURES])


def find_contradiction(
    candidate: PreparedCandidate,
    characters: Sequence[Character],
    text: str,
    *,
    cut_out: bool,
    currency: str | None = None,
) -> str | None:
    """Find ink that contradicts a path: the reason of a rejection, None where there is none.

    Args:
        candidate: The field that was read.
        characters: Characters of the path, in pixels of the crop, from left to right.
        text: Canonical text of the path.
        cut_out: Whether the page is the field, whose edges are not ours.
        currency: ISO 4217 code of the amount, None where it is not known.
    """
    digits = _digits(characters)
    if not digits.size:
        return None
    boxes = np.array([one.bbox for one in characters], np.float64)
    read = np.array([one.character for one in characters])
    if cut_out and is_cut_above(boxes[digits]):
        return "cut_off"
    if has_streak(candidate.candidate.image, boxes[read == "1"]):
        return "streak"
    line = _line_of(candidate)
    placed = locate_on_line(boxes, digits, line)
    points = placed.center[read == alphabet.POINT]
    fillers = placed.center[[one not in alphabet.DIGITS + alphabet.POINT for one in read]]
    if shows_high_point(line.pixels[0], placed, points, fillers):
        return "raised_point"
    if points.size and shows_colon(line.pixels, placed):
        return "not_an_amount"
    if has_decimal_mark(line.pixels[0], placed, read.tolist(), text, currency):
        return "ambiguous_decimals"
    return None


def _digits(characters: Sequence[Character]) -> Ints:
    """Return the numbers of the digits."""
    return np.array([n for n, one in enumerate(characters) if one.character in alphabet.DIGITS], np.int64)


def _line_of(candidate: PreparedCandidate) -> LineImage:
    """Return the line of a field, made of its ink where the recognizer has none."""
    visual = candidate.field.visual()
    if visual.line is not None:
        return visual.line
    assert visual.segmentation is not None  # a recognizer has one of the two
    return make_line(candidate.candidate.image, visual.segmentation.ink, _LINE)


def _measure_path(
    hypotheses: Sequence[Hypothesis], characters: Sequence[Character], inside: Sequence[Character]
) -> dict[str, float]:
    """Measure posteriors and scores."""
    best = hypotheses[0]
    second = hypotheses[1].posterior if len(hypotheses) > 1 else 0.0
    scores = [one.score for one in characters]
    return {
        "posterior": _log(best.posterior) - _log(1 - best.posterior),
        "runner_up": _log(best.posterior) - _log(second),
        "unlisted": _log(1 - sum(one.posterior for one in hypotheses)),
        "digits": float(sum(character in alphabet.DIGITS for character in best.text)),
        "worst_score": min(scores),
        "mean_score": sum(scores) / len(scores),
        "later_pass": float(best.pass_number),
        "marks": float(sum(one.character == alphabet.POINT for one in characters)),
        "no_amount": _log(best.no_amount),
        "fillers": float(sum(one.character in alphabet.FILLERS for one in characters)),
        "fillers_inside": float(sum(one.character in alphabet.FILLERS for one in inside)),
    }


def _log(probability: float) -> float:
    return math.log(max(PROBABILITY_FLOOR, probability))


def _measure_border(crop: GrayImage, boxes: Floats) -> dict[str, float]:
    """Measure the paper between the digits and the border of the crop, and dark pixels along the border."""
    height, width = crop.shape
    x, y, across, down = boxes.T
    unit = median(down.tolist())
    count = cv2.calcHist([crop], [0], None, [256], [0, 256]).ravel().cumsum()
    dark, light = np.searchsorted(count, [0.02 * crop.size, 0.8 * crop.size]).tolist()
    limit = (dark + light) / 2
    sides = {"top": crop[0], "bottom": crop[-1], "left": crop[:, 0], "right": crop[:, -1]}
    return {
        "space_left": float(x.min()) / unit,
        "space_right": float(width - (x + across).max()) / unit,
        "space_top": float(y.min()) / unit,
        "space_bottom": float(height - (y + down).max()) / unit,
        **{f"edge_{name}": np.count_nonzero(side < limit) / side.size for name, side in sides.items()},
    }


def locate_on_line(boxes: Floats, digits: Ints, line: LineImage) -> LineBoxes:
    """Map boxes of the crop to the line: the upright boxes of the line whose images they enclose.

    Args:
        boxes: (N, 4) left, top, width, height.
        digits: Numbers of the digits.
        line: Line of the field.
    """
    (a, b), (c, d) = line.to_source.matrix[:2, :2].tolist()
    origin = line.to_source.matrix[:2, 2]
    x, y = (boxes[:, :2] + boxes[:, 2:] / 2 - 0.5 - origin).T
    whole = a * d - b * c
    center, middle = (d * x - b * y) / whole + 0.5, (a * y - c * x) / whole + 0.5
    # the box of a parallelogram is |M| times its sides
    across, down = boxes[:, 2:].T
    spread = abs(a * d) - abs(b * c)
    if spread > 0.1 * abs(whole):
        across, down = (
            (abs(d) * across - abs(b) * down) / spread,
            (abs(a) * down - abs(c) * across) / spread,
        )
    width, height = np.maximum(across, 1.0), np.maximum(down, 1.0)
    return LineBoxes(center, width, middle - height / 2, height, digits)
