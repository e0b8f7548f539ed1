"""Comparison of readings with the ground truth, image by image."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from docreader.decoding.alphabet import DIGITS
from docreader.io.ground_truth import Correction, LabeledImage, TruthColumn, normalize_amount
from docreader.io.records import ErrorRecord, Reading, Record
from docreader.pipeline.decision import is_rule_rejection

FIELD_FOUND_IOU = 0.5
"""Least intersection over union of a located field with the labeled one."""


class Outcome(StrEnum):
    """Outcome of an image; each has exactly one."""

    RIGHT = "right"
    WRONG = "wrong"
    REJECTED = "rejected"
    FAILED = "failed"


@dataclass(frozen=True)
class SampleResult:
    """Labeled image with its reading.

    Attributes:
        item: The labeled image.
        truth: True string or amount, in the form of `answer`.
        answer: String or amount read; empty without one.
        record: Reading or error; None if the file has no such page.
        reason: Reason for the correction of the label, if it was corrected.
    """

    item: LabeledImage
    truth: str
    answer: str
    record: Record | None
    reason: str | None = None

    @property
    def confidence(self) -> float:
        """Posterior of the answer; 0 without one."""
        return self.record.confidence if isinstance(self.record, Reading) else 0.0

    @property
    def correct(self) -> bool:
        """Whether the answer is right, accepted or not."""
        return self.answer == self.truth

    @property
    def field_found(self) -> bool | None:
        """Whether the located field overlaps the labeled one by `FIELD_FOUND_IOU`; None without a labeled one."""
        labeled = self.item.field_box
        if labeled is None:
            return None
        found = self.record.bbox if isinstance(self.record, Reading) else None
        return found is not None and found.iou(labeled) >= FIELD_FOUND_IOU

    @property
    def answered(self) -> bool:
        """Whether there is an answer."""
        return bool(self.answer)

    @property
    def acceptable(self) -> bool:
        """Whether some threshold accepts the answer: no rule rejects it."""
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


def compare(
    item: LabeledImage, records: Sequence[Record], column: TruthColumn, *, digits_only: bool
) -> SampleResult:
    """Compare the most confident reading of the labeled page with the ground truth.

    Args:
        item: The labeled image.
        records: All records of its file.
        column: Column of the truth.
        digits_only: Whether to compare only the digits of text and label.
    """
    truth = _comparable(item.truth, column, digits_only)
    readings = [record for record in records if isinstance(record, Reading) and record.page == item.page]
    if not readings:
        errors = (record for record in records if isinstance(record, ErrorRecord))
        error = next((record for record in errors if record.page in (None, item.page)), None)
        return SampleResult(item, truth, "", error)
    best = max(readings, key=lambda reading: reading.confidence)
    return SampleResult(item, truth, _answer(best, column, digits_only), best)


def correct_labels(
    results: Sequence[SampleResult],
    corrections: Mapping[str, Correction],
    column: TruthColumn,
    *,
    digits_only: bool,
) -> list[SampleResult]:
    """Compare the same readings with the corrected labels.

    Args:
        results: Comparison with the labels as given.
        corrections: Corrections by file name.
        column: Column of the truth.
        digits_only: Whether only the digits are compared.
    """
    return [
        result
        if (correction := corrections.get(result.item.file)) is None
        else replace(
            result, truth=_comparable(correction.truth, column, digits_only), reason=correction.reason
        )
        for result in results
    ]


def _answer(reading: Reading, column: TruthColumn, digits_only: bool) -> str:
    if column is TruthColumn.AMOUNT:
        return "" if reading.amount is None else normalize_amount(Decimal(reading.amount))
    return _comparable(reading.text, column, digits_only)


def _comparable(text: str, column: TruthColumn, digits_only: bool) -> str:
    if digits_only and column is TruthColumn.LABEL:
        return "".join(character for character in text if character in DIGITS)
    return text
