"""Evidence models: plain numbers that survive a model file, and what they make of a reading."""

import json

import numpy as np
import pytest

from docreader.confidence.evidence import EvidenceModel, Judgment, evidence_model, rescaled
from docreader.confidence.features import FEATURES, REASON_OF, REASONS, SIGNS
from docreader.errors import ConfigurationError

STROKE, GAP = FEATURES.index("stroke"), FEATURES.index("widest_gap")


def toy() -> EvidenceModel:
    """Log odds 3 of a clean amount; two nats less for each height of a stroke beyond 1, one less for a gap of 1."""
    weight = np.zeros(len(FEATURES))
    weight[[STROKE, GAP]] = -1.0, -1.0
    scale = np.ones(len(FEATURES))
    scale[STROKE] = 0.5
    center = np.zeros(len(FEATURES))
    center[STROKE] = 1.0
    return EvidenceModel(3.0, center, scale, weight, center)


def row(stroke: float = 1.0, gap: float = 0.0) -> np.ndarray:
    features = np.zeros(len(FEATURES))
    features[[STROKE, GAP]] = stroke, gap
    return features


def sigmoid(score: float) -> float:
    return 1 / (1 + np.exp(-score))


@pytest.mark.parametrize(
    ("stroke", "gap", "score"),
    [(1, 0, 3.0), (2, 0, 1.0), (0, 0, 5.0), (1, 3, 0.0), (2, 3, -2.0), (9, 9, -5.0)],
)
def test_the_confidence_is_a_sum_of_log_odds_within_bounds(stroke, gap, score):
    assert toy().confidence(row(stroke, gap)) == pytest.approx(sigmoid(score))


def test_readings_are_judged_alike_one_by_one_and_together():
    rows = np.random.default_rng(3).uniform(0, 3, (20, len(FEATURES)))
    model = toy()
    assert model.confidences(rows).tolist() == pytest.approx([model.confidence(one) for one in rows])


def test_a_model_survives_json():
    model = toy()
    again = EvidenceModel.from_dict(json.loads(json.dumps(model.to_dict())))
    rows = np.random.default_rng(4).uniform(0, 3, (20, len(FEATURES)))
    assert again.confidences(rows).tolist() == pytest.approx(model.confidences(rows).tolist())
    assert again.neutral.tolist() == model.neutral.tolist()


def test_a_model_of_fewer_features_in_another_order_is_read():
    few = {"center": [0.0, 1.0], "scale": [1.0, 0.5], "weight": [-1.0, -1.0], "neutral": [0.25, 1.0]}
    model = EvidenceModel.from_dict({"features": ["widest_gap", "stroke"], "baseline": 3.0} | few)
    assert model.confidence(row(stroke=2)) == pytest.approx(sigmoid(1.0))
    assert (model.neutral[GAP], model.neutral[STROKE]) == (0.25, 1.0)


def test_a_constant_model_survives_json():
    model = EvidenceModel.from_dict(EvidenceModel.constant(0.5).to_dict())
    assert model.confidence(row()) == pytest.approx(sigmoid(0.5))


def test_model_files_without_evidence_have_no_model():
    assert evidence_model(None) is None
    assert evidence_model({"temperature": 1.2, "thresholds": {}}) is None


@pytest.mark.parametrize(
    "change",
    [
        {"features": ["posterior", "phase_of_the_moon"]},
        {"features": ["posterior"] * len(FEATURES)},
        {"weight": [0.0]},
        {"baseline": float("nan")},
        {"scale": [0.0] * len(FEATURES)},
        {"neutral": None},
        {"center": ["a"] * len(FEATURES)},
    ],
)
def test_a_damaged_model_is_refused(change):
    with pytest.raises(ConfigurationError, match="calibrate the model again"):
        EvidenceModel.from_dict(toy().to_dict() | change)


def test_the_reason_is_the_evidence_that_decides():
    model = toy()
    unsure = 0.5  # a posterior that no threshold here accepts
    assert Judgment(model, row(stroke=3), unsure).reason(0.9) == "struck_out"
    assert Judgment(model, row(gap=3), unsure).reason(0.9) == "several_amounts"
    assert Judgment(model, row(stroke=3, gap=1), unsure).reason(0.8) == "struck_out"
    assert Judgment(model, row(stroke=3, gap=3), unsure).reason(0.9) is None
    assert Judgment(model, row(stroke=3), unsure).reason(0.99) is None


def test_evidence_is_the_reason_where_the_posterior_alone_is_sure():
    model = toy()
    assert Judgment(model, row(stroke=3, gap=3), 0.95).reason(0.9) == "struck_out"
    assert Judgment(model, row(), 0.995).reason(0.99) is None


def test_every_feature_has_a_sign_and_a_known_reason():
    assert len(set(FEATURES)) == len(FEATURES) == len(SIGNS)
    assert set(SIGNS) <= {-1, 0, 1}
    assert set(REASON_OF) <= set(FEATURES)
    assert set(REASONS) == set(REASON_OF.values())


@pytest.mark.parametrize("confidence", [0.001, 0.3, 0.6, 0.61, 0.999])
def test_alternatives_stay_in_order_and_below_the_first(confidence):
    scaled = rescaled([0.6, 0.3, 0.08], confidence)
    assert scaled[0] == confidence
    assert scaled == sorted(scaled, reverse=True)
    assert sum(scaled) <= 1 + 1e-9
