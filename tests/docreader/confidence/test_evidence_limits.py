"""The reason of a rejection is the evidence that is farthest beyond clean amounts."""

import pytest

from docreader.confidence.evidence_limits import LIMITS, evident_reason
from docreader.confidence.features import FEATURES, REASON_OF


def row(**values):
    """Features of a clean amount of five digits, with other values."""
    clean = {"digits": 5.0, "emptiest": 0.8, "strength_least": 0.96, "joined": 0.2, **values}
    return [clean.get(name, 0.0) for name in FEATURES]


def test_clean_features_give_no_reason():
    assert evident_reason(row(), no_amount=False) is None
    assert evident_reason(row(), no_amount=True) is None


@pytest.mark.parametrize("one", LIMITS, ids=lambda one: one.feature)
def test_each_feature_beyond_its_limit_gives_its_reason(one):
    beyond, within = (row(**{one.feature: one.limit + sign * one.unit / 2}) for sign in (1, -1))
    assert evident_reason(beyond, no_amount=False) == REASON_OF[one.feature]
    assert evident_reason(within, no_amount=False) is None
    assert (evident_reason(beyond, no_amount=True) is not None) == one.overrules


def test_the_strongest_evidence_counts():
    assert evident_reason(row(joined=1.0, paper_range=0.5), no_amount=False) == "uneven_light"
    assert evident_reason(row(joined=1.0, paper_range=0.19), no_amount=False) == "struck_out"


def test_two_digits_may_be_joined():
    assert evident_reason(row(joined=1.0, digits=2.0), no_amount=False) is None
