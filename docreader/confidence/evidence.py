"""Evidence model: logistic regression that turns the posterior and evidence of the picture into a confidence."""

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

OUTLIER = 4.0
"""Largest distance of a feature from its center, standard deviations."""

CONFIDENCE_LIMIT = 1e-6
"""Least distance of a confidence from 0 and 1: no picture is beyond doubt."""


MIN_EFFECT = 1.0
"""Smallest loss of log odds for which evidence is the reason of a rejection, nats."""


@dataclass(frozen=True, eq=False)
class EvidenceModel:
    """Logistic regression on standardized features.

    Attributes:
        baseline: Log odds of a reading whose features are all at their centers, nats.
        center: (len(FEATURES),) medians.
        scale: (len(FEATURES),) standard deviations.
        weight: (len(FEATURES),) log odds of a standard deviation, nats.
        neutral: (len(FEATURES),) usual features of a clean amount, see `Judgment.without`.
    """

    baseline: float
    center: Row
    scale: Row
    weight: Row
    neutral: Row

    def confidence(self, features: Row) -> float:
        """Return the probability that a reading is right and stands, 0 .. 1."""
        return float(self.confidences(features[None])[0])

    def confidences(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probabilities of (R, len(FEATURES)) readings, (R,)."""
        score = self.baseline + standardize(rows, self.center, self.scale) @ self.weight
        confidences: NDArray[np.float64] = 1 / (1 + np.exp(-score))
        return confidences.clip(CONFIDENCE_LIMIT, 1 - CONFIDENCE_LIMIT)

    @classmethod
    def constant(cls, baseline: float = 0.0) -> EvidenceModel:
        """Return a model that no feature changes."""
        size = len(FEATURES)
        return cls(baseline, np.zeros(size), np.ones(size), np.zeros(size), np.zeros(size))

    def to_dict(self) -> dict[str, Any]:
        """Return the model as JSON types."""
        rows = {name: getattr(self, name).tolist() for name in _ROWS}
        return {
            "features": list(FEATURES),
            "baseline": _short(self.baseline),
            **{name: [_short(one) for one in row] for name, row in rows.items()},
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> EvidenceModel:
        """Build a model from JSON types. Features that it lacks have no weight.

        Raises:
            ConfigurationError: A value is missing or makes no sense, or a feature is unknown.
        """
        try:
            names = list(values["features"])
            unknown = sorted(set(names) - set(FEATURES))
            rows = [np.array(values[name], np.float64) for name in _ROWS]
            whole = float(values["baseline"])
            if unknown or len(set(names)) < len(names):
                raise ValueError(f"unknown features {unknown}")
            if any(row.shape != (len(names),) or not np.isfinite(row).all() for row in rows):
                raise ValueError("a feature lacks a number")
            if not math.isfinite(whole) or not bool((rows[_ROWS.index("scale")] > 0).all()):
                raise ValueError("a baseline or scale is no number")
        except (TypeError, KeyError, ValueError, OverflowError) as error:
            raise ConfigurationError(
                f"the evidence model of the calibration cannot be used ({error!s:.100}): calibrate the model again "
                "with --evidence"
            ) from error
        found = cls.constant(whole)
        place = [FEATURES.index(name) for name in names]
        for name, row in zip(_ROWS, rows, strict=True):
            getattr(found, name)[place] = row
        return found


def standardize(rows: NDArray[np.float64], center: Row, scale: Row) -> NDArray[np.float64]:
    """Standardize (R, len(FEATURES)) features, at most `OUTLIER` from the center."""
    return np.minimum(np.maximum((rows - center) / scale, -OUTLIER), OUTLIER)


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
    """Round to six digits."""
    return float(f"{value:.6g}")


_ROWS = ("center", "scale", "weight", "neutral")

_COLUMNS = {
    reason: np.array([FEATURES.index(name) for name in FEATURES if REASON_OF.get(name) == reason])
    for reason in dict.fromkeys(REASON_OF.values())
}
"""Columns of the features of each reason."""
