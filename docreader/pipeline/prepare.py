"""Preparation: the field candidates of an analyzed page, cleaned for the recognizer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from docreader.decoding.search import Hypothesis
from docreader.recognition.base import PreparedField, Recognizer
from segment.io.pages import Page
from segment.page.analysis import FieldCandidate, PageLayout

CANDIDATE_BEAM = 4.0
"""Beam of the location score, nats below the best candidate: a prominent printed box is read alone."""


@dataclass(frozen=True, eq=False)
class PreparedCandidate:
    """A field candidate, cleaned.

    Attributes:
        candidate: Crop, box, currency symbol.
        field: The crop as the recognizer prepared it.
        score: Log probability of the candidate before recognition.
    """

    candidate: FieldCandidate
    field: PreparedField
    score: float


@dataclass(frozen=True, eq=False)
class PreparedPage:
    """A page ready for recognition.

    Attributes:
        file: Name of the input, None for an array.
        page: The page as loaded.
        layout: Result of page analysis.
        candidates: The likeliest first.
        check: Number of the check on its page, from 1.
        located: Probability that the amount is in one of them, before recognition.
    """

    file: str | None
    page: Page
    layout: PageLayout
    candidates: tuple[PreparedCandidate, ...]
    check: int = 1
    located: float = 1.0

    @property
    def is_check(self) -> bool:
        """Whether the page is a whole check."""
        return self.layout.kind == "check"

    @property
    def has_ink(self) -> bool:
        """Whether there is anything to recognize."""
        return any(not candidate.field.empty for candidate in self.candidates)

    @property
    def prepared(self) -> list[PreparedField]:
        """The prepared fields of the candidates."""
        return [candidate.field for candidate in self.candidates]

    @property
    def scores(self) -> list[float]:
        """The log probabilities of the candidates before recognition."""
        return [candidate.score for candidate in self.candidates]

    def weigh(self, found: Sequence[Hypothesis]) -> list[Hypothesis]:
        """Multiply the posteriors by the probability that the amount is in one of the candidates."""
        return [
            replace(
                hypothesis,
                posterior=self.located * hypothesis.posterior,
                no_amount=1 - self.located * (1 - hypothesis.no_amount),
            )
            for hypothesis in found
        ]

    @cached_property
    def currency_symbol(self) -> str | None:
        """The symbol printed before the likeliest candidate that has one."""
        symbols = (candidate.candidate.currency_symbol for candidate in self.candidates)
        return next((symbol for symbol in symbols if symbol), None)


def prepare_page(
    file: str | None, page: Page, layout: PageLayout, recognizer: Recognizer[Any], check: int = 1
) -> PreparedPage:
    """Prepare the field candidates of an analyzed page.

    Args:
        file: Name of the input.
        page: Page as loaded.
        layout: Its layout, or that of a check on it.
        recognizer: Prepares the crops.
        check: Number of this check on the page, from 1.
    """
    candidates, located = _prepare_candidates(layout, recognizer)
    # the overview is as large as the page, and no later step needs it
    return PreparedPage(file, page, replace(layout, overview=None), candidates, check, located)


def _prepare_candidates(
    layout: PageLayout, recognizer: Recognizer[Any]
) -> tuple[tuple[PreparedCandidate, ...], float]:
    """Prepare the candidates within the beam, best location first.

    A blank candidate keeps its share: where the field of the amount is empty, a date elsewhere is not the amount.

    Returns:
        The candidates with ink, or the likeliest blank one where blank ones have more than half of the probability;
        and the probability that the amount is in one of them, before recognition.
    """
    found: list[PreparedCandidate] = []
    blank: list[PreparedCandidate] = []
    best = -np.inf
    for located in layout.fields:
        if located.score < best - CANDIDATE_BEAM:
            break
        best = max(best, located.score)
        candidate = layout.crop(located)
        field = recognizer.prepare(candidate.image, candidate.field_box)
        (blank if field.empty else found).append(PreparedCandidate(candidate, field, candidate.score))
    total = _log_sum(found)
    if _log_sum(blank) >= total:
        return tuple(sorted(blank, key=lambda candidate: -candidate.score)[:1]), 1.0
    elsewhere = float(np.logaddexp(_log_sum(blank), layout.nowhere))
    normalized = tuple(replace(candidate, score=candidate.score - total) for candidate in found)
    return normalized, float(np.exp(total - np.logaddexp(total, elsewhere)))


def _log_sum(candidates: Sequence[PreparedCandidate]) -> float:
    """Sum the scores of alternatives, -inf for none."""
    return float(np.logaddexp.reduce([candidate.score for candidate in candidates], initial=-np.inf))
