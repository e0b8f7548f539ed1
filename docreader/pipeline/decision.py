"""Whether an answer may be used, and why not."""

import re
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

import numpy as np

from docreader.decoding import alphabet
from docreader.decoding.grammar import Grammar
from docreader.decoding.search import Hypothesis
from docreader.io.records import Character

MIN_DIGIT_HEIGHT = 8
"""Digits lower than this many pixels of the page cannot be told apart."""


CONFIDENCE_REASONS = ("low_confidence", "unsure_point")
"""Reasons that a lower threshold would lift; every other reason is a rule, which holds whatever the confidence is."""

_RAISED_HEIGHT, _RAISED_BY = 0.75, 0.25
"""Raised digits are lower than this share of the others' height, and end higher by that one."""

_RAISED_CENTS_MIN_ODDS = 0.05
"""Least probability of the amount with cents, by that without, for raised digits to be cents: noughts of whole pesos
may stand small and high, too."""


def rejection_reason(
    answers: Sequence[Hypothesis],
    segments: Sequence[Character],
    grammar: Grammar,
    reject_below: float,
    *,
    guessed: bool = False,
) -> str | None:
    """Why the best answer may not be used, None where it may.

    Args:
        answers: the most probable first; none where the grammar allows nothing.
        segments: the characters of the best answer.
        grammar: what may stand there.
        reject_below: least confidence of an answer that may be used.
        guessed: whether the field was looked for on a page. A digit on its own is then more likely a page number or a
            mark than an amount, even behind what looks like a currency sign.
    """
    if not answers:
        return "grammar"
    if _too_small(segments):
        return "too_small"
    if (
        guessed
        and len("".join(segment.label for segment in segments).replace(alphabet.NON_CHARACTER, "")) == 1
    ):
        return "no_field"
    if grammar.has_amount and (_has_minus(segments) or _has_raised_cents(segments)):
        return "ambiguous_amount"
    if answers[0].posterior >= reject_below:
        return None
    digits = _digits(answers[0].text)
    same = sum(answer.posterior for answer in answers if _digits(answer.text) == digits)
    return "unsure_point" if same >= reject_below else "low_confidence"


def merge_raised_cents(
    answers: Sequence[Hypothesis], segments: Sequence[Character], grammar: Grammar
) -> list[Hypothesis]:
    """The answers, with the cents told apart where the last two digits of the best stand raised.

    `1,234 56` with small, high cents and no point is then the amount with cents that was read beside it, and the
    confidence is that of both: the digits are the same, and where they stand says which it is.

    Args:
        answers: the most probable first.
        segments: the characters of the best.
        grammar: what may stand there.
    """
    if not answers or not grammar.has_amount or not _has_raised_cents(segments):
        return list(answers)
    best = answers[0]
    for number, answer in enumerate(answers[1:], start=1):
        same = _digits(answer.text) == _digits(best.text) and answer.text[-3:-2] == "."
        if same and answer.posterior >= _RAISED_CENTS_MIN_ODDS * best.posterior:
            both = replace(answer, posterior=min(1.0, best.posterior + answer.posterior))
            return [both, *answers[1:number], *answers[number + 1 :]]
    return list(answers)


def is_rule_rejection(reason: str | None) -> bool:
    """Whether a record's reason is one that no threshold would lift."""
    return reason is not None and reason not in CONFIDENCE_REASONS


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _too_small(segments: Sequence[Character]) -> bool:
    heights = [segment.bbox[3] for segment in segments if segment.label in alphabet.DIGITS]
    return bool(heights) and median(heights) < MIN_DIGIT_HEIGHT


def _has_minus(segments: Sequence[Character]) -> bool:
    """Whether a single dash stands right before the digits and none behind them: no filler, it may be a minus."""
    read = "".join(segment.label for segment in segments if segment.label != alphabet.NON_CHARACTER)
    return re.fullmatch(r"[^-\d]*-\d[^-]*", read) is not None


def _has_raised_cents(segments: Sequence[Character]) -> bool:
    """Whether the last two digits stand small and high behind others, and no point before them: they may be cents."""
    marks = [segment for segment in segments if segment.label in alphabet.DIGITS + alphabet.POINT]
    if len(marks) < 3 or any(mark.label == alphabet.POINT for mark in marks[-3:]):
        return False
    whole = np.array([(mark.bbox[1], mark.bbox[3]) for mark in marks[:-2] if mark.label != alphabet.POINT])
    height, bottom = float(np.median(whole[:, 1])), float(np.median(whole.sum(axis=1)))
    return all(
        mark.bbox[3] < _RAISED_HEIGHT * height and mark.bbox[1] + mark.bbox[3] < bottom - _RAISED_BY * height
        for mark in marks[-2:]
    )
