"""One evaluation: what was read of which labels, and its metrics by the labels as they are and as corrected."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from docreader.evaluation.comparison import SampleResult, correct_labels
from docreader.evaluation.ground_truth import Correction, LabelSet
from docreader.evaluation.metrics import Metrics, compute_metrics, metrics_to_json, worst_mistakes
from docreader.io.records import ErrorRecord, Reading

MISTAKES = 20
"""How many of the confident mistakes are listed."""

READ_COLUMNS = (
    *("truth", "answer", "outcome", "corrected_truth", "corrected_outcome"),
    *(
        "read_text",
        "read_amount",
        "read_currency",
        "read_confidence",
        "read_decision",
        "read_reason",
        "error",
    ),
)
"""What the predictions file adds to the columns of labels.csv."""


@dataclass(frozen=True)
class Evaluation:
    """The outcome of `docreader evaluate`.

    Attributes:
        labels: The labels.
        results: Each image with what was read, by the labels as they are.
        corrections: Of wrong labels, by file.
        digits_only: Whether only digits were compared.
        options: How it was read, for the report.
        seconds: How long the reading took.
    """

    labels: LabelSet
    results: tuple[SampleResult, ...]
    corrections: Mapping[str, Correction]
    digits_only: bool
    options: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    @cached_property
    def corrected(self) -> tuple[SampleResult, ...]:
        """The images results by the corrected labels."""
        return tuple(
            correct_labels(self.results, self.corrections, self.labels.compare, digits_only=self.digits_only)
        )

    @cached_property
    def raw_metrics(self) -> Metrics:
        """Metrics by the labels as they are."""
        return compute_metrics(self.results)

    @cached_property
    def corrected_metrics(self) -> Metrics | None:
        """Metrics by the corrected labels, None without corrections."""
        return compute_metrics(self.corrected) if self.corrections else None

    @property
    def metrics(self) -> Metrics:
        """Metrics by the best labels there are."""
        return self.corrected_metrics or self.raw_metrics

    @property
    def mistakes(self) -> list[SampleResult]:
        """The most confident mistakes, by the best labels there are."""
        return worst_mistakes(self.corrected, MISTAKES)

    @property
    def failures(self) -> list[SampleResult]:
        """The images that could not be read."""
        return [item for item in self.results if not isinstance(item.record, Reading)]

    @property
    def applied(self) -> list[SampleResult]:
        """The images whose label was corrected."""
        return [item for item in self.corrected if item.reason is not None]


def to_json_dict(evaluation: Evaluation) -> dict[str, Any]:
    """The evaluation as JSON's types: what `evaluate --format json` prints."""
    model = next((item.record.model for item in evaluation.results if isinstance(item.record, Reading)), None)
    seconds = evaluation.seconds
    corrected = evaluation.corrected_metrics
    return {
        "labels": str(evaluation.labels.path),
        "compare": evaluation.labels.compare.value,
        "digits_only": evaluation.digits_only,
        "options": dict(evaluation.options),
        "model": None if model is None else asdict(model),
        "seconds": seconds,
        "images_per_second": len(evaluation.results) / seconds if seconds else None,
        "corrections_applied": len(evaluation.applied),
        "raw": metrics_to_json(evaluation.raw_metrics),
        "corrected": None if corrected is None else metrics_to_json(corrected),
        "mistakes": [
            {
                "file": item.item.file,
                "line": item.item.line,
                "truth": item.truth,
                "answer": item.answer,
                "confidence": item.confidence,
            }
            for item in evaluation.mistakes
        ],
        "failures": [
            {"file": item.item.file, "line": item.item.line, "error": error_of(item)}
            for item in evaluation.failures
        ],
    }


def error_of(item: SampleResult) -> str:
    """Why an image has no reading; empty where it has one."""
    if isinstance(item.record, ErrorRecord):
        return f"{item.record.error.type}: {item.record.error.message}"
    return f"the file has no page {item.item.page}" if item.record is None else ""


def write_predictions(evaluation: Evaluation, path: Path) -> None:
    """Write one row for each image: the columns of labels.csv as they were, and `READ_COLUMNS`."""
    columns = evaluation.labels.columns
    with path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow([*columns, *READ_COLUMNS])
        for item, corrected in zip(evaluation.results, evaluation.corrected, strict=True):
            rows.writerow([*(item.item.row[name] for name in columns), *_cells(item, corrected)])


def _cells(item: SampleResult, corrected: SampleResult) -> Sequence[object]:
    reading = item.record if isinstance(item.record, Reading) else None
    read = ["text", "amount", "currency", "confidence", "decision", "reason"]
    return [
        item.truth,
        item.answer,
        item.outcome.value,
        corrected.truth,
        corrected.outcome.value,
        *("" if reading is None else getattr(reading, name) for name in read),
        error_of(item),
    ]
