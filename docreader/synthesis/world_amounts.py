"""Amounts as the world writes them: value, groups, decimals, fractions, fillers, ends and currency words."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

import numpy as np

from docreader.decoding.currencies import Currency, Grouping
from docreader.synthesis.amounts import WrittenAmount, group_digits
from docreader.synthesis.line import LineCharacter

T = TypeVar("T")

COUNTING = ("123456789", "987654321", "12345678", "1234567", "123456", "12345", "1234", "987654", "112233")
"""Digits of the amounts of specimens."""

_BY_HAND, _BY_MACHINE = 0.12, 0.4  # shares of lines with a currency: on paper the form has one, too


@dataclass(frozen=True)
class WorldAmount:
    """Line of an amount with its currency and fillers.

    Attributes:
        written: Amount; its text is the transcript without the currency, a point for an apostrophe.
        line: Characters on paper, currency and fillers included.
        transcript: Target of a reader in characters of `alphabet.CHARACTERS` and look-alikes: a sign or word of a
            currency is `$`, a filler that is no dash is `*`; number signs, brackets and words have no character.
        symbol: Whether a currency is on the line.
    """

    written: WrittenAmount
    line: tuple[LineCharacter, ...]
    transcript: str
    symbol: bool


@dataclass(frozen=True)
class _Body:
    """Amount without fillers: characters, transcript, and whether something closes it."""

    characters: tuple[LineCharacter, ...]
    read: str
    closed: bool = False
    raised: bool = False


def write_world_amount(
    rng: np.random.Generator,
    currency: Currency,
    *,
    by_machine: bool,
    drawable: str = "",
    digits_only: bool = False,
) -> WorldAmount:
    """Draw an amount in one of the forms of a currency.

    Args:
        rng: Random generator.
        currency: Currency and its forms.
        by_machine: Whether it is printed: stars and long fillers are usual, fractions are not.
        drawable: Characters beyond ASCII that can be drawn, of which currency signs may consist.
        digits_only: Whether whole units alone are written, as into a comb of cells.

    Returns:
        Amount with its line.
    """
    whole, cents = _value(rng, currency)
    if digits_only:
        value = Decimal(whole)
        line = tuple(LineCharacter(c) for c in whole)
        return WorldAmount(WrittenAmount(value, whole, line, currency.code), line, whole, False)
    body = _body(rng, currency, whole, cents, by_machine)
    amount = Decimal(f"{whole}.{cents}" if cents else whole)
    written = WrittenAmount(amount, body.read, body.characters, currency.code)
    line, read = body.characters, body.read
    if currency.code in ("BRL", "PHP") and rng.random() < 0.12:
        line = (*_plain("("), *line, *_plain(")"))
    sign = _sign(rng, currency.before, drawable)
    on_line = sign and rng.random() < (_BY_MACHINE if by_machine else _BY_HAND)
    gap = _plain(" " * int(rng.integers(0, 2)))
    inside = rng.random() < 0.6
    if on_line and inside:
        line, read = (*_plain(sign), *gap, *line), "$" + read
    line, read = _fill(rng, line, read, body.closed, by_machine)
    if on_line and not inside:
        line, read = (*_plain(sign), *gap, *line), "$" + read
    behind = _sign(rng, currency.after, drawable)
    if behind and not on_line and rng.random() < 0.25:
        line, read = (*line, *_plain(" " + behind)), read + "$"
        return WorldAmount(written, line, read, True)
    return WorldAmount(written, line, read, bool(on_line))


def _plain(text: str, scale: float = 1.0, lift: float = 0.0) -> tuple[LineCharacter, ...]:
    return tuple(LineCharacter(c, scale, lift) for c in text)


def pick(rng: np.random.Generator, table: Sequence[tuple[T, float]]) -> T:
    """Draw one of some values by its weight."""
    weights = np.array([weight for _, weight in table])
    return table[int(rng.choice(len(weights), p=weights / weights.sum()))][0]


def _sign(rng: np.random.Generator, signs: Sequence[str], drawable: str) -> str:
    known = [sign for sign in signs if all(c.isascii() or c in drawable for c in sign)]
    # the usual ones come first
    return known[min(int(rng.geometric(0.5)) - 1, len(known) - 1)] if known else ""


def _value(rng: np.random.Generator, currency: Currency) -> tuple[str, str]:
    """Draw the digits of the whole units and of the cents."""
    decimals = currency.decimals
    if rng.random() < 0.07:
        whole = COUNTING[int(rng.integers(len(COUNTING)))]
        whole = whole[: int(rng.integers(3, len(whole) + 1))]
    else:
        # small units need many digits
        shift = 1 if currency.decimals == 0 or currency.code in ("INR", "PKR", "LKR", "NGN", "COP") else 0
        lengths = ((1, 0.03), (2, 0.11), (3, 0.25), (4, 0.24), (5, 0.18), (6, 0.11), (7, 0.06), (8, 0.02))
        length = min(pick(rng, lengths) + shift, 9)
        leading = int(10 ** rng.uniform(0.0, 1.0))  # Benford's law
        whole = str(leading) + "".join(str(d) for d in rng.integers(0, 10, length - 1))
        if length > 1 and rng.random() < 0.42:
            kept = int(rng.integers(1, min(length, 4)))
            whole = whole[:kept] + "0" * (length - kept)
    if whole == "0" or not decimals:
        return whole, ""
    cents = "0" * decimals if rng.random() < 0.45 else "".join(map(str, rng.integers(0, 10, decimals)))
    if rng.random() < 0.012:
        whole = "0"
        cents = str(int(rng.integers(1, 10**decimals))).zfill(decimals)
    return whole, cents


def _group(rng: np.random.Generator, currency: Currency, whole: str, mark: str) -> str:
    grouping = currency.grouping[min(int(rng.geometric(0.62)) - 1, len(currency.grouping) - 1)]
    if not mark or grouping is Grouping.NONE or (len(whole) == 4 and rng.random() < 0.25):
        return whole
    return group_digits(whole, mark, indian=grouping is Grouping.LAKHS)


def _body(rng: np.random.Generator, currency: Currency, whole: str, cents: str, by_machine: bool) -> _Body:
    """Write an amount in one of the forms of its currency."""
    point = ""
    if currency.decimal_marks:
        point = currency.decimal_marks[0 if rng.random() < 0.8 else -1]
    marks = [m for m in currency.group_marks if m != point]
    mark = marks[min(int(rng.geometric(0.7)) - 1, len(marks) - 1)] if marks else ""
    grouped = _group(rng, currency, whole, mark)
    read = grouped.replace(" ", "").replace("'", ",").replace("\u2019", ",")
    if not cents:
        return _ended(rng, currency, grouped, read)
    written_out = by_machine or cents.strip("0") != "" or whole == "0"
    if rng.random() < (0.12 if written_out else 0.62) and not cents.strip("0"):
        return _ended(rng, currency, grouped, read)
    manner = pick(
        rng,
        (("point", 1.0), ("raised", 0.04 if by_machine else 0.22), ("fraction", 0.0 if by_machine else 0.2)),
    )
    if len(cents) != 2 or manner == "point" or whole == "0":
        tail = f"{point}{cents}"
        ending = ""
        if not by_machine and rng.random() < 0.2:
            ending = ("/-", "-", "=", "/=", "//")[int(rng.integers(5))]
        return _Body(_plain(grouped + tail + ending), read + tail + ending.replace("//", "/"), bool(ending))
    if manner == "raised":
        return _raised(rng, grouped, read, cents, by_machine)
    return _fraction(rng, grouped, read, cents)


def _raised(rng: np.random.Generator, grouped: str, read: str, cents: str, by_machine: bool) -> _Body:
    """Raise the cents above the line, over a stroke or two at times, or behind a dash: 125-00, 125=00."""
    if rng.random() < 0.25 and not by_machine:
        link = "-=-"[int(rng.integers(3))]
        return _Body(_plain(f"{grouped}{link}{cents}"), f"{read}{link}{cents}")
    scale, lift = float(rng.uniform(0.5, 0.75)), float(rng.uniform(0.3, 0.55))
    above = tuple(LineCharacter(c, scale, lift, 1) for c in cents)
    point = _plain(".") if rng.random() < 0.25 else ()
    strokes = 0 if by_machine else int(rng.integers(0, 3))
    below = tuple(LineCharacter("-", 1.1, -0.12 - 0.16 * number, 2 + number) for number in range(strokes))
    return _Body((*_plain(grouped), *point, *above, *below), f"{read}.{cents}" + "-" * strokes, strokes > 0)


def _fraction(rng: np.random.Generator, grouped: str, read: str, cents: str) -> _Body:
    """Write the cents as a fraction of a hundred, on the line, small, or stacked."""
    over = cents if cents.strip("0") else pick(rng, (("00", 0.5), ("xx", 0.3), ("no", 0.1), ("XX", 0.1)))
    under = "100" if rng.random() < 0.75 else "xx"
    link = pick(rng, ((" ", 0.7), ("-", 0.12), (" - ", 0.08), ("  ", 0.1)))
    text = read + link.replace(" ", "") + over.lower() + "/" + under
    if rng.random() < 0.6:
        scale = 1.0 if rng.random() < 0.5 else float(rng.uniform(0.5, 0.8))
        lift = 0.0 if scale == 1.0 else float(rng.uniform(0.0, 0.4))
        return _Body((*_plain(grouped + link), *_plain(f"{over}/{under}", scale, lift)), text, True)
    bar = LineCharacter("-", 1.1, -0.05, 2)
    above = tuple(LineCharacter(c, 0.5, 0.58, 1) for c in over)
    below = tuple(LineCharacter(c, 0.45, -0.08, 3) for c in under)
    return _Body((*_plain(grouped + link), *above, bar, *below), text, True)


def _ended(rng: np.random.Generator, currency: Currency, grouped: str, read: str) -> _Body:
    """Close whole units by one of the currency's endings, or by one that is in use all over."""
    lot = rng.random()
    if lot < 0.35:
        return _Body(_plain(grouped), read)
    everywhere = ("/-", "/-", "/-", "-/", "/=", " =", ".-", "/--", "-", "/")
    known = tuple(e for e in currency.endings if e.isascii())
    ending = (
        known[int(rng.integers(len(known)))] if known and lot < 0.8 else everywhere[int(rng.integers(10))]
    )
    kept = "".join(c for c in ending if c in "/-=.,")
    if any(c.isalpha() for c in ending):
        scale = float(rng.uniform(0.5, 1.0))
        return _Body((*_plain(grouped + " "), *_plain(ending, scale)), read, True)
    return _Body(_plain(grouped + ending), read + kept, True)


