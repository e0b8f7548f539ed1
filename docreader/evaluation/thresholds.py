"""Thresholds of a model from what it said about labeled images, for its calibration."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from docreader.confidence.calibration import choose_thresholds
from docreader.errors import LabelsError
from docreader.evaluation.comparison import Outcome
from docreader.pipeline.decision import is_rule_rejection
from models.files import LoadedModel, save_model

COLUMNS = ("read_confidence", "truth", "answer", "outcome", "read_reason")
"""What is needed of a predictions file."""


def read_predictions(paths: Sequence[Path]) -> tuple[np.ndarray, np.ndarray]:
    """Confidences and whether the answers are right, from files that `docreader evaluate --predictions` wrote.

    Args:
        paths: Files of different images: one, or one for each part of a cross-validation.

    Returns:
        (N,) confidences and (N,) whether right, of the images that have an answer that no rule refused: that one is
        accepted at no threshold.

    Raises:
        LabelsError: A file is no predictions file, or no image has such an answer.
    """
    confidences: list[float] = []
    right: list[bool] = []
    for path in paths:
        with path.open(encoding="utf-8", errors="surrogateescape", newline="") as stream:
            rows = csv.DictReader(stream)
            missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
            if missing:
                raise LabelsError(
                    f"{path} has no column '{missing[0]}': give a file that "
                    "'docreader evaluate --predictions' wrote"
                )
            for number, row in enumerate(rows, start=2):
                refused = is_rule_rejection(row["read_reason"] or None)
                if row["outcome"] == Outcome.FAILED or not row["answer"] or refused:
                    continue
                try:
                    confidences.append(float(row["read_confidence"]))
                except (TypeError, ValueError) as error:
                    raise LabelsError(f"{path}, line {number}: no confidence") from error
                # by the corrected label, where there is one
                right.append(row["answer"] == (row.get("corrected_truth") or row["truth"]))
    if not confidences:
        raise LabelsError(f"no image of {', '.join(map(str, paths))} has an answer")
    return np.array(confidences), np.array(right)


def calibrated(model: LoadedModel, field: str, confidences: np.ndarray, right: np.ndarray) -> LoadedModel:
    """The model with thresholds for what a picture shows.

    Args:
        model: A reader or recognizer.
        field: amount or check.
        confidences: (N,) of answers about images that the model has not learned.
        right: (N,) whether they are right.
    """
    found: dict[str, Any] = {
        "strings": len(right),
        "exact": round(float(right.mean()), 4),
        "thresholds": choose_thresholds(confidences, right),
    }
    calibration = dict(model.metadata.calibration or {})
    if field == "check":
        calibration["check"] = found
    else:
        # what a cross-fit says was said of the thresholds before
        calibration = {k: v for k, v in calibration.items() if k in ("temperature", "check")} | found
    return replace(model, metadata=replace(model.metadata, calibration=calibration))


def save_calibrated(model: LoadedModel, out: Path, *, half: bool = False) -> str:
    """Write the model to a file, in half precision on request or where it came so; its sha256."""
    halves = half or all(tensor.half().float().equal(tensor) for tensor in model.module.state_dict().values())
    return save_model(out, model.module, model.metadata, half=halves)
