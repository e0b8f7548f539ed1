"""Metrics of compared readers: right answers, answers accepted at an error, time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from docreader.confidence.metrics import RejectPoint, crossfitted_point
from docreader.confidence.proportions import Proportion, proportion, upper_bound
from docreader.confidence.thresholds import TARGET_ERROR
from docreader.evaluation.peers.comparison import Comparison, ReaderResult


@dataclass(frozen=True)
class Duration:
    """Median of durations with its distribution-free 95 % interval, seconds.

    Attributes:
        median: The median.
        low: Lower end: an order statistic, the least duration of a few.
        high: Upper end.
    """

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class ReaderMetrics:
    """Metrics of one reader; fractions are of all images.

    Attributes:
        right: Right answers, accepted or not.
        accepted: Accepted answers at 1 % error, the threshold on the reader's confidence cross-fitted.
        wrong: Number of wrong answers among them.
        wrong_bound: One-sided 95 % upper bound of the error among them.
        by_own_threshold: Answers that the reader accepts, and the wrong ones among them; None of a reader that has no
            threshold of its own.
        in_a_line: Images on which some line holds the truth; None of a reader of amounts.
        failed: Number of images that could not be read.
        seconds: Wall clock of an image; None where all failed.
        cpu_seconds: Processor time of an image.
    """

    right: Proportion
    accepted: Proportion
    wrong: int
    wrong_bound: float
    by_own_threshold: tuple[Proportion, int] | None
    in_a_line: Proportion | None
    failed: int
    seconds: Duration | None
    cpu_seconds: Duration | None


def median_interval(values: Sequence[float]) -> Duration | None:
    """Estimate the median with its 95 % interval from order statistics; None without values.

    >>> median_interval([1.0, 2.0, 3.0, 4.0, 50.0])
    Duration(median=3.0, low=1.0, high=50.0)
    """
    if not values:
        return None
    from scipy.stats import binom  # slow to import

    ordered = sorted(values)
    rank = max(0, int(binom.ppf(0.025, len(ordered), 0.5)) - 1)
    return Duration(float(np.median(ordered)), ordered[rank], ordered[-1 - rank])


def reader_metrics(result: ReaderResult, groups: Sequence[str]) -> ReaderMetrics:
    """Compute the metrics of a reader.

    Args:
        result: Its scores and times.
        groups: (N,) images of a group are in one fold of the cross-fitting.
    """
    scores, total = result.scores, len(result.scores)
    right, acceptable = (
        np.array([getattr(one, name) for one in scores], bool) for name in ("right", "acceptable")
    )
    confidences = np.array([one.confidence for one in scores], np.float64)
    point: RejectPoint = crossfitted_point(confidences, right, acceptable, groups, TARGET_ERROR)
    own = [one for one in scores if one.accepted is not None]
    taken = [one for one in own if one.accepted]
    lines = [one.in_a_line for one in scores if one.in_a_line is not None]
    return ReaderMetrics(
        right=proportion(int(right.sum()), total),
        accepted=proportion(point.accepted, total),
        wrong=point.wrong,
        wrong_bound=upper_bound(point.wrong, point.accepted),
        by_own_threshold=(proportion(len(taken), total), sum(not one.right for one in taken))
        if own
        else None,
        in_a_line=proportion(sum(lines), total) if lines else None,
        failed=sum(one.error is not None for one in scores),
        seconds=median_interval(result.seconds),
        cpu_seconds=median_interval(result.cpu_seconds),
    )


def all_metrics(comparison: Comparison) -> list[ReaderMetrics]:
    """Compute the metrics of each reader, in order."""
    groups = [item.group for item in comparison.items]
    return [reader_metrics(result, groups) for result in comparison.readers]
