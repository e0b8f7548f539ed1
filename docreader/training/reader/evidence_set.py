"""Readings of labeled pictures for the fit of an evidence model: features, whether right, and their weights."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from docreader.confidence.evidence import EvidenceModel
from docreader.decoding.alphabet import DIGITS
from docreader.errors import LabelsError
from docreader.io.ground_truth import LabeledImage, read_images
from docreader.io.records import Reading
from docreader.pipeline.decision import is_rule_rejection
from docreader.pipeline.reader import Reader
from segment.io.pages import PageFailure

NEGATIVE_SHARE = 0.1
"""Weight of the pictures that hold no amount, as a share of all."""

BATCH_SIZE = 32


@dataclass(frozen=True, eq=False)
class EvidenceSet:
    """Readings that some threshold accepts, of `pictures` pictures.

    Attributes:
        features: (N, len(FEATURES)).
        posterior: (N,).
        right: (N,) whether the amount is right; never for a negative.
        negative: (N,) whether the picture holds no amount.
        kinds: (N,) kind of each picture.
        groups: (N,) unit of cross-fitting: the kind of a negative, or else the group.
        amounts: Number of pictures with an amount, those without an answer included.
        negatives: Number of pictures without an amount, likewise.
    """

    features: NDArray[np.float64]
    posterior: NDArray[np.float64]
    right: NDArray[np.bool_]
    negative: NDArray[np.bool_]
    kinds: tuple[str, ...]
    groups: tuple[str, ...]
    amounts: int
    negatives: int

    def weights(self, negative_share: float = NEGATIVE_SHARE) -> NDArray[np.float64]:
        """Return (N,) weights: 1 for a picture with an amount, and that of a share for one without."""
        odds = negative_share / (1 - negative_share)
        return np.where(self.negative, odds * max(1, self.amounts) / max(1, self.negatives), 1.0)


def record_evidence(
    lists: Sequence[Path],
    load: Callable[[str], Reader],
    *,
    on_picture: Callable[[], None] | None = None,
) -> EvidenceSet:
    """Read the pictures of labels.csv files, and keep the features of each answer.

    A row with an `amount` is read under the grammar `amount`, one with a `label` alone under `digits`, whose digits are
    compared. A row with neither holds no amount and is read under `amount`.

    Args:
        lists: Files with the columns `file` and `amount` or `label`, and perhaps `kind` and `group`.
        load: Makes a reader of a grammar.
        on_picture: Callback after each picture.

    Raises:
        LabelsError: A list or a picture cannot be used, or none of the pictures has an answer.
    """
    items = [item for path in lists for item in read_images(path)]
    answers: list[_Answer] = []
    for grammar in ("amount", "digits"):
        mine = [item for item in items if _grammar(item) == grammar]
        if not mine:
            continue
        reader = load(grammar)
        reader.evidence = EvidenceModel.constant()  # measured, and every answer kept
        for start in range(0, len(mine), BATCH_SIZE):
            part = mine[start : start + BATCH_SIZE]
            answers += _answers(reader, part)
            if on_picture is not None:
                for _ in part:
                    on_picture()
    if not answers:
        raise LabelsError(f"no picture of {', '.join(map(str, lists))} has an answer")
    negatives = sum(not item.truth for item in items)
    return EvidenceSet(
        np.stack([one.features for one in answers]),
        np.array([one.posterior for one in answers]),
        np.array([one.right for one in answers]),
        np.array([not one.item.truth for one in answers]),
        tuple(map(_kind, (one.item for one in answers))),
        tuple(one.item.group if one.item.truth else _kind(one.item) for one in answers),
        len(items) - negatives,
        negatives,
    )


class _Answer(NamedTuple):
    """What is kept of a picture that was read."""

    item: LabeledImage
    features: NDArray[np.float64]
    posterior: float
    right: bool


def _answers(reader: Reader, items: Sequence[LabeledImage]) -> list[_Answer]:
    """Read pictures, and return the answers that some threshold accepts."""
    found = []
    for index, trace in reader.read_with_trace([str(item.path) for item in items]):
        item = items[index]
        if isinstance(trace, PageFailure):
            raise LabelsError(f"'{item.file}' cannot be read: {trace.error}")
        judgment, reading = trace.judgment, trace.reading
        if reading.page == item.page and judgment is not None and not is_rule_rejection(reading.reason):
            found.append(_Answer(item, judgment.features, judgment.posterior, _is_right(item, reading)))
    return found


def _grammar(item: LabeledImage) -> str:
    return "digits" if item.truth and not item.row.get("amount") else "amount"


def _kind(item: LabeledImage) -> str:
    return item.row.get("kind") or item.row.get("style") or "amount"


def _is_right(item: LabeledImage, reading: Reading) -> bool:
    if not item.truth:
        return False
    if _grammar(item) == "digits":
        return digits_in(reading.text) == digits_in(item.truth)
    return reading.amount is not None and Decimal(reading.amount) == Decimal(item.truth)


def digits_in(text: str) -> str:
    """Return the digits of a text."""
    return "".join(character for character in text if character in DIGITS)
