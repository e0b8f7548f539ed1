"""All figures of an evaluation in one place."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from docreader.evaluation.alignment import Pair, align
from docreader.evaluation.calibration import Calibration, calibrate
from docreader.evaluation.comparison import Outcome, SampleResult
from docreader.evaluation.proportions import Proportion, proportion, upper_bound
from docreader.evaluation.rejection import TARGETS, Point, best_point, crossfit, reject_curve


@dataclass(frozen=True)
class OperatingPoint:
    """How much can be read at a wanted error among the accepted.

    Attributes:
        target: The wanted error.
        here: With the threshold chosen on these very images: an optimiztic figure.
        crossfit: With thresholds chosen on other folds of these images (see `rejection.crossfit`).
    """

    target: float
    here: Point
    crossfit: Point


@dataclass(frozen=True)
class Figures:
    """What an evaluation says, all fractions of all labeled images unless told otherwise.

    Attributes:
        total: Number of labeled images.
        outcomes: Right, wrong, rejected, failed; they add up to all.
        error: Wrong answers among the accepted ones.
        error_bound: One-sided 95 % upper bound of it.
        exact: Answers that are right, accepted or not.
        edits: Characters that were substituted, missed or invented, over all images.
        characters: Length of all true strings.
        confusion: How often which character was read as which; the empty string is none.
        at_error: Read rates at wanted errors.
        curve: Read rate and error for each threshold.
        calibration: None where there is no answer.
        located: Fields found where they are labeled (overlap of half of the union), None without labeled fields.
    """

    total: int
    outcomes: dict[Outcome, Proportion]
    error: Proportion
    error_bound: float
    exact: Proportion
    edits: int
    characters: int
    confusion: dict[Pair, int]
    at_error: tuple[OperatingPoint, ...]
    curve: tuple[Point, ...]
    calibration: Calibration | None
    located: Proportion | None = None

    @property
    def cer(self) -> float:
        """Character error rate: edits for each true character."""
        return self.edits / self.characters if self.characters else 0.0


def compute(judged: Sequence[SampleResult]) -> Figures:
    """All figures of images that were read and judged."""
    total = len(judged)
    counts = Counter(item.outcome for item in judged)
    accepted = counts[Outcome.RIGHT] + counts[Outcome.WRONG]
    curve = reject_curve(judged)
    confusion = Counter(pair for item in judged for pair in align(item.truth, item.answer))
    return Figures(
        total=total,
        outcomes={outcome: proportion(counts[outcome], total) for outcome in Outcome},
        error=proportion(counts[Outcome.WRONG], accepted),
        error_bound=upper_bound(counts[Outcome.WRONG], accepted),
        exact=proportion(sum(item.correct for item in judged), total),
        edits=sum(count for (wanted, read), count in confusion.items() if wanted != read),
        characters=sum(len(item.truth) for item in judged),
        confusion=dict(sorted(confusion.items())),
        at_error=tuple(
            OperatingPoint(target, best_point(curve, target), crossfit(judged, target)) for target in TARGETS
        ),
        curve=tuple(curve),
        calibration=calibrate(judged),
        located=_located(judged),
    )


def _located(judged: Sequence[SampleResult]) -> Proportion | None:
    labeled = [found for item in judged if (found := item.located) is not None]
    return proportion(sum(labeled), len(labeled)) if labeled else None


def worst_mistakes(judged: Sequence[SampleResult], count: int) -> list[SampleResult]:
    """The wrong answers of highest confidence: mistakes of the reader, or of the labels."""
    wrong = [item for item in judged if item.answered and not item.correct]
    return sorted(wrong, key=lambda item: (-item.confidence, item.item.line))[:count]


def to_dict(figures: Figures, curve_points: int = 200) -> dict[str, Any]:
    """The figures as JSON's types.

    Args:
        figures: The figures.
        curve_points: At most about so many points of the curve are kept, evenly spread over the read rate.
    """
    step = max(1, len(figures.curve) // curve_points)
    points = [*figures.curve[:-1:step], figures.curve[-1]]
    return {
        "total": figures.total,
        **{outcome.value: _fraction(part) for outcome, part in figures.outcomes.items()},
        "error_among_accepted": {**_fraction(figures.error), "upper_bound_95": figures.error_bound},
        "exact": _fraction(figures.exact),
        "located": None if figures.located is None else _fraction(figures.located),
        "cer": {"value": figures.cer, "edits": figures.edits, "characters": figures.characters},
        "read_rate_at_error": [
            {"target": at.target, "chosen_here": _point(at.here), "crossfit": _point(at.crossfit)}
            for at in figures.at_error
        ],
        "calibration": None if figures.calibration is None else asdict(figures.calibration),
        "confusion": [
            {"truth": wanted, "read": read, "count": count}
            for (wanted, read), count in figures.confusion.items()
        ],
        "reject_curve": [_point(point) for point in points],
    }


def _fraction(part: Proportion) -> dict[str, Any]:
    return {"count": part.count, "total": part.total, "value": part.value, "low": part.low, "high": part.high}


def _point(point: Point) -> dict[str, Any]:
    return {
        "threshold": point.threshold,
        "read_rate": point.read_rate,
        "error": point.error,
        "accepted": point.accepted,
        "wrong": point.wrong,
    }
