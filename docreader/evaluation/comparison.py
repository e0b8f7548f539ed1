"""Sets what was read beside what is true, image by image."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from docreader.evaluation.ground_truth import Compare, Correction, Labeled, field_box, plain_amount
from docreader.io.records import Box, ErrorRecord, Reading, Record
from docreader.pipeline.decision import is_rule_rejection

FIELD_FOUND_IOU = 0.5
"""Overlap with the labeled field (intersection over union) of a field that was found."""


class Outcome(StrEnum):
    """What became of an image; each has exactly one outcome."""

    RIGHT = "right"
    WRONG = "wrong"
    REJECTED = "rejected"
    FAILED = "failed"


@dataclass(frozen=True)
class SampleResult:
    """One labeled image with what was read.

    Attributes:
        item: The image and its label.
        truth: The right answer, in the form in which answers are compared.
        answer: What was read, in the same form; empty where nothing was.
        record: The reading or the error; None where the page was not even there.
        reason: Of the correction, where the label was corrected.
    """

    item: Labeled
    truth: str
    answer: str
    record: Record | None
    reason: str | None = None

    @property
    def confidence(self) -> float:
        """Posterior of the answer, 0 where there is none."""
        return self.record.confidence if isinstance(self.record, Reading) else 0.0

    @property
    def correct(self) -> bool:
        """Whether the answer is right, accepted or not."""
        return self.answer == self.truth

    @property
    def field_found(self) -> bool | None:
        """Whether the field that was read overlaps the labeled one by half of their union, None without a label."""
        wanted = field_box(self.item)
        if wanted is None:
            return None
        found = self.record.bbox if isinstance(self.record, Reading) else None
        return found is not None and overlap(found, wanted) >= FIELD_FOUND_IOU

    @property
    def answered(self) -> bool:
        """Whether there is an answer."""
        return bool(self.answer)

    @property
    def acceptable(self) -> bool:
        """Whether there is an answer that some threshold would accept: one that no rule refuses."""
        return (
            self.answered and isinstance(self.record, Reading) and not is_rule_rejection(self.record.reason)
        )

    @property
    def outcome(self) -> Outcome:
        """Right, wrong, rejected or failed."""
        if not isinstance(self.record, Reading):
            return Outcome.FAILED
        if not self.record.accepted:
            return Outcome.REJECTED
        return Outcome.RIGHT if self.correct else Outcome.WRONG


def overlap(one: Box, two: Box) -> float:
    """Intersection over union."""
    across = min(one[0] + one[2], two[0] + two[2]) - max(one[0], two[0])
    down = min(one[1] + one[3], two[1] + two[3]) - max(one[1], two[1])
    shared = max(0.0, across) * max(0.0, down)
    return shared / (one[2] * one[3] + two[2] * two[3] - shared)


def judge(item: Labeled, records: Sequence[Record], compare: Compare, *, digits_only: bool) -> SampleResult:
    """Compare the reading of the labeled page with the truth.

    Of several readings of a page the most confident counts.

    Args:
        item: The label.
        records: All records of its file.
        compare: What is compared.
        digits_only: Compare the digits of text and label alone, as the grammar `digits` reads them.
    """
    truth = _comparable(item.truth, compare, digits_only)
    readings = [record for record in records if isinstance(record, Reading) and record.page == item.page]
    if not readings:
        errors = (record for record in records if isinstance(record, ErrorRecord))
        error = next((record for record in errors if record.page in (None, item.page)), None)
        return SampleResult(item, truth, "", error)
    best = max(readings, key=lambda reading: reading.confidence)
    return SampleResult(item, truth, _answer(best, compare, digits_only), best)


def correct_labels(
    judged: Sequence[SampleResult],
    corrections: Mapping[str, Correction],
    compare: Compare,
    *,
    digits_only: bool,
) -> list[SampleResult]:
    """The same readings, judged by the corrected labels."""
    return [
        item
        if (correction := corrections.get(item.item.file)) is None
        else replace(
            item, truth=_comparable(correction.truth, compare, digits_only), reason=correction.reason
        )
        for item in judged
    ]


def _answer(reading: Reading, compare: Compare, digits_only: bool) -> str:
    if compare is Compare.AMOUNT:
        return "" if reading.amount is None else plain_amount(Decimal(reading.amount))
    return _comparable(reading.text, compare, digits_only)


def _comparable(text: str, compare: Compare, digits_only: bool) -> str:
    return _digits(text) if digits_only and compare is Compare.LABEL else text


def _digits(text: str) -> str:
    return "".join(character for character in text if character in "0123456789")
