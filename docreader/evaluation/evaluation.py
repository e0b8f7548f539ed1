"""One evaluation: readings of labeled images, metrics by the labels as given and as corrected."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from docreader.evaluation.comparison import SampleResult, compare, correct_labels
from docreader.evaluation.metrics import Metrics, compute_metrics, metrics_to_json, worst_mistakes
from docreader.io.ground_truth import Correction, GroundTruth
from docreader.io.records import ErrorRecord, Reading
from docreader.runtime.engine import Engine

MISTAKES = 20
"""Number of mistakes listed."""


@dataclass(frozen=True)
class Evaluation:
    """Result of `docreader evaluate`.

    Attributes:
        labels: The ground truth.
        results: Each image, compared with the labels as given.
        corrections: Corrections of labels by file name.
        digits_only: Whether only digits are compared.
        options: Settings of the reader, for the report.
        seconds: Duration of the reading.
    """

    labels: GroundTruth
    results: Sequence[SampleResult]
    corrections: Mapping[str, Correction] = field(default_factory=dict)
    digits_only: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    @cached_property
    def corrected(self) -> list[SampleResult]:
        """Each image, compared with the corrected labels."""
        return correct_labels(
            self.results, self.corrections, self.labels.column, digits_only=self.digits_only
        )

    @cached_property
    def raw_metrics(self) -> Metrics:
        """Metrics by the labels as given."""
        return compute_metrics(self.results)

    @cached_property
    def corrected_metrics(self) -> Metrics | None:
        """Metrics by the corrected labels; None without corrections."""
        return compute_metrics(self.corrected) if self.corrections else None

    @property
    def metrics(self) -> Metrics:
        """Metrics by the corrected labels if there are corrections, else by the labels as given."""
        return self.corrected_metrics or self.raw_metrics

    @property
    def mistakes(self) -> list[SampleResult]:
        """Most confident mistakes, by the corrected labels."""
        return worst_mistakes(self.corrected, MISTAKES)

    @property
    def failures(self) -> list[SampleResult]:
        """Images that could not be read."""
        return [result for result in self.results if not isinstance(result.record, Reading)]

    @property
    def applied(self) -> list[SampleResult]:
        """Images whose label was corrected."""
        return [result for result in self.corrected if result.reason is not None]


def evaluate(
    engine: Engine,
    labels: GroundTruth,
    *,
    digits_only: bool,
    corrections: Mapping[str, Correction] | None = None,
    options: Mapping[str, Any] | None = None,
    limit: int | None = None,
    on_image: Callable[[], None] = lambda: None,
) -> Evaluation:
    """Read labeled images and compare the readings with the ground truth.

    Args:
        engine: Engine with a reader.
        labels: The ground truth.
        digits_only: Whether to compare only the digits of text and label.
        corrections: Corrections of labels by file name.
        options: Settings of the reader, for the report.
        limit: Number of images to read, from the first; None for all.
        on_image: Called after each image.
    """
    items = labels.items[:limit]
    results = []
    with closing(engine.run(str(item.path) for item in items)) as readings:
        started = time.perf_counter()
        for item, reading in zip(items, readings, strict=True):
            results.append(compare(item, reading.records, labels.column, digits_only=digits_only))
            on_image()
        seconds = time.perf_counter() - started
    return Evaluation(labels, results, corrections or {}, digits_only, options or {}, seconds)


def evaluation_to_json(evaluation: Evaluation) -> dict[str, Any]:
    """Convert an evaluation to JSON types."""
    readings = (result.record for result in evaluation.results if isinstance(result.record, Reading))
    model = next((reading.model for reading in readings), None)
    seconds = evaluation.seconds
    corrected = evaluation.corrected_metrics
    return {
        "labels": str(evaluation.labels.path),
        "compare": evaluation.labels.column.value,
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
                "file": result.item.file,
                "line": result.item.line,
                "truth": result.truth,
                "answer": result.answer,
                "confidence": result.confidence,
            }
            for result in evaluation.mistakes
        ],
        "failures": [
            {"file": result.item.file, "line": result.item.line, "error": error_of(result)}
            for result in evaluation.failures
        ],
    }


def error_of(result: SampleResult) -> str:
    """Return the error of an image that could not be read; empty for a reading."""
    if isinstance(result.record, ErrorRecord):
        return f"{result.record.error.type}: {result.record.error.message}"
    return f"the file has no page {result.item.page}" if result.record is None else ""
