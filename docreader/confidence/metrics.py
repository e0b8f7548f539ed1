"""Metrics of confidences: ECE, log loss, Brier score, reliability diagram, reject curve and read rate."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from docreader.confidence.crossfit import FOLDS, crossfit, group_folds

BINS = 10

PROBABILITY_FLOOR = 1e-6
"""Least distance of a probability from 0 and 1 under a logarithm, so that one mistake costs no infinity."""


@dataclass(frozen=True)
class ReliabilityBin:
    """Answers of a range of confidences.

    Attributes:
        low: Lower bound.
        high: Upper bound, included in the last bin only.
        count: Number of answers.
        right: Number of right answers.
        confidence: Mean confidence.
    """

    low: float
    high: float
    count: int
    right: int
    confidence: float

    @property
    def accuracy(self) -> float:
        """Fraction of right answers."""
        return self.right / self.count


@dataclass(frozen=True)
class CalibrationMetrics:
    """Agreement of confidences with the ground truth.

    Attributes:
        count: Number of answers.
        ece: Expected calibration error: mean of |accuracy - confidence| over the bins, weighted by count.
        log_loss: Mean of -log of the probability given to the outcome, in nats.
        brier: Mean squared difference between confidence and outcome.
        bins: Reliability diagram without empty bins.
    """

    count: int
    ece: float
    log_loss: float
    brier: float
    bins: tuple[ReliabilityBin, ...]


@dataclass(frozen=True)
class RejectPoint:
    """Point of a reject curve.

    Attributes:
        threshold: Least confidence of accepted answers.
        accepted: Number of accepted answers.
        wrong: Number of wrong answers among the accepted.
        total: Number of images.
    """

    threshold: float
    accepted: int
    wrong: int
    total: int

    @property
    def read_rate(self) -> float:
        """Accepted answers as a fraction of all images."""
        return self.accepted / self.total if self.total else 0.0

    @property
    def error(self) -> float:
        """Wrong answers as a fraction of the accepted; 0 of none."""
        return self.wrong / self.accepted if self.accepted else 0.0


def reliability(
    confidences: NDArray[np.float64], right: NDArray[np.bool_], edges: Sequence[float]
) -> tuple[ReliabilityBin, ...]:
    """Bin answers by confidence; empty bins are left out.

    Args:
        confidences: (N,).
        right: (N,) whether the answer is right.
        edges: Bounds of the bins, from 0 to 1.
    """
    number = np.digitize(confidences, edges[1:-1])
    bins = []
    for index, (low, high) in enumerate(pairwise(edges)):
        inside = confidences[number == index].tolist()
        if inside:
            hits = int(right[number == index].sum())
            bins.append(ReliabilityBin(low, high, len(inside), hits, sum(inside) / len(inside)))
    return tuple(bins)


def calibration_metrics(
    confidences: NDArray[np.float64], right: NDArray[np.bool_]
) -> CalibrationMetrics | None:
    """Measure the calibration of answers, with `BINS` bins of equal width; None without answers.

    Args:
        confidences: (N,).
        right: (N,) whether the answer is right.
    """
    count = len(confidences)
    if not count:
        return None
    table = reliability(confidences, right, [number / BINS for number in range(BINS + 1)])
    given = np.where(right, confidences, 1 - confidences).clip(PROBABILITY_FLOOR, 1 - PROBABILITY_FLOOR)
    return CalibrationMetrics(
        count=count,
        ece=sum(row.count * abs(row.accuracy - row.confidence) for row in table) / count,
        log_loss=-sum(map(math.log, given.tolist())) / count,
        brier=sum((one - hit) ** 2 for one, hit in zip(confidences.tolist(), right.tolist(), strict=True))
        / count,
        bins=table,
    )


def sort_by_confidence(
    confidences: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Sort answers from the most to the least confident.

    Returns:
        (N,) their numbers in this order; (N,) whether each is the last of its confidence, since no threshold separates
        equal ones.
    """
    order = np.argsort(-confidences, kind="stable")
    falling = confidences[order]
    last = np.append(falling[:-1] > falling[1:], True)[: len(falling)]
    return order, last


def reject_curve(
    confidences: NDArray[np.float64], right: NDArray[np.bool_], acceptable: NDArray[np.bool_]
) -> list[RejectPoint]:
    """Return one point for each confidence, from the strictest threshold to the laxest.

    Args:
        confidences: (N,) of all images.
        right: (N,) whether the answer is right.
        acceptable: (N,) whether some threshold accepts the answer.
    """
    order, last = sort_by_confidence(confidences[acceptable])
    falling, wrong = confidences[acceptable][order], np.cumsum(~right[acceptable][order])
    points = [
        RejectPoint(float(falling[index]), int(index) + 1, int(wrong[index]), len(right))
        for index in np.nonzero(last)[0]
    ]
    return [RejectPoint(1.0, 0, 0, len(right)), *points]


def best_point(curve: Sequence[RejectPoint], target: float) -> RejectPoint:
    """Return the point of greatest read rate with an error of at most `target` among the accepted."""
    return max((point for point in curve if point.error <= target), key=lambda point: point.accepted)


def crossfitted_point(
    confidences: NDArray[np.float64],
    right: NDArray[np.bool_],
    acceptable: NDArray[np.bool_],
    groups: Sequence[str],
    target: float,
    folds: int = FOLDS,
) -> RejectPoint:
    """Measure the read rate at an error with thresholds chosen on other images.

    Args:
        confidences: (N,) of all images.
        right: (N,) whether the answer is right.
        acceptable: (N,) whether some threshold accepts the answer.
        groups: (N,) images of a group are in one fold.
        target: Greatest error among the accepted.
        folds: Number of folds; with fewer than two groups nothing is accepted.

    Returns:
        The counts of all folds, and the mean of their thresholds.
    """
    numbers = group_folds(groups, folds)
    if numbers.max(initial=0) < 1:
        return RejectPoint(1.0, 0, 0, len(right))

    def choose(used: NDArray[np.bool_]) -> RejectPoint:
        return best_point(reject_curve(confidences[used], right[used], acceptable[used]), target)

    thresholds, taken = [], np.zeros(len(right), bool)
    for held_out, point in crossfit(numbers, choose):
        thresholds.append(point.threshold)
        if point.accepted:
            taken |= held_out & acceptable & (confidences >= point.threshold)
    mean = sum(thresholds) / len(thresholds)
    return RejectPoint(mean, int(taken.sum()), int((taken & ~right).sum()), len(right))
