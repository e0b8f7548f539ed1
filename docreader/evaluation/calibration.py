"""Whether a confidence of 0.9 is right nine times in ten."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from docreader.evaluation.comparison import SampleResult

BINS = 10

FLOOR = 1e-6
"""Confidences are held this far from 0 and 1 in the log loss, lest one mistake make it infinite."""


@dataclass(frozen=True)
class Bin:
    """The answers whose confidence lies between two bounds.

    Attributes:
        low: Lower bound.
        high: Upper bound, which belongs to the last bin only.
        count: Number of answers.
        confidence: Their mean confidence.
        accuracy: Fraction of them that is right.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Calibration:
    """How well confidences tell the truth, over all images with an answer.

    Attributes:
        count: Number of answers.
        ece: Expected calibration error: mean of |accuracy - confidence| over the bins, weighted by count.
        log_loss: Mean of -log of the probability given to what came true, in nats.
        brier: Mean squared difference between confidence and truth.
        bins: The reliability diagram; empty bins are left out.
    """

    count: int
    ece: float
    log_loss: float
    brier: float
    bins: tuple[Bin, ...]


def calibrate(judged: Sequence[SampleResult], bins: int = BINS) -> Calibration | None:
    """Measure the calibration; None where there is no answer at all."""
    answers = [(item.confidence, item.correct) for item in judged if item.answered]
    if not answers:
        return None
    filled: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for confidence, right in answers:
        filled[min(int(confidence * bins), bins - 1)].append((confidence, right))
    table = tuple(
        Bin(
            low=index / bins,
            high=(index + 1) / bins,
            count=len(content),
            confidence=sum(confidence for confidence, _ in content) / len(content),
            accuracy=sum(right for _, right in content) / len(content),
        )
        for index, content in enumerate(filled)
        if content
    )
    count = len(answers)
    return Calibration(
        count=count,
        ece=sum(row.count * abs(row.accuracy - row.confidence) for row in table) / count,
        log_loss=-sum(math.log(_probability(confidence, right)) for confidence, right in answers) / count,
        brier=sum((confidence - right) ** 2 for confidence, right in answers) / count,
        bins=table,
    )


def _probability(confidence: float, right: bool) -> float:
    return min(max(confidence if right else 1 - confidence, FLOOR), 1 - FLOOR)
