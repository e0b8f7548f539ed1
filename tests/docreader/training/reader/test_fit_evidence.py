"""Fit of evidence models: penalized likelihood, signs of the features, and confidences on unseen kinds."""

from dataclasses import replace

import numpy as np
import pytest

from docreader.confidence.evidence import standardize
from docreader.confidence.features import FEATURES, OF_PATH, SIGNS
from docreader.training.reader.evidence_report import figures, worst_kinds
from docreader.training.reader.evidence_set import EvidenceSet
from docreader.training.reader.fit_evidence import (
    PATH_PENALTY,
    PENALTY,
    calibration_with,
    fit_evidence,
    fit_scale,
    fit_weights,
)

STROKE, POSTERIOR = FEATURES.index("stroke"), FEATURES.index("posterior")


@pytest.fixture
def data() -> EvidenceSet:
    """Clean amounts that the posterior orders, and negatives of six kinds that a stroke gives away."""
    rng = np.random.default_rng(7)
    features = rng.normal(size=(600, len(FEATURES)))
    negative = np.arange(600) >= 400
    features[:, STROKE] = np.where(negative, 3.0, 0.5) + 0.3 * rng.normal(size=600)
    right = ~negative & (features[:, POSTERIOR] + rng.normal(size=600) > -1)
    kinds = tuple(f"kind{n % 6}" if none else "amount" for n, none in enumerate(negative))
    groups = tuple(
        kind if none else f"file{n}" for n, (kind, none) in enumerate(zip(kinds, negative, strict=True))
    )
    posterior = 1 / (1 + np.exp(-features[:, POSTERIOR]))
    return EvidenceSet(features, posterior, right, negative, kinds, groups, 420, 240)


def test_negatives_weigh_a_share_of_all_pictures(data):
    weights = data.weights(0.25)
    assert weights[~data.negative].tolist() == [1.0] * 400
    # 420 amounts and 240 negatives, of which some have no answer
    assert weights[data.negative][0] * 240 == pytest.approx(420 / 3)


def test_the_fit_is_a_minimum_of_the_penalized_likelihood(data):
    model = fit_weights(data.features, data.right, np.ones(600))
    inputs = standardize(data.features, model.center, model.scale)
    penalty = np.array([PATH_PENALTY if name in OF_PATH else PENALTY for name in FEATURES])

    def loss(weight):
        score = model.baseline + inputs @ weight
        return np.logaddexp(0, np.where(data.right, -score, score)).sum() + penalty @ weight**2 / 2

    best = loss(model.weight)
    for column, sign in enumerate(SIGNS):
        for step in (-0.05, 0.05):
            other = model.weight.copy()
            other[column] += step
            if sign * other[column] >= 0:
                assert loss(other) > best - 1e-3


def test_more_evidence_never_raises_the_confidence(data):
    model = fit_weights(data.features, data.right, np.ones(600))
    rows = np.repeat(data.features[:50], 2, axis=0)
    for column, sign in enumerate(SIGNS):
        more = rows.copy()
        more[:, column] += 5.0
        change = model.confidences(more) - model.confidences(rows)
        assert (sign * change >= -1e-12).all()


def test_answers_that_are_all_right_give_a_finite_model(data):
    model = fit_weights(data.features[:20], np.ones(20, bool), np.ones(20))
    assert 0.9 < model.confidence(data.features[0]) < 1.0


def test_the_scale_makes_log_odds_honest():
    rng = np.random.default_rng(8)
    scores = rng.normal(0, 3, 4000)
    right = rng.random(4000) < 1 / (1 + np.exp(-(0.5 * scores - 1)))
    scale, shift = fit_scale(scores, right, np.ones(4000))
    assert (scale, shift) == (pytest.approx(0.5, abs=0.05), pytest.approx(-1, abs=0.1))


def test_evidence_is_fitted_and_reported_on_unseen_kinds(data):
    fitted = fit_evidence(data)
    assert fitted.model is not None
    assert fitted.confidences[data.right].mean() > 0.7
    assert fitted.confidences[data.negative].mean() < 0.4
    found = calibration_with(fitted, data)
    alone, beside = found["log_loss"]
    assert beside < alone
    assert found["check"]["thresholds"] == found["thresholds"]
    assert sum(count for _, count, _ in found["reliability"]) == 600
    table = figures(fitted, data, found["thresholds"])
    assert len(table) == 1 + len(found["thresholds"])
    assert worst_kinds(fitted, data, 0.0).count("/") == 6
    assert worst_kinds(fitted, data, 1.0) == ""
    assert abs(fitted.model.neutral[STROKE] - 0.5) < 0.2


def test_evidence_with_which_no_more_is_accepted_is_not_kept(data):
    data = replace(data, posterior=np.where(data.right, 0.999, 0.001))
    fitted = fit_evidence(data)
    assert fitted.model is None
    assert (fitted.confidences == data.posterior).all()
    found = calibration_with(fitted, data)
    assert "evidence" not in found
    assert "thresholds" not in found  # those of strings stay
    assert found["check"]["strings"] == len(data.right)
