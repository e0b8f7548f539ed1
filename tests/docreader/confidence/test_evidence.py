"""Evidence models: plain numbers that survive a model file, and what they make of a reading."""

import json

import numpy as np
import pytest

from docreader.confidence.evidence import EvidenceModel, Judgment, evidence_model, rescaled
from docreader.confidence.features import FEATURES, REASON_OF, REASONS, SIGNS
from docreader.errors import ConfigurationError

STROKE, GAP = FEATURES.index("stroke"), FEATURES.index("widest_gap")


def two_trees() -> EvidenceModel:
    """Four nats less for a stroke above 2, one and a half less for a gap above 1; a clean amount has neither."""
    return EvidenceModel(
        baseline=3.0,
        roots=np.array([0, 3]),
        feature=np.array([STROKE, 0, 0, GAP, 0, 0]),
        threshold=np.array([2.0, 0, 0, 1.0, 0, 0]),
        left=np.array([1, 1, 2, 4, 4, 5]),
        right=np.array([2, 1, 2, 5, 4, 5]),
        value=np.array([0.0, 0.0, -4.0, 0.0, 0.0, -1.5]),
        neutral=np.zeros(len(FEATURES)),
    )


def row(stroke: float = 0.0, gap: float = 0.0) -> np.ndarray:
    features = np.zeros(len(FEATURES))
    features[[STROKE, GAP]] = stroke, gap
    return features


def sigmoid(score: float) -> float:
    return 1 / (1 + np.exp(-score))


@pytest.mark.parametrize(
    ("stroke", "gap", "score"),
    [(0, 0, 3.0), (2.0, 1.0, 3.0), (2.1, 0, -1.0), (0, 1.1, 1.5), (9, 9, -2.5)],
)
def test_the_confidence_is_the_sum_of_the_leaves(stroke, gap, score):
    assert two_trees().confidence(row(stroke, gap)) == pytest.approx(sigmoid(score))


def test_readings_are_judged_alike_one_by_one_and_together():
    rows = np.random.default_rng(3).uniform(0, 3, (20, len(FEATURES)))
    model = two_trees()
    assert model.confidences(rows).tolist() == pytest.approx([model.confidence(one) for one in rows])


def test_a_model_survives_json():
    model = two_trees()
    again = EvidenceModel.from_dict(json.loads(json.dumps(model.to_dict())))
    rows = np.random.default_rng(4).uniform(0, 3, (20, len(FEATURES)))
    assert again.confidences(rows).tolist() == pytest.approx(model.confidences(rows).tolist())
    assert again.neutral.tolist() == model.neutral.tolist()


def test_a_model_of_fewer_features_in_another_order_is_read():
    values = two_trees().to_dict() | {"features": ["widest_gap", "stroke"], "neutral": [0.5, 0.25]}
    values["feature"] = [1, 0, 0, 0, 0, 0]
    model = EvidenceModel.from_dict(values)
    assert model.confidence(row(stroke=9)) == pytest.approx(sigmoid(-1.0))
    assert (model.neutral[GAP], model.neutral[STROKE]) == (0.5, 0.25)


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
        {"left": [0, 1, 2, 4, 4, 5], "right": [1, 1, 2, 5, 4, 5]},
        {"right": [2, 1, 2, 99, 4, 5]},
        {"value": [0.0]},
        {"baseline": float("nan")},
        {"roots": None},
        {"threshold": ["a"] * 6},
    ],
)
def test_a_damaged_model_is_refused(change):
    with pytest.raises(ConfigurationError, match="calibrate the model again"):
        EvidenceModel.from_dict(two_trees().to_dict() | change)


def test_the_reason_is_the_evidence_that_decides():
    model = two_trees()
    unsure = 0.5  # a posterior that no threshold here accepts
    assert Judgment(model, row(stroke=3), unsure).reason(0.9) == "struck_out"
    assert Judgment(model, row(gap=3), unsure).reason(0.9) == "several_amounts"
    assert Judgment(model, row(stroke=3, gap=3), unsure).reason(0.8) == "struck_out"
    assert Judgment(model, row(stroke=3, gap=3), unsure).reason(0.9) is None
    assert Judgment(model, row(stroke=3), unsure).reason(0.99) is None


def test_evidence_is_the_reason_where_the_posterior_alone_is_sure():
    model = two_trees()
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
