"""What a threshold on the confidence buys: how many are read, and how many of those are wrong."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from docreader.evaluation.comparison import SampleResult

TARGETS = (0.001, 0.005, 0.01, 0.02, 0.05)
"""Errors among the accepted for which the read rate is reported."""

FOLDS = 10


@dataclass(frozen=True)
class Point:
    """What comes of one threshold.

    Attributes:
        threshold: Answers of at least this confidence are accepted.
        accepted: How many are.
        wrong: How many of those are wrong.
        total: Of how many images.
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
        """Wrong answers as a fraction of the accepted ones; 0 of none."""
        return self.wrong / self.accepted if self.accepted else 0.0


def reject_curve(judged: Sequence[SampleResult]) -> list[Point]:
    """One point for each confidence that occurs, from the strictest threshold to the laxest.

    The curve looks at confidences, not at the threshold that the reader had; an image without an answer, or
    with one that the reader refused by a rule, is never accepted.
    """
    taken = sorted((item for item in judged if item.acceptable), key=lambda item: -item.confidence)
    points = [Point(1.0, 0, 0, len(judged))]
    wrong = 0
    for accepted, item in enumerate(taken, start=1):
        wrong += not item.correct
        if accepted == len(taken) or taken[accepted].confidence < item.confidence:
            points.append(Point(item.confidence, accepted, wrong, len(judged)))
    return points


def best_point(curve: Sequence[Point], target: float) -> Point:
    """The point that reads most with an error of at most `target` among the accepted."""
    return max((point for point in curve if point.error <= target), key=lambda point: point.accepted)


def crossfit(judged: Sequence[SampleResult], target: float, folds: int = FOLDS, seed: int = 0) -> Point:
    """What a threshold achieves on images on which it was not chosen.

    The images are dealt into folds; images of one `group` (a column of labels.csv), or else of one file,
    stay together. Each fold is judged with the threshold that the others choose. The `threshold` of the
    result is the mean of theirs.

    Args:
        judged: The images.
        target: Wanted error among the accepted.
        folds: Number of folds; fewer where there are fewer groups.
        seed: Of the dealing.
    """
    groups = sorted({_group(item) for item in judged})
    random.Random(seed).shuffle(groups)
    folds = min(folds, len(groups))
    if folds < 2:
        return Point(1.0, 0, 0, len(judged))
    fold_of = {group: number % folds for number, group in enumerate(groups)}
    accepted = wrong = 0
    thresholds = []
    for fold in range(folds):
        point = best_point(reject_curve([i for i in judged if fold_of[_group(i)] != fold]), target)
        thresholds.append(point.threshold)
        if not point.accepted:
            continue
        held_back = (item for item in judged if fold_of[_group(item)] == fold)
        taken = [item for item in held_back if item.acceptable and item.confidence >= point.threshold]
        accepted += len(taken)
        wrong += sum(not item.correct for item in taken)
    return Point(sum(thresholds) / folds, accepted, wrong, len(judged))


def _group(item: SampleResult) -> str:
    return item.item.row.get("group") or item.item.file
