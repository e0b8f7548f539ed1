"""Evidence model: gradient boosted trees that turn the posterior and evidence of the picture into a confidence."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docreader.confidence.features import FEATURES, REASON_OF
from docreader.errors import ConfigurationError

Row = NDArray[np.float64]
"""(len(FEATURES),) features of a reading."""

CONFIDENCE_LIMIT = 1e-6
"""Least distance of a confidence from 0 and 1: no picture is beyond doubt."""


MIN_EFFECT = 1.0
"""Smallest loss of log odds for which evidence is the reason of a rejection, nats."""


@dataclass(frozen=True, eq=False)
class EvidenceModel:
    """Gradient boosted trees with plain numbers.

    Attributes:
        baseline: Log odds without any tree, nats.
        roots: (T,) first node of each tree.
        feature: (N,) number of the feature that a node compares; any for a leaf.
        threshold: (N,) a value up to this goes to the left.
        left: (N,) next node on the left; the node itself for a leaf.
        right: (N,) next node on the right; the node itself for a leaf.
        value: (N,) log odds of a leaf, nats; 0 for other nodes.
        neutral: (len(FEATURES),) usual features of a clean amount, see `Judgment.without`.
    """

    baseline: float
    roots: NDArray[np.int64]
    feature: NDArray[np.int64]
    threshold: NDArray[np.float64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    value: NDArray[np.float64]
    neutral: Row

    def confidence(self, features: Row) -> float:
        """Return the probability that a reading is right and stands, 0 .. 1."""
        return float(self.confidences(features[None])[0])

    def confidences(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probabilities of (R, len(FEATURES)) readings, (R,)."""
        if not self.roots.size:
            return np.full(len(rows), 1 / (1 + math.exp(-self.baseline)))
        node = np.tile(self.roots, (len(rows), 1))
        row = np.arange(len(rows))[:, None]
        for _ in range(self._depth):
            goes_left = rows[row, self.feature[node]] <= self.threshold[node]
            node = np.where(goes_left, self.left[node], self.right[node])
        score = self.baseline + self.value[node].sum(axis=1)
        confidences: NDArray[np.float64] = 1 / (1 + np.exp(-score))
        return confidences.clip(CONFIDENCE_LIMIT, 1 - CONFIDENCE_LIMIT)

    @classmethod
    def constant(cls, baseline: float = 0.0) -> EvidenceModel:
        """Return a model without trees."""
        none = np.zeros(0, np.int64)
        return cls(baseline, none, none, np.zeros(0), none, none, np.zeros(0), np.zeros(len(FEATURES)))

    @cached_property
    def _depth(self) -> int:
        """Greatest number of comparisons on a path."""
        depth, node = 0, np.unique(self.roots)
        while True:
            node = node[self.left[node] != node]
            if not node.size:
                return depth
            node = np.unique(np.concatenate([self.left[node], self.right[node]]))
            depth += 1

    def to_dict(self) -> dict[str, Any]:
        """Return the model as JSON types."""
        return {
            "features": list(FEATURES),
            "neutral": [_short(one) for one in self.neutral.tolist()],
            "baseline": _short(self.baseline),
            "roots": self.roots.tolist(),
            "feature": self.feature.tolist(),
            "threshold": [_short(one) for one in self.threshold.tolist()],
            "left": self.left.tolist(),
            "right": self.right.tolist(),
            "value": [_short(one) for one in self.value.tolist()],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> EvidenceModel:
        """Build a model from JSON types.

        Raises:
            ConfigurationError: A value is missing or makes no sense, or the features are others.
        """
        try:
            return cls._checked(values)
        except (TypeError, KeyError, ValueError, OverflowError) as error:
            raise ConfigurationError(
                f"the evidence model of the calibration cannot be used ({error!s:.100}): calibrate the model again "
                "with --evidence"
            ) from error

    @classmethod
    def _checked(cls, values: Mapping[str, Any]) -> EvidenceModel:
        names = list(values["features"])
        if not set(names) <= set(FEATURES):
            raise ValueError(f"unknown features {sorted(set(names) - set(FEATURES))}")
        number = np.array([FEATURES.index(name) for name in names], np.int64)
        roots, feature, left, right = (
            np.array(values[key], np.int64).ravel() for key in ("roots", "feature", "left", "right")
        )
        threshold, value, given = (
            np.array(values[key], np.float64).ravel() for key in ("threshold", "value", "neutral")
        )
        count = len(feature)
        if not {len(threshold), len(value), len(left), len(right)} == {count}:
            raise ValueError("lists of different lengths")
        nodes = np.concatenate([roots, left, right])
        if nodes.size and (nodes.min() < 0 or nodes.max() >= count):
            raise ValueError("a node that is not there")
        here = np.arange(count)
        leaf = (left == here) & (right == here)
        # children come after their parent, so that every walk ends
        if not bool(np.all(leaf | ((left > here) & (right > here)))):
            raise ValueError("nodes in a circle")
        if not (np.isfinite(value).all() and np.isfinite(given).all() and math.isfinite(values["baseline"])):
            raise ValueError("a number that is not finite")
        neutral = np.zeros(len(FEATURES))
        neutral[number] = given
        return cls(float(values["baseline"]), roots, number[feature], threshold, left, right, value, neutral)


@dataclass(frozen=True, eq=False)
class Judgment:
    """The evidence of a reading, and what a model makes of it.

    Attributes:
        model: Evidence model.
        features: Measured features.
        posterior: Posterior of the reading.
    """

    model: EvidenceModel
    features: Row
    posterior: float

    @cached_property
    def confidence(self) -> float:
        """Probability that the reading is right and stands."""
        return self.model.confidence(self.features)

    def without(self) -> dict[str, float]:
        """Return the confidence for each reason with its features set to those of a clean amount."""
        rows = np.tile(self.features, (len(_COLUMNS), 1))
        for number, columns in enumerate(_COLUMNS.values()):
            rows[number, columns] = self.model.neutral[columns]
        return dict(zip(_COLUMNS, self.model.confidences(rows).tolist(), strict=True))

    def reason(self, reject_below: float) -> str | None:
        """Return the reason of the evidence that keeps the reading below a threshold, None if none decides.

        It is the one without which the confidence is highest. It decides if that reaches the threshold, or if the
        posterior alone does and the evidence costs at least `MIN_EFFECT`.
        """
        found = self.without()
        best = max(found, key=lambda reason: found[reason])
        effect = _log_odds(found[best]) - _log_odds(self.confidence)
        decides = self.posterior >= reject_below and effect >= MIN_EFFECT
        return best if decides or found[best] >= reject_below else None


def _log_odds(probability: float) -> float:
    return math.log(probability / (1 - probability))


def evidence_model(calibration: Mapping[str, Any] | None) -> EvidenceModel | None:
    """Return the evidence model of a model's calibration; None where it has none.

    Raises:
        ConfigurationError: The evidence model cannot be used.
    """
    values = (calibration or {}).get("evidence")
    return None if values is None else EvidenceModel.from_dict(values)


def rescaled(posteriors: Collection[float], confidence: float) -> list[float]:
    """Scale the posteriors of a reading and its alternatives to a confidence of the first.

    What the first loses belongs to no amount at all, what it gains comes from the others: their order stays, and none
    is above the first.

    >>> rescaled([0.9, 0.05], 0.45), [round(one, 3) for one in rescaled([0.9, 0.05], 0.98)]
    ([0.45, 0.025], [0.98, 0.01])
    """
    first, *others = posteriors
    factor = (1 - confidence) / (1 - first) if confidence > first else confidence / first
    return [confidence, *(min(confidence, factor * other) for other in others)]


def _short(value: float) -> float:
    """Round to six digits: a model file holds thousands of numbers."""
    return float(f"{value:.6g}")


_COLUMNS = {
    reason: np.array([FEATURES.index(name) for name in FEATURES if REASON_OF.get(name) == reason])
    for reason in dict.fromkeys(REASON_OF.values())
}
"""Columns of the features of each reason."""
