"""Fit of an evidence model: logistic regression with signs, cross-fitted by kind of image, and thresholds."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docreader.confidence.calibration import EDGES, choose_thresholds
from docreader.confidence.crossfit import crossfit, group_folds
from docreader.confidence.evidence import EvidenceModel, standardize
from docreader.confidence.features import FEATURES, OF_PATH, SIGNS
from docreader.confidence.metrics import PROBABILITY_FLOOR, reliability
from docreader.confidence.thresholds import TARGET_ERROR
from docreader.training.reader.evidence_set import EvidenceSet

FOLDS = 5

PENALTY, PATH_PENALTY = 10.0, 0.1
"""Weights of the squares of the log odds, in images: of evidence, and of the features of the path alone."""

MIN_SPREAD = 1e-9
"""Standard deviation below which a feature is constant."""

PAYS = 1.02
"""Least ratio of what is accepted with evidence, and with the posterior alone, at the default target error."""

NEUTRAL_CONFIDENCE = 0.5
"""Clean readings above this confidence give the neutral features."""


@dataclass(frozen=True, eq=False)
class FittedEvidence:
    """A fitted model with its cross-fitted confidences.

    Attributes:
        model: Fitted on all readings; None where evidence does not pay, and the posterior is the confidence.
        confidences: (N,) of each reading, by a model of the other folds.
        log_loss: Weighted mean log loss of the posterior alone, and with evidence, nats.
    """

    model: EvidenceModel | None
    confidences: NDArray[np.float64]
    log_loss: tuple[float, float]


def fit_evidence(data: EvidenceSet) -> FittedEvidence:
    """Fit the model of all readings, and cross-fit the confidences.

    All pictures of a kind of negatives are in one fold: a confidence is that of a kind that the fit has not seen. The
    scale of the log odds is that of greatest likelihood on the cross-fitted ones. Evidence with which
    hardly more is accepted at the default target error is not kept.
    """
    weights = data.weights()
    folds = group_folds(data.groups, FOLDS)

    def fit(used: NDArray[np.bool_]) -> EvidenceModel:
        return fit_weights(data.features[used], data.right[used], weights[used])

    scores = np.zeros(len(data.right))
    for fold, model in crossfit(folds, fit):
        scores[fold] = _log_odds(model.confidences(data.features[fold]))
    scale, shift = fit_scale(scores, data.right, weights)
    model = _scaled(fit(np.ones(len(data.right), bool)), scale, shift)
    clean = data.right & (model.confidences(data.features) > NEUTRAL_CONFIDENCE)
    neutral = np.median(data.features[clean if clean.any() else data.right | True], axis=0)
    confidences = 1 / (1 + np.exp(-(scale * scores + shift)))
    losses = _log_loss(data.posterior, data.right, weights), _log_loss(confidences, data.right, weights)
    alone, beside = (_accepted(some, data.right, weights) for some in (data.posterior, confidences))
    if beside < PAYS * alone:
        return FittedEvidence(None, data.posterior, losses)
    return FittedEvidence(replace(model, neutral=neutral), confidences, losses)


def fit_weights(
    features: NDArray[np.float64], right: NDArray[np.bool_], weights: NDArray[np.float64]
) -> EvidenceModel:
    """Fit a logistic regression whose log odds rise and fall with the features as `SIGNS` says.

    The likelihood is weighted, the penalty ridge, and the signs are bounds of L-BFGS-B.
    """
    from scipy.optimize import minimize  # slow to import, and not needed to read

    center, spread = np.median(features, axis=0), features.std(axis=0)
    scale = np.where(spread > MIN_SPREAD, spread, 1.0)
    inputs = standardize(features, center, scale)
    penalty = np.array([PATH_PENALTY if name in OF_PATH else PENALTY for name in FEATURES])

    def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        score = values[0] + inputs @ values[1:]
        error = 1 / (1 + np.exp(-score)) - right
        cost = float(weights @ (np.logaddexp(0.0, score) - right * score))
        slope = np.append(weights @ error, (weights * error) @ inputs + penalty * values[1:])
        return cost + 0.5 * float(penalty @ values[1:] ** 2), slope

    bounds = [(-20.0, 20.0), *({1: (0.0, None), -1: (None, 0.0), 0: (None, None)}[sign] for sign in SIGNS)]
    found = minimize(loss, np.zeros(1 + len(SIGNS)), jac=True, method="L-BFGS-B", bounds=bounds)
    return EvidenceModel(float(found.x[0]), center, scale, found.x[1:], center)


def fit_scale(
    scores: NDArray[np.float64], right: NDArray[np.bool_], weights: NDArray[np.float64]
) -> tuple[float, float]:
    """Fit scale and shift of log odds by weighted likelihood (Platt scaling), by Newton's method.

    A weak prior keeps the scale near 1 where the answers are separable.
    """
    inputs = np.stack([scores, np.ones_like(scores)])
    prior = np.diag([1.0, 0.1])
    found = np.array([1.0, 0.0])
    for _ in range(50):
        rate = 1 / (1 + np.exp(-(found @ inputs)))
        slope = inputs @ (weights * (right - rate)) - prior @ (found - [1.0, 0.0])
        bend = (inputs * (weights * rate * (1 - rate))) @ inputs.T + prior
        step = np.linalg.solve(bend, slope)
        found = found + np.clip(step, -1.0, 1.0)
        if float(np.abs(step).max()) < 1e-9:
            break
    return max(0.05, float(found[0])), float(found[1])


def _accepted(
    confidences: NDArray[np.float64], right: NDArray[np.bool_], weights: NDArray[np.float64]
) -> float:
    """Return the weight of the right answers that are accepted at the default target error."""
    [limit, *_] = choose_thresholds(confidences, right, weights)[str(TARGET_ERROR)]
    return float(weights[right & (confidences >= limit)].sum())


def _log_loss(
    confidences: NDArray[np.float64], right: NDArray[np.bool_], weights: NDArray[np.float64]
) -> float:
    bounded = confidences.clip(PROBABILITY_FLOOR, 1 - PROBABILITY_FLOOR)
    return float(np.average(-np.log(np.where(right, bounded, 1 - bounded)), weights=weights))


def _scaled(model: EvidenceModel, scale: float, shift: float) -> EvidenceModel:
    return replace(model, baseline=scale * model.baseline + shift, weight=scale * model.weight)


def _log_odds(confidences: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.log(confidences) - np.log1p(-confidences)


def calibration_with(fitted: FittedEvidence, data: EvidenceSet) -> dict[str, Any]:
    """Return the entries of a model file's calibration: the model, thresholds, and how they were found.

    The thresholds hold for whole checks and for cut-out amounts. Without an evidence model those of strings of digits
    stay as they are: amounts of other grammars have at least the threshold of checks.
    """
    thresholds = choose_thresholds(fitted.confidences, data.right, data.weights())
    chosen = {"strings": len(data.right), "thresholds": thresholds}
    found: dict[str, Any] = {"check": chosen}
    if fitted.model is not None:
        exact = round(float(data.right[~data.negative].mean()), 4)
        found |= {**chosen, "exact": exact, "evidence": fitted.model.to_dict()}
        found["reliability"] = [
            [round(row.confidence, 4), row.count, row.right]
            for row in reliability(fitted.confidences, data.right, EDGES)
        ]
    return found | {"log_loss": [round(value, 4) for value in fitted.log_loss]}
