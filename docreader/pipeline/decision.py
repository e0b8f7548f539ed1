"""Decision: accept a reading or reject it for a reason, by rules and by the confidence threshold."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from docreader.confidence.evidence import EvidenceModel, Judgment, rescaled
from docreader.confidence.evidence_limits import evident_reason
from docreader.confidence.features import REASONS
from docreader.confidence.thresholds import Thresholds
from docreader.decoding import alphabet
from docreader.decoding.geometry import is_negative, weigh_geometry
from docreader.decoding.grammar import Grammar
from docreader.decoding.search import Hypothesis
from docreader.io.records import Character
from docreader.pipeline.evidence import find_contradiction, measure_evidence
from docreader.pipeline.prepare import PreparedCandidate, PreparedPage
from docreader.recognition.base import Recognizer
from segment.cleaning.pipeline import has_faint_ink

MIN_DIGIT_HEIGHT = 8
"""Smallest median height of digits that can be told apart, pixels of the page."""

EDGE = 2
"""Largest distance of a digit from the edge of a whole check at which it may be cut, pixels."""

NO_AMOUNT = 0.5
"""Posterior of the branch without an amount above which it is the reason of a rejection."""

CONFIDENCE_REASONS = tuple(
    dict.fromkeys(
        (
            "low_confidence",
            "ambiguous_decimal_point",
            "possible_raised_cents",
            "several_amounts",
            "wide_gap",
            *REASONS,
        )
    )
)
"""Reasons that a lower threshold would lift; every other reason is a rule, whatever the confidence."""

VOID = 0.0
"""Log odds of a stamp that invalidates a check from which on the check is refused, nats."""

MAX_UNGROUPED = 9
"""Most digits of whole units without separators: longer ones are numbers of cards, telephones and accounts."""


@dataclass(frozen=True, eq=False)
class Decision:
    """The decision on a page.

    Attributes:
        hypotheses: The most probable first, weighed by the geometry of their characters; with an evidence model, their
            posteriors are scaled to its confidence.
        characters: Characters of the first, on the page as loaded.
        reason: Reason of a rejection, None to accept.
        judgment: What the evidence model makes of the first, None without a model.
    """

    hypotheses: list[Hypothesis]
    characters: tuple[Character, ...]
    reason: str | None
    judgment: Judgment | None = None

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
    evidence: EvidenceModel | None = None,
) -> Decision:
    """Decide whether the best hypothesis of a page is accepted.

    Args:
        page: The page as prepared.
        found: Its hypotheses, the most probable first; None for a page without ink.
        recognizer: Recognizer that found them.
        grammar: Grammar of the texts.
        thresholds: Smallest confidences accepted.
        auto_located: Whether the field of a whole check was located, not given.
        evidence: Turns posterior and evidence into the confidence; None: the posterior is the confidence.
    """
    void = page.layout.void_score > VOID
    if found is None:
        return Decision([], (), "void_stamp" if void else _reason_without_ink(page))
    if not found:
        return Decision([], (), "void_stamp" if void else "no_valid_amount")
    on_crop, characters = _locate(page, found[0], recognizer)
    hypotheses, finding = weigh_geometry(found, characters, grammar)
    if hypotheses[0].text != found[0].text:
        on_crop, characters = _locate(page, hypotheses[0], recognizer)
    weighed = hypotheses[0].posterior
    candidate = page.candidates[hypotheses[0].candidate]
    judgment = judge(candidate, hypotheses, on_crop, evidence)
    if judgment is not None:
        confidences = rescaled([one.posterior for one in hypotheses], judgment.confidence)
        hypotheses = [
            replace(one, posterior=value) for one, value in zip(hypotheses, confidences, strict=True)
        ]
    auto_located = page.is_check and auto_located
    reject_below = thresholds.check if page.is_check else thresholds.amount
    if auto_located and candidate.candidate.currency_symbol is None:
        reject_below = thresholds.unsigned
    reason = rejection_reason(
        hypotheses, characters, grammar, reject_below, auto_located=auto_located, judgment=judgment
    )
    if finding is not None and reason in CONFIDENCE_REASONS and found[0].posterior >= reject_below > weighed:
        reason = finding
    if reason is None and page.is_check and touches_edge(characters, page.page.image.shape):
        reason = "cut_off"
    if reason is None and grammar.conventional:
        currency = grammar.currency_after(candidate.candidate.currency_symbol)
        reason = find_contradiction(
            candidate, on_crop, hypotheses[0].text, cut_out=not page.is_check, currency=currency
        )
    elif judgment is None and hypotheses[0].posterior < reject_below:
        reason = _evident_reason(reason, candidate, hypotheses, on_crop)
    return Decision(hypotheses, characters, "void_stamp" if void else reason, judgment)


def _evident_reason(
    reason: str | None,
    candidate: PreparedCandidate,
    hypotheses: Sequence[Hypothesis],
    characters: Sequence[Character],
) -> str | None:
    """Return the reason of a rejection by its confidence that the evidence gives, else the reason as it is."""
    no_amount = hypotheses[0].no_amount > NO_AMOUNT
    if reason != ("not_an_amount" if no_amount else "low_confidence"):
        return reason
    features = measure_evidence(candidate, hypotheses, characters)
    return (features is not None and evident_reason(features.tolist(), no_amount=no_amount)) or reason


def touches_edge(characters: Sequence[Character], shape: tuple[int, ...]) -> bool:
    """Return whether a digit lies at the edge of its page: it may be cut. Cut-out amounts are often that close."""
    height, width = shape[0], shape[1]
    boxes = [character.bbox for character in characters if character.character in alphabet.DIGITS]
    return any(
        x <= EDGE or y <= EDGE or x + across >= width - EDGE or y + down >= height - EDGE
        for x, y, across, down in boxes
    )


def judge(
    candidate: PreparedCandidate,
    hypotheses: Sequence[Hypothesis],
    characters: Sequence[Character],
    evidence: EvidenceModel | None,
) -> Judgment | None:
    """Measure the evidence of the best hypothesis with its characters on the crop, None without a model or a digit."""
    if evidence is None:
        return None
    features = measure_evidence(candidate, hypotheses, characters)
    return None if features is None else Judgment(evidence, features, hypotheses[0].posterior)


def locate_characters(
    page: PreparedPage, hypothesis: Hypothesis, recognizer: Recognizer[Any]
) -> tuple[Character, ...]:
    """Locate the characters of a hypothesis on the page as loaded."""
    return _locate(page, hypothesis, recognizer)[1]


def _locate(
    page: PreparedPage, hypothesis: Hypothesis, recognizer: Recognizer[Any]
) -> tuple[list[Character], tuple[Character, ...]]:
    """Locate the characters of a hypothesis on the crop of its field, and on the page as loaded."""
    candidate = page.candidates[hypothesis.candidate]
    found = recognizer.characters(hypothesis, candidate.field)
    boxes = candidate.candidate.to_source.boxes([character.bbox for character in found])
    return found, tuple(
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
    judgment: Judgment | None = None,
) -> str | None:
    """Return the reason for rejecting the best hypothesis, None to accept it.

    Args:
        hypotheses: The most probable first; none where the grammar allows nothing.
        characters: Characters of the best hypothesis.
        grammar: Grammar of the texts.
        reject_below: Smallest confidence accepted.
        auto_located: Whether the field was located on a page. A single digit is then more likely a page number or a
            mark than an amount, even behind what resembles a currency symbol.
        judgment: Evidence of the best hypothesis.
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
    if grammar.has_amount and is_negative(characters):
        return "possible_minus"
    if grammar.conventional and grammar.amount(hypotheses[0].text) == 0:
        return "zero"
    if grammar.conventional and _is_other_number(hypotheses[0].text, characters):
        return "not_an_amount"
    if hypotheses[0].posterior >= reject_below:
        return None
    if hypotheses[0].no_amount > NO_AMOUNT:
        return "not_an_amount"
    digits = alphabet.digits_of(hypotheses[0].text)
    same = sum(one.posterior for one in hypotheses if alphabet.digits_of(one.text) == digits)
    if same >= reject_below:
        return "ambiguous_decimal_point"
    return (judgment and judgment.reason(reject_below)) or "low_confidence"


def _reason_without_ink(page: PreparedPage) -> str:
    """Return the reason for rejecting a page on which there is nothing to recognize."""
    if page.layout.kind == "other":
        return "not_a_check"
    if not page.candidates:
        return "field_not_found"
    return "too_faint" if has_faint_ink(page.candidates[0].candidate.image) else "blank"


def is_rule_rejection(reason: str | None) -> bool:
    """Return whether the reason of a record is one that no threshold would lift."""
    return reason is not None and reason not in CONFIDENCE_REASONS


def _is_other_number(text: str, characters: Sequence[Character]) -> bool:
    """Return whether digits are too many for whole units without separators, or resemble a day and a month, 12-05."""
    read = "".join(character.character for character in characters).replace(alphabet.NON_CHARACTER, "")
    return (
        re.match(rf"\d{{{MAX_UNGROUPED + 1}}}", text) is not None
        or re.fullmatch(r"\D*\d{1,2}-\d\d\D*", read) is not None
    )


def _is_low_resolution(characters: Sequence[Character]) -> bool:
    heights = [character.bbox[3] for character in characters if character.character in alphabet.DIGITS]
    return bool(heights) and median(heights) < MIN_DIGIT_HEIGHT
