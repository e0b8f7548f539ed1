"""Geometry of a reading: log odds of gaps, raised digits and fractions against the text that was read.

The lattice knows which characters follow each other, not how far apart they are. `704 45` without a point and `70445`
are the same symbols; the boxes of the characters distinguish them. Each finding has log odds that the text is not what
was written. The probability that it takes from the best hypothesis goes to the same digits with cents, where they are
among the hypotheses, or to none.

Lengths are in heights of a digit. The log odds are linear in them. Slopes and zeros were chosen on 448 real amounts
that were read right, of which 1 % have a gap above 0.36 that is not at a group, and on drawn ones with a space inside.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Protocol

import numpy as np

from docreader.decoding import alphabet
from docreader.decoding.grammar import Grammar
from docreader.decoding.search import Hypothesis

CENTS_MIN_ODDS = 0.05
"""Smallest odds of the amount with cents against that without, for it to take over its probability: noughts of whole
pesos may be small and high, and pens skip."""

_MIN_LOG_ODDS = -4.0
"""Log odds below which a finding is none: every amount has some widest gap."""


class Located(Protocol):
    """A character and where it is."""

    @property
    def bbox(self) -> tuple[float, float, float, float]:
        """Left, top, width, height, pixels."""

    @property
    def character(self) -> str:
        """One of `alphabet.INPUT_SYMBOLS`."""


@dataclass(frozen=True)
class Finding:
    """What speaks against the text of the best hypothesis."""

    reason: str
    """Reason of a rejection for it."""
    log_odds: float
    """Log odds that the text is not what was written."""
    cents: bool = False
    """Whether the last two digits are cents instead."""


@dataclass(frozen=True)
class _Gap:
    """A gap between two digits that no mark separates."""

    wider: float
    """Width beyond the other gaps, by edges and by centers, the smaller of both, heights of a digit."""
    run: int
    """Digits of the run that it is in."""
    behind: int
    """Those of them behind it."""
    start: int
    """Index of the run's first character."""
    end: int
    """Index of the character behind the run."""


def weigh_geometry(
    hypotheses: Sequence[Hypothesis], characters: Sequence[Located], grammar: Grammar
) -> tuple[list[Hypothesis], str | None]:
    """Weigh the hypotheses by the geometry of the best.

    Args:
        hypotheses: The most probable first.
        characters: Characters of the best, from left to right.
        grammar: Grammar of the texts.

    Returns:
        The hypotheses, the most probable first, and the reason of the gravest finding; None where there is none.
    """
    if not hypotheses or not grammar.conventional:
        return list(hypotheses), None
    best, *others = hypotheses
    found = find_geometry(best.text, characters)
    if not found:
        return list(hypotheses), None
    kept = float(np.prod([1 / (1 + np.exp(finding.log_odds)) for finding in found]))
    gravest = max(found, key=lambda finding: finding.log_odds)
    lost = best.posterior * (1 - kept)
    for number, other in enumerate(others):
        same = alphabet.digits_of(other.text) == alphabet.digits_of(best.text) and other.text[-3:-2] == "."
        if gravest.cents and same and other.posterior >= CENTS_MIN_ODDS * best.posterior:
            others[number] = replace(other, posterior=min(1.0, other.posterior + lost))
            break
    weighed = [replace(best, posterior=best.posterior * kept), *others]
    return sorted(weighed, key=lambda hypothesis: -hypothesis.posterior), gravest.reason


def find_geometry(text: str, characters: Sequence[Located]) -> list[Finding]:
    """Find what speaks against a text.

    Args:
        text: Canonical text.
        characters: Its characters, from left to right.
    """
    marks = [character for character in characters if character.character != alphabet.NON_CHARACTER]
    read = "".join(mark.character for mark in marks)
    gaps = _gaps(marks, read)
    findings = [_raised_cents(text, marks), _one_digit_fraction(marks, read)]
    findings += [_wide_gap(text, read, gap) for gap in gaps]
    return [finding for finding in findings if finding is not None and finding.log_odds > _MIN_LOG_ODDS]


def is_negative(characters: Sequence[Located]) -> bool:
    """Return whether a dash may be a minus, no filler.

    It is where one or two dashes precede the digits and none follows; where one stands on both sides of digits without
    separators, as in the number of a page; and where a single one follows cents: behind them there is little to fill.
    """
    marks = [character for character in characters if character.character != alphabet.NON_CHARACTER]
    read = "".join(mark.character for mark in marks)
    if re.fullmatch(r"[^-\d]*-{1,2}\d[^-]*|[^-\d]*-\d{1,3}-", read):
        return True
    return re.fullmatch(r"[^-]*\.\d\d-", read) is not None


