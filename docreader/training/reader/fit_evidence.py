"""Fit of an evidence model: monotonic boosted trees, cross-fitted by kind of picture, and acceptance thresholds."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docreader.confidence.calibration import EDGES, choose_thresholds
from docreader.confidence.crossfit import crossfit, group_folds
from docreader.confidence.evidence import EvidenceModel
from docreader.confidence.features import FEATURES, SIGNS
from docreader.confidence.metrics import calibration_metrics, reliability
from docreader.errors import MissingExtraError
from docreader.training.reader.evidence_set import EvidenceSet

FOLDS = 5

TREES: dict[str, Any] = {
    "max_iter": 160,
    "learning_rate": 0.08,
    "max_leaf_nodes": 10,
    "min_samples_leaf": 20,
    "l2_regularization": 5.0,
    "early_stopping": False,
    "random_state": 0,
}
"""Settings of scikit-learn's HistGradientBoostingClassifier."""

NEUTRAL_CONFIDENCE = 0.5
"""Clean readings above this confidence give the neutral features."""


@dataclass(frozen=True, eq=False)
class FittedEvidence:
    """A fitted model with its cross-fitted confidences.

    Attributes:
        model: Fitted on all readings.
        confidences: (N,) of each reading by a model of the other folds.
    """

    model: EvidenceModel
    confidences: NDArray[np.float64]


def fit_evidence(data: EvidenceSet) -> FittedEvidence:
    """Fit the model of all readings, and cross-fit the confidences.

    All pictures of a kind of negatives are in one fold: a confidence is that of a kind that the fit has not seen. The
    scale of the log odds is that of greatest likelihood on the cross-fitted ones.

    Raises:
        MissingExtraError: scikit-learn is not installed.
    """
    weights = data.weights()
    folds = group_folds(data.groups, FOLDS)

    def fit(used: NDArray[np.bool_]) -> EvidenceModel:
        return fit_trees(data.features[used], data.right[used], weights[used])

    scores = np.zeros(len(data.right))
    for fold, model in crossfit(folds, fit):
        scores[fold] = _log_odds(model.confidences(data.features[fold]))
    scale, shift = fit_scale(scores, data.right, weights)
    model = _scaled(fit(np.ones(len(data.right), bool)), scale, shift)
    clean = data.right & (model.confidences(data.features) > NEUTRAL_CONFIDENCE)
    neutral = np.median(data.features[clean if clean.any() else data.right | True], axis=0)
    return FittedEvidence(replace(model, neutral=neutral), 1 / (1 + np.exp(-(scale * scores + shift))))


def fit_trees(
    features: NDArray[np.float64], right: NDArray[np.bool_], weights: NDArray[np.float64]
) -> EvidenceModel:
    """Fit boosted trees that rise and fall with the features as `SIGNS` says.

    Raises:
        MissingExtraError: scikit-learn is not installed.
    """
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier
    except ImportError as error:
        raise MissingExtraError(
            "an evidence model is fitted with scikit-learn: pip install 'docreader[evidence]'"
        ) from error
    if right.all() or not right.any():
        rate = (right.sum() + 0.5) / (len(right) + 1)
        return EvidenceModel.constant(float(np.log(rate / (1 - rate))))
    fitted = HistGradientBoostingClassifier(**TREES, monotonic_cst=list(SIGNS)).fit(
        features, right, sample_weight=weights / weights.mean()
    )
    return _plain(fitted)


def _plain(fitted: Any) -> EvidenceModel:
    """Copy the trees of scikit-learn's classifier to plain numbers."""
    parts: dict[str, list[NDArray[Any]]] = defaultdict(list)
    roots, start = [], 0
    for [tree] in fitted._predictors:
        nodes = tree.nodes
        here = start + np.arange(len(nodes))
        leaf = nodes["is_leaf"].astype(bool)
        parts["feature"].append(np.where(leaf, 0, nodes["feature_idx"]).astype(np.int64))
        parts["threshold"].append(np.where(leaf, 0.0, nodes["num_threshold"]))
        parts["left"].append(np.where(leaf, here, start + nodes["left"].astype(np.int64)))
        parts["right"].append(np.where(leaf, here, start + nodes["right"].astype(np.int64)))
        parts["value"].append(np.where(leaf, nodes["value"], 0.0))
        roots.append(start)
        start += len(nodes)
    joined = {name: np.concatenate(some) for name, some in parts.items()}
    baseline = float(np.ravel(fitted._baseline_prediction)[0])
    return EvidenceModel(
        baseline=baseline, roots=np.array(roots, np.int64), neutral=np.zeros(len(FEATURES)), **joined
    )


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


def _scaled(model: EvidenceModel, scale: float, shift: float) -> EvidenceModel:
    return replace(model, baseline=scale * model.baseline + shift, value=scale * model.value)


def _log_odds(confidences: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.log(confidences) - np.log1p(-confidences)


def calibration_with(fitted: FittedEvidence, data: EvidenceSet) -> dict[str, Any]:
    """Return the entries of a model file's calibration: the model, thresholds, and how they were found.

    The thresholds hold for cut-out amounts and for whole checks.
    """
    weights = data.weights()
    thresholds = choose_thresholds(fitted.confidences, data.right, weights)
    with_evidence = calibration_metrics(fitted.confidences, data.right)
    alone = calibration_metrics(data.posterior, data.right)
    assert with_evidence is not None  # there are answers
    assert alone is not None
    chosen = {"strings": len(data.right), "thresholds": thresholds}
    return {
        **chosen,
        "exact": round(float(data.right[~data.negative].mean()), 4),
        "check": chosen,
        "evidence": fitted.model.to_dict(),
        "log_loss": [round(alone.log_loss, 4), round(with_evidence.log_loss, 4)],
        "reliability": [
            [round(row.confidence, 4), row.count, row.right]
            for row in reliability(fitted.confidences, data.right, EDGES)
        ],
    }
