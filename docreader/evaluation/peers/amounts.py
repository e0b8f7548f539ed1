"""Amounts in lines of text: values of a text in its reader's favor, and the line that is most like an amount.

A reader of any text returns all lines of a page, not the amount. The rules here are those of a few lines of regular
expressions that a user of such a reader would write.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from docreader.decoding.alphabet import digits_of
from docreader.decoding.currencies import CURRENCIES
from docreader.evaluation.peers.protocol import Line, PageText
from docreader.io.ground_truth import normalize_amount

MAX_UNGROUPED = 9
"""Most digits without separators: longer ones are numbers of accounts."""

_DATE = re.compile(r"(?<!\d)\d{1,4}\s?([-/.])\s?\d{1,2}\s?\1\s?(?:\d{4}|\d{2})(?!\d)")
_AMOUNT = re.compile(
    r"""(?<![\d.,])
    (?P<digits>\d+(?:\s?[.,'’]\s?\d+|\s\d{3}(?!\d))*)                       # groups and decimals
    (?:\s*(?:(?:and|&)\s*|[-_]\s*)?(?<=[\s&d_-])(?P<cents>\d\d|xx|no)\s*/\s*(?:100|xx)(?!\d))?  # 00/100
    (?!\d)""",
    re.VERBOSE | re.IGNORECASE,
)
_GROUPED = re.compile(r"\d[.,'’]\d|\d\s\d{3}|/\s*(?:100|xx)", re.IGNORECASE)
_SIGNS = "|".join(
    re.escape(sign)
    for sign in sorted({sign for one in CURRENCIES.values() for sign in (*one.before, *one.after)}, key=len)[
        ::-1
    ]
)
_SIGNED = re.compile(rf"(?<![^\W\d_])(?:{_SIGNS})[\s.:*#=]*\d|\d[\s*#=]*(?:{_SIGNS})(?![^\W\d_])")
_FILLED = re.compile(r"[*#=]\s*\d|\d\s*(?:[*#]|/?=|/?-{1,2}\s*$|/\s*-)")


@dataclass(frozen=True)
class AmountText:
    """Amount in a line of text.

    Attributes:
        text: The text.
        values: Its values by every convention that it allows, plain decimals, the most usual one first.
    """

    text: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class AmountLine:
    """Line that is most like an amount, with its amount.

    Attributes:
        amount: The amount in the line.
        confidence: Confidence of the line.
    """

    amount: AmountText
    confidence: float


def find_amounts(text: str) -> list[AmountText]:
    """Find the numbers of a line that may be amounts; dates are none.

    >>> [(found.text, found.values) for found in find_amounts("12/05/2015 Rs. 1,20,000/-")]
    [('1,20,000', ('120000', '120'))]
    >>> [found.values for found in find_amounts("$ 325 50/100")], [found.values for found in find_amounts("3.975")]
    ([('325.5',)], [('3975', '3.975')])
    """
    plain = _DATE.sub(lambda found: " " * len(found[0]), text)
    return [AmountText(found[0], _values(found)) for found in _AMOUNT.finditer(plain)]


def _values(found: "re.Match[str]") -> tuple[str, ...]:
    """Return the values of a number: groups alone, or decimals behind the last separator."""
    parts = re.split(r"[^\d]+", found["digits"])
    marks = re.findall(r"[^\d\s]", found["digits"])
    whole = "".join(parts)
    if found["cents"]:
        cents = found["cents"] if found["cents"].isdigit() else "00"
        return (_decimal(f"{whole}.{cents}"),)
    last = len(parts[-1])
    decimal = _decimal(f"{''.join(parts[:-1])}.{parts[-1]}") if marks and last <= 3 else None
    groups = _decimal(whole) if not marks or last >= 3 else None
    return tuple(dict.fromkeys(value for value in (groups, decimal) if value is not None))


def _decimal(text: str) -> str:
    return normalize_amount(Decimal(text))


def holds_amount(page: PageText, truth: str, *, digits: bool) -> bool:
    """Return whether some line of a page holds the true amount.

    Args:
        page: Lines of the page.
        truth: True amount as a plain decimal, or true string.
        digits: Whether the truth is a string, of which the digits are compared.
    """
    if not digits:
        return any(truth in found.values for line in page.lines for found in find_amounts(line.text))
    wanted = digits_of(truth)
    return any(
        wanted in (digits_of(line.text), *(digits_of(found.text) for found in find_amounts(line.text)))
        for line in page.lines
    )


def best_amount(page: PageText) -> AmountLine | None:
    """Return the line that is most like an amount; None without one.

    A line has a point for a currency sign or filler beside its number, one for groups or decimals, and one for a
    center in the right half of the page. Of lines of equal points the most confident is taken. Long numbers without
    separators, numbers with leading zeros, and zero are no amounts.
    """
    found = [
        (_points(line, amount, page.width), line.confidence, amount)
        for line in page.lines
        for amount in find_amounts(line.text)
        if _is_likely(amount)
    ]
    if not found:
        return None
    _, confidence, amount = max(found, key=lambda entry: entry[:2])
    return AmountLine(amount, confidence)


def _is_likely(amount: AmountText) -> bool:
    grouped, digits = _GROUPED.search(amount.text), digits_of(amount.text)
    long = not grouped and len(digits) > MAX_UNGROUPED
    leading = len(digits) > 1 and amount.text[:2].isdigit() and digits.startswith("0")
    return not long and not leading and any(Decimal(value) for value in amount.values)


def _points(line: Line, amount: AmountText, width: int) -> int:
    around = _around(line.text, amount.text)
    marked = bool(_SIGNED.search(around) or _FILLED.search(around))
    return marked + bool(_GROUPED.search(amount.text)) + (line.box.x + line.box.w / 2 > width / 2)


def _around(text: str, amount: str) -> str:
    """Return an amount with the six characters before and behind it."""
    start = text.find(amount)
    return text[max(0, start - 6) : start + len(amount) + 6]


def join_lines(page: PageText) -> AmountLine | None:
    """Join the lines of a cut-out amount from left to right; the least confident counts. None without text.

    The amount is that of the most digits in the joined text.
    """
    lines = sorted((line for line in page.lines if line.text.strip()), key=lambda line: line.box.x)
    if not lines:
        return None
    text = " ".join(line.text.strip() for line in lines)
    found = max(find_amounts(text), key=lambda amount: len(digits_of(amount.text)), default=None)
    values = found.values if found is not None else ()
    return AmountLine(AmountText(text, values), min(line.confidence for line in lines))
