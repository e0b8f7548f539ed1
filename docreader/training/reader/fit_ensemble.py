"""Fit of an ensemble: exponents of two readers' posteriors and the thresholds of their joint confidence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from docreader.confidence.calibration import fit_calibration
from docreader.decoding.grammar import Grammar, load_grammar
from docreader.decoding.search import Hypothesis
from docreader.errors import ConfigurationError
from docreader.io.ground_truth import TruthColumn, read_corrections, read_ground_truth
from docreader.recognition.base import PreparedField
from docreader.recognition.cascade import MIN_HYPOTHESES, decode, needs_next_pass
from docreader.recognition.ensemble import multiply_posteriors
from docreader.recognition.hos import HosRecognizer
from docreader.recognition.sdnn import SdnnRecognizer
from docreader.training.reader.calibration import digits_of
from docreader.training.reader.dataset import load_image
from docreader.training.reader.transcription import encode
from models.files import LoadedModel

WEIGHTS = tuple(
    (round(total * share, 2), round(total * (1 - share), 2))
    for total in (0.8, 1.0, 1.2, 1.5)
    for share in (0.4, 0.5, 0.6, 0.7, 0.8)
)
"""Candidate exponents of the first and the second posterior."""

BATCH_SIZE = 64


def fit_ensemble(
    first: Sequence[Sequence[Hypothesis]],
    second: Sequence[Sequence[Hypothesis]],
    truths: Sequence[str],
    defer_below: float,
) -> dict[str, Any]:
    """Fit exponents and thresholds.

    Args:
        first: Hypotheses of the first reader for each string, under the grammar `digits`.
        second: Hypotheses of the second reader.
        truths: Digits of each string.
        defer_below: Confidence of the first reader below which the second is used.

    Returns:
        Calibration, see `docreader.confidence.calibration.fit_calibration`, with `weights`; and `asked`, the number of
        strings deferred to the second reader.
    """
    grammar = load_grammar("digits")
    confidences, right = [], []
    for weights in WEIGHTS:
        combined = [
            combined_hypotheses(one, other, weights, defer_below, grammar)
            for one, other in zip(first, second, strict=True)
        ]
        confidences.append([found[0].posterior if found else 0.0 for found in combined])
        right.append(
            [bool(found) and found[0].text == truth for found, truth in zip(combined, truths, strict=True)]
        )
    found = fit_calibration(np.array(confidences), np.array(right), WEIGHTS, "weights")
    asked = sum(needs_next_pass(hypotheses, defer_below) for hypotheses in first)
    return found | {"weights": list(found["weights"]), "asked": asked}


def combined_hypotheses(
    first: Sequence[Hypothesis],
    second: Sequence[Hypothesis],
    weights: Sequence[float],
    defer_below: float,
    grammar: Grammar,
) -> Sequence[Hypothesis]:
    """Combine the hypotheses of two readers for a string; a confident first reader decides alone."""
    if not needs_next_pass(first, defer_below):
        return first
    return multiply_posteriors((first, second), weights, grammar, MIN_HYPOTHESES)


def decode_with_both(
    path: Path,
    first: LoadedModel,
    second: LoadedModel,
    *,
    corrections: Path | None = None,
    on_item: Callable[[int, int], None] | None = None,
) -> tuple[list[list[Hypothesis]], list[list[Hypothesis]], list[str]]:
    """Decode all images of a labels.csv with both readers, under the grammar `digits`.

    Returns:
        Hypotheses of the first and of the second reader, and the true digits.

    Raises:
        ConfigurationError: The first does not read by sdnn, or the second not by hos.
        LabelsError: A label or an image is invalid.
    """
    if (first.method, second.method) != ("sdnn", "hos"):
        raise ConfigurationError("an ensemble is a reader of --method sdnn, then one of --method hos")
    device = torch.device("cpu")
    sdnn, hos = SdnnRecognizer(first, device), HosRecognizer(second, device)
    items = read_ground_truth(path, TruthColumn.LABEL).items
    corrected = read_corrections(corrections, TruthColumn.LABEL) if corrections else {}
    hypotheses: tuple[list[list[Hypothesis]], list[list[Hypothesis]]] = ([], [])
    truths = []
    grammar = load_grammar("digits")
    for start in range(0, len(items), BATCH_SIZE):
        images = []
        for item in items[start : start + BATCH_SIZE]:
            where = f"{path}, line {item.line}"
            truth = corrected[item.file].truth if item.file in corrected else item.truth
            truths.append(digits_of(encode(truth, where)[0]))
            images.append(load_image(item, where))
            if on_item is not None:
                on_item(len(truths), len(items))
        hypotheses[0].extend(_decode(sdnn, images, grammar))
        hypotheses[1].extend(_decode(hos, images, grammar))
    return *hypotheses, truths


@dataclass(frozen=True, eq=False)
class _CutOutAmount:
    """Single candidate of the cascade."""

    prepared: Sequence[PreparedField]
    scores: Sequence[float] = (0.0,)
    currency_symbol: str | None = None
    has_ink: bool = True


@torch.inference_mode()
def _decode(
    recognizer: SdnnRecognizer | HosRecognizer, images: Sequence[NDArray[np.uint8]], grammar: Grammar
) -> list[list[Hypothesis]]:
    """Decode cut-out amounts with one recognizer."""
    amounts = [_CutOutAmount([recognizer.prepare(image)]) for image in images]
    return decode(recognizer, amounts, grammar, MIN_HYPOTHESES)
