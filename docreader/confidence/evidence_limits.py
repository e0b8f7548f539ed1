"""Reason of a rejected reading by its evidence: the measurement that is farthest beyond that of clean amounts.

The limits lie beyond all but one or two of 148 clean synthesized amounts of three digits or more. They give the reason
of a reading that its confidence rejects; they reject none.
"""

from collections.abc import Sequence
from typing import NamedTuple

from docreader.confidence.features import FEATURES, REASON_OF


class EvidenceLimit(NamedTuple):
    """Limit of a feature.

    Attributes:
        feature: Name in `docreader.confidence.features`.
        limit: Value beyond which no clean amount usually is.
        unit: Change that counts once, negative where less of the feature is the evidence.
        overrules: Whether the evidence is of the paper or a stroke, which tell more than that no amount stands there.
    """

    feature: str
    limit: float
    unit: float
    overrules: bool = False


LIMITS = (
    EvidenceLimit("joined", 0.9, 0.1, overrules=True),
    EvidenceLimit("filled_gaps", 0.9, 0.1),
    EvidenceLimit("fullest", 1.8, 0.3),
    EvidenceLimit("emptiest", 0.22, -0.1),
    EvidenceLimit("strength_least", 0.84, -0.06, overrules=True),
    EvidenceLimit("strength_spread", 0.14, 0.05),
    EvidenceLimit("paper_range", 0.18, 0.06, overrules=True),
    EvidenceLimit("ink_before", 0.2, 0.1),
    EvidenceLimit("ink_between", 0.2, 0.1),
    EvidenceLimit("ink_behind", 0.2, 0.1),
    EvidenceLimit("unread_marks", 0.5, 0.5),
    EvidenceLimit("widest_gap", 1.7, 0.5),
)

FEWEST_DIGITS = 3
"""Digits that a reading needs: two are often joined, and have no neighbors to compare them with."""


def evident_reason(features: Sequence[float], *, no_amount: bool) -> str | None:
    """Return the reason that the evidence gives for a rejection, None where it has none.

    Args:
        features: (len(FEATURES),) measurements of the reading.
        no_amount: Whether the branch without an amount is the likelier one, which only some evidence overrules.
    """
    found = dict(zip(FEATURES, features, strict=True))
    if found["digits"] < FEWEST_DIGITS:
        return None
    limits = [one for one in LIMITS if one.overrules or not no_amount]
    beyond = {one.feature: (found[one.feature] - one.limit) / one.unit for one in limits}
    strongest = max(beyond, key=lambda name: beyond[name])
    return REASON_OF[strongest] if beyond[strongest] > 0 else None