def _raised_cents(text: str, marks: Sequence[Located]) -> Finding | None:
    """Find small, high digits at the end, behind others without a point, that the text has as whole units."""
    kept = [mark for mark in marks if mark.character in alphabet.DIGITS + alphabet.POINT]
    if (
        len(kept) < 3
        or not _is_whole(text[:-2])
        or any(mark.character == alphabet.POINT for mark in kept[-3:])
    ):
        return None
    digits = [mark for mark in kept if mark.character != alphabet.POINT]
    height = median(mark.bbox[3] for mark in digits[:-2])
    feet = median(mark.bbox[1] + mark.bbox[3] for mark in digits[:-2])
    # height of the feet above the line, and what is missing of the height
    raised = [
        (feet - mark.bbox[1] - mark.bbox[3]) / height + 1 - mark.bbox[3] / height for mark in digits[-3:]
    ]
    beyond = (raised[1] + raised[2]) / 2 - max(0.0, raised[0])
    # noughts are written small in whole amounts, too
    usual = 0.62 if "0" in text[-2:] else 0.47
    return Finding("possible_raised_cents", 40.0 * (beyond - usual), cents=True)


def _one_digit_fraction(marks: Sequence[Located], read: str) -> Finding | None:
    """Find cents of one digit over a hundred: `323 7/100` is not 32.37."""
    found = re.search(r"\d(\d)(\d)/100", read)
    if found is None:
        return None
    height = _height(marks)
    before, between = (_edge_gap(marks, found.start(group) - 1) / height for group in (1, 2))
    return Finding("ambiguous_decimal_point", 40.0 * (between - before - 0.22))


def _wide_gap(text: str, read: str, gap: _Gap) -> Finding:
    """Weigh a gap by its place: where a group may begin a space is usual, elsewhere something is missing."""
    fraction = read[gap.end : gap.end + 2] == alphabet.SLASH + "1"
    separated = alphabet.POINT in read[: gap.start]
    # cents over a hundred, no point before them
    bare = fraction and gap.run > 2
    units = gap.behind - 2 if bare else gap.behind
    first_of_groups = not separated and (units in (3, 5, 7) or (units > 0 and units % 3 == 0))
    lakhs = not separated and gap.behind == 2 and re.search(r"^\d+,\d\d,", text) is not None
    if (bare and units == 0) or first_of_groups or lakhs:
        return Finding("several_amounts", 12.0 * (gap.wider - 1.3))
    if gap.behind == 2 and _is_whole(text[:-2]) and not fraction:
        return Finding("ambiguous_decimal_point", 25.0 * (gap.wider - 0.42), cents=True)
    # the years of dates, and the ends of numbers of cards and telephones, are groups of four
    usual = 0.42 if gap.behind == 4 and not separated and gap.run > 5 else 0.55
    return Finding("several_amounts" if gap.wider > 0.9 else "wide_gap", 25.0 * (gap.wider - usual))


def _gaps(marks: Sequence[Located], read: str) -> list[_Gap]:
    """Measure the gaps between neighboring digits; the 100 of a fraction is left out."""
    runs = [match.span() for match in re.finditer(r"\d+", re.sub(r"/1\D*0\D*0.*$", "", read))]
    places = [place for start, end in runs for place in range(start, end - 1)]
    if not places:
        return []
    height = _height(marks)
    edges = np.array([_edge_gap(marks, place) for place in places]) / height
    centers = np.array([_center(marks[place + 1]) - _center(marks[place]) for place in places]) / height
    found = []
    for start, end in runs:
        for place in range(start, end - 1):
            number = places.index(place)
            others = np.arange(len(places)) != number
            if others.any():
                wider = min(values[number] - np.median(values[others]) for values in (edges, centers))
            else:
                wider = edges[number] - 0.1
            found.append(_Gap(float(wider), end - start, end - 1 - place, start, end))
    return found


def _is_whole(text: str) -> bool:
    """Return whether a text is whole units, without groups or with a last one of three digits."""
    return re.fullmatch(r"\d+|\d{1,3}(,\d{2,3})*,\d{3}", text) is not None


def _height(marks: Sequence[Located]) -> float:
    return max(1.0, median([mark.bbox[3] for mark in marks if mark.character in alphabet.DIGITS] or [1.0]))


def _edge_gap(marks: Sequence[Located], place: int) -> float:
    left, right = marks[place].bbox, marks[place + 1].bbox
    return right[0] - left[0] - left[2]


def _center(mark: Located) -> float:
    return mark.bbox[0] + mark.bbox[2] / 2
