"""Decision: accept a reading or reject it for a reason, by rules and by the confidence threshold."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

import numpy as np

from docreader.confidence.thresholds import Thresholds
from docreader.decoding import alphabet
from docreader.decoding.grammar import Grammar
from docreader.decoding.search import Hypothesis
from docreader.io.records import Character
from docreader.pipeline.prepare import PreparedPage
from docreader.recognition.base import Recognizer

MIN_DIGIT_HEIGHT = 8
"""Smallest median height of digits that can be told apart, pixels of the page."""

CONFIDENCE_REASONS = ("low_confidence", "ambiguous_decimal_point")
"""Reasons that a lower threshold would lift; every other reason is a rule, whatever the confidence."""

_RAISED_HEIGHT, _RAISED_BY = 0.75, 0.25
"""Largest height of raised digits, and smallest height of their feet above the line, in heights of the others."""

_RAISED_CENTS_MIN_ODDS = 0.05
"""Smallest odds of the amount with cents against that without, for raised digits to be cents: noughts of whole pesos
may be small and high, too."""


@dataclass(frozen=True, eq=False)
class Decision:
    """The decision on a page.

    Attributes:
        hypotheses: The most probable first, those with and without raised cents merged.
        characters: Characters of the first, on the page as loaded.
        reason: Reason of a rejection, None to accept.
    """

    hypotheses: list[Hypothesis]
    characters: tuple[Character, ...]
    reason: str | None

    @property
    def candidate(self) -> int:
        """Number of the field candidate that was read."""
        return self.hypotheses[0].candidate if self.hypotheses else 0


def decide(
    page: PreparedPage,
    found: list[Hypothesis] | None,
    recognizer: Recognizer[Any],
    grammar: Grammar,
    thresholds: Thresholds,
    *,
    auto_located: bool,
) -> Decision:
    """Decide whether the best hypothesis of a page is accepted.

    Args:
        page: The page as prepared.
        found: Its hypotheses, the most probable first; None for a page without ink.
        recognizer: Recognizer that found them.
        grammar: Grammar of the texts.
        thresholds: Smallest confidences accepted.
        auto_located: Whether the field of a whole check was located, not given.
    """
    if found is None:
        return Decision([], (), _reason_without_ink(page))
    characters = locate_characters(page, found[0], recognizer) if found else ()
    hypotheses = merge_raised_cents(found, characters, grammar)
    if found and hypotheses[0] != found[0]:
        characters = locate_characters(page, hypotheses[0], recognizer)
    auto_located = page.is_check and auto_located
    reject_below = thresholds.check if page.is_check else thresholds.amount
    candidate = hypotheses[0].candidate if hypotheses else 0
    if auto_located and page.candidates[candidate].candidate.currency_symbol is None:
        reject_below = thresholds.unsigned
    reason = rejection_reason(hypotheses, characters, grammar, reject_below, auto_located=auto_located)
    return Decision(hypotheses, characters, reason)


def locate_characters(
    page: PreparedPage, hypothesis: Hypothesis, recognizer: Recognizer[Any]
) -> tuple[Character, ...]:
    """Locate the characters of a hypothesis on the page as loaded."""
    candidate = page.candidates[hypothesis.candidate]
    found = recognizer.characters(hypothesis, candidate.field)
    boxes = candidate.candidate.to_source.boxes([character.bbox for character in found])
    return tuple(
        Character(box, character.character, character.score)
        for box, character in zip(boxes, found, strict=True)
    )


def rejection_reason(
    hypotheses: Sequence[Hypothesis],
    characters: Sequence[Character],
    grammar: Grammar,
    reject_below: float,
    *,
    auto_located: bool = False,
) -> str | None:
    """Return the reason for rejecting the best hypothesis, None to accept it.

    Args:
        hypotheses: The most probable first; none where the grammar allows nothing.
        characters: Characters of the best hypothesis.
        grammar: Grammar of the texts.
        reject_below: Smallest confidence accepted.
        auto_located: Whether the field was located on a page. A single digit is then more likely a page number or a
            mark than an amount, even behind what resembles a currency symbol.
    """
    if not hypotheses:
        return "no_valid_amount"
    if _is_low_resolution(characters):
        return "low_resolution"
    if (
        auto_located
        and len("".join(character.character for character in characters).replace(alphabet.NON_CHARACTER, ""))
        == 1
    ):
        return "single_digit"
    if grammar.has_amount and _has_minus(characters):
        return "possible_minus"
    if grammar.has_amount and _has_raised_cents(characters):
        return "possible_raised_cents"
    if hypotheses[0].posterior >= reject_below:
        return None
    digits = _digits(hypotheses[0].text)
    same = sum(hypothesis.posterior for hypothesis in hypotheses if _digits(hypothesis.text) == digits)
    return "ambiguous_decimal_point" if same >= reject_below else "low_confidence"


def merge_raised_cents(
    hypotheses: Sequence[Hypothesis], characters: Sequence[Character], grammar: Grammar
) -> list[Hypothesis]:
    """Merge the hypotheses with and without cents where the last two digits of the best are raised.

    `1,234 56` with small, high cents and no point is the amount with cents that was read beside it, with the
    confidence of both: the digits are the same, and their place decides.

    Args:
        hypotheses: The most probable first.
        characters: Characters of the best.
        grammar: Grammar of the texts.
    """
    if not hypotheses or not grammar.has_amount or not _has_raised_cents(characters):
        return list(hypotheses)
    best = hypotheses[0]
    for number, hypothesis in enumerate(hypotheses[1:], start=1):
        same = _digits(hypothesis.text) == _digits(best.text) and hypothesis.text[-3:-2] == "."
        if same and hypothesis.posterior >= _RAISED_CENTS_MIN_ODDS * best.posterior:
            both = replace(hypothesis, posterior=min(1.0, best.posterior + hypothesis.posterior))
            return [both, *hypotheses[1:number], *hypotheses[number + 1 :]]
    return list(hypotheses)


def _reason_without_ink(page: PreparedPage) -> str:
    """Return the reason for rejecting a page on which there is nothing to recognize."""
    if page.layout.kind == "other":
        return "not_a_check"
    return "blank" if page.candidates else "field_not_found"


def is_rule_rejection(reason: str | None) -> bool:
    """Return whether the reason of a record is one that no threshold would lift."""
    return reason is not None and reason not in CONFIDENCE_REASONS


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _is_low_resolution(characters: Sequence[Character]) -> bool:
    heights = [character.bbox[3] for character in characters if character.character in alphabet.DIGITS]
    return bool(heights) and median(heights) < MIN_DIGIT_HEIGHT


def _has_minus(characters: Sequence[Character]) -> bool:
    """Return whether a single dash precedes the digits and none follows: not a filler, but possibly a minus."""
    read = "".join(
        character.character for character in characters if character.character != alphabet.NON_CHARACTER
    )
    return re.fullmatch(r"[^-\d]*-\d[^-]*", read) is not None


def _has_raised_cents(characters: Sequence[Character]) -> bool:
    """Return whether the last two digits are small and high behind others without a point: possibly cents."""
    marks = [character for character in characters if character.character in alphabet.DIGITS + alphabet.POINT]
    if len(marks) < 3 or any(mark.character == alphabet.POINT for mark in marks[-3:]):
        return False
    whole = np.array(
        [(mark.bbox[1], mark.bbox[3]) for mark in marks[:-2] if mark.character != alphabet.POINT]
    )
    height, bottom = float(np.median(whole[:, 1])), float(np.median(whole.sum(axis=1)))
    return all(
        mark.bbox[3] < _RAISED_HEIGHT * height and mark.bbox[1] + mark.bbox[3] < bottom - _RAISED_BY * height
        for mark in marks[-2:]
    )
