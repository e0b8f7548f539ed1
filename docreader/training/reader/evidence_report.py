"""Figures of a fitted evidence model on kinds of pictures that its folds have not seen."""

from collections import defaultdict

from docreader.training.reader.evidence_set import EvidenceSet
from docreader.training.reader.fit_evidence import FittedEvidence


def figures(fitted: FittedEvidence, data: EvidenceSet, thresholds: dict[str, list[float]]) -> list[str]:
    """Return a table: amounts accepted at each threshold, those of them wrong, and negatives accepted.

    Fractions are of all pictures, those without an answer and those refused by a rule included.
    """
    lines = [f"{'error':>7} {'threshold':>10} {'accepted':>9} {'wrong':>7} {'negatives':>10}"]
    for target, (limit, *_) in thresholds.items():
        taken = fitted.confidences >= limit
        clean = taken & ~data.negative
        accepted, wrong = int(clean.sum()), int((clean & ~data.right).sum())
        negatives = int((taken & data.negative).sum()) / max(1, data.negatives)
        lines.append(
            f"{float(target):7.1%} {limit:10.4f} {accepted / max(1, data.amounts):9.1%} "
            f"{wrong / max(1, accepted):7.2%} {negatives:10.2%}"
        )
    return lines


def worst_kinds(fitted: FittedEvidence, data: EvidenceSet, limit: float, count: int = 15) -> str:
    """Return the kinds of negatives that are accepted most, with the number accepted and that of answers."""
    taken: dict[str, list[bool]] = defaultdict(list)
    for kind, none, one in zip(data.kinds, data.negative, fitted.confidences >= limit, strict=True):
        if none:
            taken[kind].append(bool(one))
    ranked = sorted(taken.items(), key=lambda item: (-sum(item[1]) / len(item[1]), item[0]))
    return ", ".join(f"{kind} {sum(some)}/{len(some)}" for kind, some in ranked[:count] if any(some))
