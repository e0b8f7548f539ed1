"""Fit of evidence models: the plain trees are those of the fit, and what is held out stays held out."""

import numpy as np
import pytest

from docreader.confidence.features import FEATURES, SIGNS
from docreader.training.reader.evidence_report import figures, worst_kinds
from docreader.training.reader.evidence_set import EvidenceSet
from docreader.training.reader.fit_evidence import calibration_with, fit_evidence, fit_scale, fit_trees

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


def test_trees_are_those_of_the_fit(data):
    ensemble = pytest.importorskip("sklearn.ensemble")
    from docreader.training.reader.fit_evidence import TREES

    model = fit_trees(data.features, data.right, np.ones(600))
    fitted = ensemble.HistGradientBoostingClassifier(**TREES, monotonic_cst=list(SIGNS))
    fitted.fit(data.features, data.right, sample_weight=np.ones(600))
    expected = fitted.predict_proba(data.features)[:, 1]
    assert model.confidences(data.features).tolist() == pytest.approx(expected.tolist(), abs=2e-6)


def test_more_evidence_never_raises_the_confidence(data):
    pytest.importorskip("sklearn")
    model = fit_trees(data.features, data.right, np.ones(600))
    rows = np.repeat(data.features[:50], 2, axis=0)
    for column, sign in enumerate(SIGNS):
        more = rows.copy()
        more[:, column] += 5.0
        change = model.confidences(more) - model.confidences(rows)
        assert (sign * change >= -1e-12).all()


def test_answers_of_one_kind_give_a_constant(data):
    pytest.importorskip("sklearn")
    model = fit_trees(data.features[:20], np.ones(20, bool), np.ones(20))
    assert model.confidence(data.features[0]) == pytest.approx(20.5 / 21)


def test_the_scale_makes_log_odds_honest():
    rng = np.random.default_rng(8)
    scores = rng.normal(0, 3, 4000)
    right = rng.random(4000) < 1 / (1 + np.exp(-(0.5 * scores - 1)))
    scale, shift = fit_scale(scores, right, np.ones(4000))
    assert (scale, shift) == (pytest.approx(0.5, abs=0.05), pytest.approx(-1, abs=0.1))


def test_evidence_is_fitted_and_reported_on_unseen_kinds(data):
    pytest.importorskip("sklearn")
    fitted = fit_evidence(data)
    assert fitted.confidences[data.right].mean() > 0.7
    assert fitted.confidences[data.negative].mean() < 0.15
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
