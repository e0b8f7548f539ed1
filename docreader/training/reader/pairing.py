"""Two trained readers become one: exponents of their posteriors and joint thresholds, from strings new to both."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from docreader.both import Both, Pair, combine
from docreader.errors import ConfigurationError
from docreader.evaluation.labels import Compare, read_corrections, read_labels
from docreader.grammar import Grammar, load_grammar
from docreader.hos import Hos
from docreader.labels import DIGITS
from docreader.sdnn import Sdnn
from docreader.search import Answer, best_answers
from docreader.stages import LISTED, Interpret, in_stages, unsure
from docreader.training.reader.calibration import fit
from docreader.training.reader.strings import encode, load_image, spelled
from models.files import LoadedModel
from models.sweepers import Sweeper

WEIGHTS = tuple(
    (round(total * share, 2), round(total * (1 - share), 2))
    for total in (0.8, 1.0, 1.2, 1.5)
    for share in (0.4, 0.5, 0.6, 0.7, 0.8)
)
"""Exponents that are tried: how much both count together, and how much of that the first."""

BATCH = 64


def fit_pair(
    first: Sequence[Sequence[Answer]],
    second: Sequence[Sequence[Answer]],
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
        See `docreader.training.reader.calibration.fit`, with `weights`; and `asked`, how often the second reader was.
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
    found = fit(np.array(confidences), np.array(right), WEIGHTS, "weights")
    asked = sum(unsure(answers, sure) for answers in first)
    return found | {"weights": list(found["weights"]), "asked": asked}


def joined_answers(
    one: Sequence[Answer], other: Sequence[Answer], weights: Sequence[float], sure: float, grammar: Grammar
) -> Sequence[Answer]:
    """One list of the answers of two readers to a string; the first's alone where it is sure."""
    return combine((one, other), weights, grammar, LISTED) if unsure(one, sure) else one


def read_with_both(
    path: Path,
    first: LoadedModel,
    second: LoadedModel,
    *,
    corrections: Path | None = None,
    on_item: Callable[[int, int], None] | None = None,
) -> tuple[list[list[Answer]], list[list[Answer]], list[str]]:
    """What both readers say of all images of a labels.csv, with the digits grammar; and the digits that are there.

    Raises:
        ConfigurationError: The first does not sweep, or the second does not cut.
        LabelsError: A label or an image cannot be used.
    """
    if not isinstance(first.module, Sweeper) or isinstance(second.module, Sweeper):
        raise ConfigurationError("a pair is a reader by sdnn, then one by hos")
    device = torch.device("cpu")
    both = Both(Sdnn(first, device), Hos(second, device), (1.0, 1.0), 1.0)
    items = read_labels(path, Compare.LABEL).items
    corrected = read_corrections(corrections, Compare.LABEL) if corrections else {}
    answers: tuple[list[list[Answer]], list[list[Answer]]] = ([], [])
    truths = []
    grammar = load_grammar("digits")
    for start in range(0, len(items), BATCH):
        fields = []
        for item in items[start : start + BATCH]:
            where = f"{path}, line {item.line}"
            truth = corrected[item.file].truth if item.file in corrected else item.truth
            truths.append("".join(c for c in spelled(encode(truth, where)[0]) if c in DIGITS))
            fields.append(both.prepare(load_image(item, where)))
            if on_item is not None:
                on_item(len(truths), len(items))
        for said, some in zip(answers, _read(both, fields, grammar), strict=True):
            said += some
    return *answers, truths


@torch.inference_mode()
def _read(both: Both, fields: Sequence[Pair], grammar: Grammar) -> list[list[list[Answer]]]:
    """What each of two readers says of some fields."""

    def read(interpret: Interpret, numbers: Sequence[int]) -> list[list[Answer]]:
        return best_answers(interpret([fields[number] for number in numbers]), grammar, LISTED)

    *first, second = both.stages
    return [
        in_stages(first, read, len(fields), grammar, LISTED),
        read(second.interpret, range(len(fields))),
    ]