def _fill(
    rng: np.random.Generator, line: tuple[LineCharacter, ...], read: str, closed: bool, by_machine: bool
) -> tuple[tuple[LineCharacter, ...], str]:
    """Put fillers before the amount, behind it, or both."""
    if rng.random() > (0.5 if by_machine else 0.3):
        return line, read
    if by_machine:
        char = pick(rng, (("*", 0.7), ("#", 0.07), ("X", 0.1), ("-", 0.07), ("=", 0.06)))
    else:
        char = pick(rng, (("*", 0.12), ("#", 0.1), ("x", 0.04), ("-", 0.44), ("=", 0.3)))
    longest = 14 if by_machine else 5
    count = (
        min(1 + int(rng.geometric(0.3)), longest) if rng.random() < 0.8 else int(rng.integers(1, longest + 1))
    )
    kept = {"#": "", "X": "*", "x": "*"}.get(char, char)
    scale, lift = (1.0, 0.0) if by_machine or rng.random() < 0.6 else (0.6, 0.3)
    fillers = _plain(char * count, scale, lift)
    gap = _plain(" ") if rng.random() < 0.35 else ()
    place = pick(rng, (("both", 0.4), ("before", 0.35 if by_machine else 0.1), ("behind", 0.25)))
    if place != "behind" and char in "-" and count < 3:
        place = "behind"  # a dash or two before an amount negate it
    if place in ("both", "before"):
        line, read = (*fillers, *gap, *line), kept * count + read
    if place in ("both", "behind"):
        if char == "-" and not by_machine and rng.random() < 0.6:  # one long line to the end of the field
            long = float(rng.uniform(2.0, 6.0))
            return (*line, LineCharacter("-", long, -0.48 * (long - 1.0))), read + "-"
        line, read = (*line, *gap, *fillers), read + kept * count
    return line, read
