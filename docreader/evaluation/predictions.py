"""CSV files of predictions: written by an evaluation, read to choose thresholds."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docreader.errors import LabelsError
from docreader.evaluation.comparison import Outcome, SampleResult
from docreader.evaluation.evaluation import Evaluation, error_of
from docreader.io.records import Reading
from docreader.pipeline.decision import is_rule_rejection

READING_COLUMNS = ("text", "amount", "currency", "confidence", "decision", "reason")
"""Attributes of a reading in the file, each with the prefix `read_`."""

ADDED_COLUMNS = (
    *("truth", "answer", "outcome", "corrected_truth", "corrected_outcome"),
    *(f"read_{name}" for name in READING_COLUMNS),
    "error",
)
"""Columns added to those of labels.csv."""

NEEDED_COLUMNS = ("read_confidence", "truth", "answer", "outcome", "read_reason")
"""Columns needed to choose thresholds."""


def write_predictions(evaluation: Evaluation, path: Path) -> None:
    """Write one row for each image: the columns of labels.csv unchanged, and `ADDED_COLUMNS`."""
    columns = evaluation.labels.columns
    with path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow([*columns, *ADDED_COLUMNS])
        for result, corrected in zip(evaluation.results, evaluation.corrected, strict=True):
            rows.writerow([*(result.item.row[name] for name in columns), *_cells(result, corrected)])


def _cells(result: SampleResult, corrected: SampleResult) -> list[object]:
    reading = result.record if isinstance(result.record, Reading) else None
    return [
        result.truth,
        result.answer,
        result.outcome.value,
        corrected.truth,
        corrected.outcome.value,
        *("" if reading is None else getattr(reading, name) for name in READING_COLUMNS),
        error_of(result),
    ]


def read_predictions(paths: Sequence[Path]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Read the predictions of answers that some threshold accepts.

    Args:
        paths: Files of different images, such as one for each part of a cross-validation.

    Returns:
        (N,) confidences and (N,) whether the answer is right, by the corrected label if there is one. Images without
        an answer, and answers that a rule rejected, are left out.

    Raises:
        LabelsError: A file has other columns, or no image has such an answer.
    """
    confidences: list[float] = []
    right: list[bool] = []
    for path in paths:
        with path.open(encoding="utf-8", errors="surrogateescape", newline="") as stream:
            rows = csv.DictReader(stream)
            missing = [name for name in NEEDED_COLUMNS if name not in (rows.fieldnames or ())]
            if missing:
                raise LabelsError(
                    f"{path} has no column '{missing[0]}': give a file that "
                    "'docreader evaluate --predictions' wrote"
                )
            for number, row in enumerate(rows, start=2):
                rejected = is_rule_rejection(row["read_reason"] or None)
                if row["outcome"] == Outcome.FAILED or not row["answer"] or rejected:
                    continue
                try:
                    confidences.append(float(row["read_confidence"]))
                except (TypeError, ValueError) as error:
                    raise LabelsError(f"{path}, line {number}: no confidence") from error
                right.append(row["answer"] == (row.get("corrected_truth") or row["truth"]))
    if not confidences:
        raise LabelsError(f"no image of {', '.join(map(str, paths))} has an answer")
    return np.array(confidences), np.array(right)
