"""Preparation: the field candidates of an analyzed page, cleaned for the recognizer."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from docreader.recognition.base import PreparedField, Recognizer
from segment.io.pages import Page
from segment.page.analysis import FieldCandidate, PageLayout

CANDIDATE_BEAM = 4.0
"""Beam of the location score, nats below the best candidate with ink: a prominent printed box is read alone."""


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
    """

    file: str | None
    page: Page
    layout: PageLayout
    candidates: tuple[PreparedCandidate, ...]
    check: int = 1

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
    candidates = _prepare_candidates(layout, recognizer)
    # the overview is as large as the page, and no later step needs it
    return PreparedPage(file, page, replace(layout, overview=None), candidates, check)


def _prepare_candidates(layout: PageLayout, recognizer: Recognizer[Any]) -> tuple[PreparedCandidate, ...]:
    """Prepare the candidates within the beam, best location first.

    Blank candidates are skipped; if all are blank, the best one is returned.
    """
    found: list[PreparedCandidate] = []
    blank: list[PreparedCandidate] = []
    best = None
    for located in layout.fields:
        if best is not None and located.score < best - CANDIDATE_BEAM:
            break
        candidate = layout.crop(located)
        field = recognizer.prepare(candidate.image, candidate.field_box)
        (blank if field.empty else found).append(PreparedCandidate(candidate, field, candidate.score))
        if best is None and found:
            best = located.score
    if not found:
        return tuple(blank[:1])
    total = float(np.logaddexp.reduce([candidate.score for candidate in found]))
    return tuple(replace(candidate, score=candidate.score - total) for candidate in found)
