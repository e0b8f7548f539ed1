"""Two trained readers become one: exponents of their posteriors and joint thresholds, from strings new to both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from docreader.confidence.calibration import fit_calibration
from docreader.decoding.alphabet import DIGITS
from docreader.decoding.grammar import Grammar, load_grammar
from docreader.decoding.search import Hypothesis
from docreader.errors import ConfigurationError
from docreader.io.ground_truth import TruthColumn, read_corrections, read_ground_truth
from docreader.recognition.base import PreparedField
from docreader.recognition.cascade import MIN_HYPOTHESES, decode, needs_next_pass
from docreader.recognition.ensemble import multiply_posteriors
from docreader.recognition.hos import HosRecognizer
from docreader.recognition.sdnn import SdnnRecognizer
from docreader.training.reader.dataset import encode, load_image, spelled
from models.files import LoadedModel
from models.line_recognizers import LineRecognizer

WEIGHTS = tuple(
    (round(total * share, 2), round(total * (1 - share), 2))
    for total in (0.8, 1.0, 1.2, 1.5)
    for share in (0.4, 0.5, 0.6, 0.7, 0.8)
)
"""Exponents that are tried: how much both count together, and how much of that the first."""

BATCH = 64


def fit_pair(
    first: Sequence[Sequence[Hypothesis]],
    second: Sequence[Sequence[Hypothesis]],
    truths: Sequence[str],
    sure: float,
) -> dict[str, Any]:
    """Choose exponents and thresholds.

    Args:
        first: Answers of the first reader to each string, digits grammar.
        second: Those of the second.
        truths: The digits that are written.
        sure: The first's answer stands from this confidence on.

    Returns:
        See `docreader.confidence.calibration.fit_calibration`, with `weights`; and `asked`, the number of fields that
        the second reader read.
    """
    grammar = load_grammar("digits")
    confidences, right = [], []
    for weights in WEIGHTS:
        joined = [
            joined_answers(one, other, weights, sure, grammar)
            for one, other in zip(first, second, strict=True)
        ]
        confidences.append([found[0].posterior if found else 0.0 for found in joined])
        right.append(
            [bool(found) and found[0].text == truth for found, truth in zip(joined, truths, strict=True)]
        )
    found = fit_calibration(np.array(confidences), np.array(right), WEIGHTS, "weights")
    asked = sum(needs_next_pass(answers, sure) for answers in first)
    return found | {"weights": list(found["weights"]), "asked": asked}


def joined_answers(
    one: Sequence[Hypothesis],
    other: Sequence[Hypothesis],
    weights: Sequence[float],
    sure: float,
    grammar: Grammar,
) -> Sequence[Hypothesis]:
    """One list of the answers of two readers to a string; the first's alone where it is sure."""
    return (
        multiply_posteriors((one, other), weights, grammar, MIN_HYPOTHESES)
        if needs_next_pass(one, sure)
        else one
    )


def read_with_both(
    path: Path,
    first: LoadedModel,
    second: LoadedModel,
    *,
    corrections: Path | None = None,
    on_item: Callable[[int, int], None] | None = None,
) -> tuple[list[list[Hypothesis]], list[list[Hypothesis]], list[str]]:
    """What both readers say of all images of a labels.csv, with the digits grammar; and the digits that are there.

    Raises:
        ConfigurationError: The first does not score_padded, or the second does not cut.
        LabelsError: A label or an image cannot be used.
    """
    if not isinstance(first.module, LineRecognizer) or isinstance(second.module, LineRecognizer):
        raise ConfigurationError("a pair is a reader by sdnn, then one by hos")
    device = torch.device("cpu")
    recognizers: tuple[SdnnRecognizer, HosRecognizer] = (
        SdnnRecognizer(first, device),
        HosRecognizer(second, device),
    )
    items = read_ground_truth(path, TruthColumn.LABEL).items
    corrected = read_corrections(corrections, TruthColumn.LABEL) if corrections else {}
    answers: tuple[list[list[Hypothesis]], list[list[Hypothesis]]] = ([], [])
    truths = []
    grammar = load_grammar("digits")
    for start in range(0, len(items), BATCH):
        images = []
        for item in items[start : start + BATCH]:
            where = f"{path}, line {item.line}"
            truth = corrected[item.file].truth if item.file in corrected else item.truth
            truths.append("".join(c for c in spelled(encode(truth, where)[0]) if c in DIGITS))
            images.append(load_image(item, where))
            if on_item is not None:
                on_item(len(truths), len(items))
        answers[0].extend(_decode(recognizers[0], images, grammar))
        answers[1].extend(_decode(recognizers[1], images, grammar))
    return *answers, truths


@dataclass(frozen=True, eq=False)
class _CutOut:
    """A cut-out amount as the cascade takes it: one candidate."""

    prepared: Sequence[PreparedField]
    scores: Sequence[float] = (0.0,)
    currency_symbol: str | None = None


@torch.inference_mode()
def _decode(
    recognizer: SdnnRecognizer | HosRecognizer, images: Sequence[NDArray[np.uint8]], grammar: Grammar
) -> list[list[Hypothesis]]:
    """Decode cut-out amounts with one recognizer."""
    pages = [_CutOut([recognizer.prepare(image)]) for image in images]
    return decode(recognizer, pages, grammar, MIN_HYPOTHESES)
