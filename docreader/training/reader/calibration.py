"""From scores to confidences: a temperature, and the thresholds that keep errors rare."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from docreader.evaluation.rejection import TARGETS
from docreader.grammar import load_grammar
from docreader.labels import DIGITS
from docreader.sdnn import sweep
from docreader.search import best_answers
from docreader.sequence import joined_interpretation
from docreader.training.reader.strings import LabelledLine
from models.sdnn import SDNN

TEMPERATURES = tuple(round(float(value), 3) for value in np.geomspace(0.4, 4.0, 24))

ALTERNATIVES = 3
"""Answers weighed against each other; the posterior counts all others too."""

_FLOOR = 1e-6


def calibrate(network: SDNN, lines: Sequence[LabelledLine]) -> dict[str, Any]:
    """Fit temperature and thresholds on strings that the network was not trained on.

    The temperature is the one that makes the confidences of the best answers most probable: the mean of the logarithm
    of the probability that they give to being right (or wrong).

    Args:
        network: In evaluation mode, on the CPU.
        lines: At least one; the thresholds are worth something from a few hundred on.

    Returns:
        What a model file carries: `temperature`, `strings`, `exact`, and `thresholds`, for each wanted error the
        lowest confidence to accept, with how many were accepted and how many of them were wrong.
    """
    best: tuple[float, float, np.ndarray, np.ndarray] | None = None
    count = min(len(line.views) for line in lines) or 1
    pictures = [[(line.views or (line.picture,))[view] for line in lines] for view in range(count)]
    with torch.inference_mode():
        views = [sweep(network, some, torch.device("cpu")) for some in pictures]
    for value in TEMPERATURES:
        confidences, right = _answers([(scores / value, lengths) for scores, lengths in views], lines)
        sure = confidences.clip(_FLOOR, 1 - _FLOOR)
        merit = float(np.where(right, np.log(sure), np.log1p(-sure)).mean())
        if best is None or merit > best[0]:
            best = merit, value, confidences, right
    assert best is not None
    _, value, confidences, right = best
    return {
        "temperature": value,
        "strings": len(lines),
        "exact": round(float(right.mean()), 4),
        "thresholds": thresholds(confidences, right),
    }


def thresholds(confidences: np.ndarray, right: np.ndarray) -> dict[str, list[float]]:
    """For each wanted error the threshold that accepts most, with the number accepted and the number wrong.

    >>> thresholds(np.array([0.9, 0.8, 0.7]), np.array([True, True, False]))["0.01"]
    [0.75, 2, 0]
    """
    order = np.argsort(-confidences, kind="stable")
    wrong = np.cumsum(~right[order])
    accepted = np.arange(1, len(order) + 1)
    found: dict[str, list[float]] = {}
    for target in TARGETS:
        good = np.nonzero(wrong <= target * accepted)[0]
        last = int(good.max()) if len(good) else -1
        above = float(confidences[order[last]]) if last >= 0 else 1.0
        below = float(confidences[order[last + 1]]) if last + 1 < len(order) else 0.0
        # Half way to the first one refused; of equal confidences none is accepted.
        found[str(target)] = [round((above + below) / 2, 6), last + 1, int(wrong[last]) if last >= 0 else 0]
    return found


def _answers(
    views: Sequence[tuple[torch.Tensor, torch.Tensor]], lines: Sequence[LabelledLine]
) -> tuple[np.ndarray, np.ndarray]:
    """Confidence of each best answer, and whether it is right."""
    answers = best_answers(joined_interpretation(views), load_grammar("digits"), ALTERNATIVES)
    truths = ["".join(c for c in line.text if c in DIGITS) for line in lines]
    confidences = np.array([found[0].posterior if found else 0.0 for found in answers])
    right = [bool(found) and found[0].text == truth for found, truth in zip(answers, truths, strict=True)]
    return confidences, np.array(right)
