"""Metrics of an evaluation: outcomes, accuracy, operating points, calibration."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from docreader.confidence.metrics import (
    CalibrationMetrics,
    RejectPoint,
    best_point,
    calibration_metrics,
    crossfitted_point,
    reject_curve,
)
from docreader.confidence.proportions import Proportion, proportion, upper_bound
from docreader.confidence.string_metrics import StringMetrics, string_metrics
from docreader.confidence.thresholds import TARGET_ERRORS
from docreader.evaluation.comparison import Outcome, SampleResult


@dataclass(frozen=True)
class OperatingPoint:
    """Read rate at a target error among the accepted.

    Attributes:
        target: Target error.
        in_sample: With the threshold chosen on the same images, which is optimistic.
        crossfit: With thresholds chosen on other folds, see `docreader.confidence.metrics.crossfitted_point`.
    """

    target: float
    in_sample: RejectPoint
    crossfit: RejectPoint


@dataclass(frozen=True)
class Metrics:
    """Metrics of labeled images; fractions are of all images if not noted otherwise.

    Attributes:
        total: Number of labeled images.
        outcomes: Fractions of right, wrong, rejected and failed, which add up to 1.
        error: Wrong answers among the accepted.
        error_bound: One-sided 95 % upper bound of `error`.
        exact: Right answers, accepted or not.
        strings: Character errors and confusions of the answers, accepted or not.
        operating_points: Read rates at target errors.
        curve: Read rate and error for each threshold.
        calibration: None without answers.
        field_found: Fields located where they are labeled; None without labeled fields.
    """

    total: int
    outcomes: dict[Outcome, Proportion]
    error: Proportion
    error_bound: float
    exact: Proportion
    strings: StringMetrics
    operating_points: tuple[OperatingPoint, ...]
    curve: tuple[RejectPoint, ...]
    calibration: CalibrationMetrics | None
    field_found: Proportion | None = None


def compute_metrics(results: Sequence[SampleResult]) -> Metrics:
    """Compute all metrics of compared images."""
    total = len(results)
    counts = Counter(result.outcome for result in results)
    accepted = counts[Outcome.RIGHT] + counts[Outcome.WRONG]
    strings = string_metrics([result.truth for result in results], [result.answer for result in results])
    confidences = np.array([result.confidence for result in results], np.float64)
    right, answered, acceptable = (
        np.array([getattr(result, name) for result in results], bool)
        for name in ("correct", "answered", "acceptable")
    )
    groups = [result.item.group for result in results]
    curve = reject_curve(confidences, right, acceptable)
    return Metrics(
        total=total,
        outcomes={outcome: proportion(counts[outcome], total) for outcome in Outcome},
        error=proportion(counts[Outcome.WRONG], accepted),
        error_bound=upper_bound(counts[Outcome.WRONG], accepted),
        exact=proportion(strings.right, total),
        strings=strings,
        operating_points=tuple(
            OperatingPoint(
                target,
                best_point(curve, target),
                crossfitted_point(confidences, right, acceptable, groups, target),
            )
            for target in TARGET_ERRORS
        ),
        curve=tuple(curve),
        calibration=calibration_metrics(confidences[answered], right[answered]),
        field_found=_field_found(results),
    )


def _field_found(results: Sequence[SampleResult]) -> Proportion | None:
    labeled = [found for result in results if (found := result.field_found) is not None]
    return proportion(sum(labeled), len(labeled)) if labeled else None


def worst_mistakes(results: Sequence[SampleResult], count: int) -> list[SampleResult]:
    """Return the wrong answers of highest confidence: errors of the reader or of the labels."""
    wrong = [result for result in results if result.answered and not result.correct]
    return sorted(wrong, key=lambda result: (-result.confidence, result.item.line))[:count]


def metrics_to_json(metrics: Metrics, curve_points: int = 200) -> dict[str, Any]:
    """Convert metrics to JSON types.

    Args:
        metrics: The metrics.
        curve_points: Approximate greatest number of points of the reject curve, evenly spaced by read rate.
    """
    step = max(1, len(metrics.curve) // curve_points)
    points = [*metrics.curve[:-1:step], metrics.curve[-1]]
    strings, found = metrics.strings, metrics.field_found
    return {
        "total": metrics.total,
        **{outcome.value: _fraction(part) for outcome, part in metrics.outcomes.items()},
        "error_among_accepted": {**_fraction(metrics.error), "upper_bound_95": metrics.error_bound},
        "exact": _fraction(metrics.exact),
        "field_found": None if found is None else _fraction(found),
        "cer": {"value": strings.cer, "edits": strings.edits, "characters": strings.characters},
        "read_rate_at_error": [
            {"target": at.target, "in_sample": _point(at.in_sample), "crossfit": _point(at.crossfit)}
            for at in metrics.operating_points
        ],
        "calibration": None if metrics.calibration is None else _calibration(metrics.calibration),
        "confusion": [
            {"truth": true, "read": read, "count": count} for (true, read), count in strings.confusion.items()
        ],
        "reject_curve": [_point(point) for point in points],
    }


def _fraction(part: Proportion) -> dict[str, Any]:
    return {"count": part.count, "total": part.total, "value": part.value, "low": part.low, "high": part.high}


def _point(point: RejectPoint) -> dict[str, Any]:
    names = ("threshold", "read_rate", "error", "accepted", "wrong")
    return {name: getattr(point, name) for name in names}


def _calibration(found: CalibrationMetrics) -> dict[str, Any]:
    names = ("low", "high", "count", "confidence", "accuracy")
    return {
        "count": found.count,
        "ece": found.ece,
        "log_loss": found.log_loss,
        "brier": found.brier,
        "bins": [{name: getattr(row, name) for name in names} for row in found.bins],
    }
