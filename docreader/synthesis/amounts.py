"""Random amounts and their written forms, by currency."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from docreader.synthesis.errors import UnknownStyleError
from docreader.synthesis.line import LineCharacter


@dataclass(frozen=True)
class WrittenAmount:
    """Amount in its written form.

    Attributes:
        amount: Value.
        text: Written characters in canonical form, from left to right, without printed currency symbols and
            spaces that only group digits.
        characters: Characters with size and position on the line.
        currency: ISO 4217 code.
        raised: Whether the cents are raised above the line, without a decimal point.
    """

    amount: Decimal
    text: str
    characters: tuple[LineCharacter, ...]
    currency: str
    raised: bool = False

    @property
    def digits(self) -> str:
        """Return the digits alone, in the order of the text."""
        return "".join(c for c in self.text if c.isdigit())

    @property
    def transcript(self) -> str:
        """Return the target of a reader: the text without spaces, a point before raised cents."""
        return self.text.replace(" ", "." if self.raised else "")


def write_amount(rng: np.random.Generator, style: str, amount: Decimal | None = None) -> WrittenAmount:
    """Draw the written form of an amount.

    Args:
        rng: Random generator.
        style: `chile`, `usd`, `inr` or `eur`.
        amount: Value; random if None.

    Returns:
        Amount in one of the style's forms.

    Raises:
        UnknownStyleError: No such style.
    """
    if style not in _FORMS:
        raise UnknownStyleError(f"no amounts in style {style!r}; there are {', '.join(_FORMS)}")
    return _FORMS[style](rng, amount)


def group_digits(digits: str, separator: str, indian: bool = False) -> str:
    """Insert group separators into an integer.

    Args:
        digits: Digits of the integer.
        separator: Character between groups.
        indian: Groups of two to the left of the last three.

    Returns:
        Grouped digits.

    Examples:
        >>> group_digits("1234567", ".")
        '1.234.567'
        >>> group_digits("1234567", ",", indian=True)
        '12,34,567'
    """
    head, tail = digits[:-3], digits[-3:]
    size = 2 if indian else 3
    parts = [tail]
    while head:
        parts.insert(0, head[-size:])
        head = head[:-size]
    return separator.join(parts)


def _pick(rng: np.random.Generator, table: dict[str, float]) -> str:
    weights = np.array(list(table.values()))
    return list(table)[int(rng.choice(len(weights), p=weights / weights.sum()))]


def _random_integer(rng: np.random.Generator, lengths: dict[int, float]) -> str:
    """Draw an integer by Benford's law, with more trailing zeros than a uniform draw, as on checks."""
    length = int(_pick(rng, {str(k): w for k, w in lengths.items()}))
    leading = int(10 ** rng.uniform(0.0, 1.0))  # Benford's law
    digits = [str(leading)] + [str(d) for d in rng.integers(0, 10, length - 1)]
    roundness = rng.random()
    zeros = 3 if roundness < 0.13 else 2 if roundness < 0.28 else 1 if roundness < 0.36 else 0
    for i in range(max(1, length - zeros), length):
        digits[i] = "0"
    return "".join(digits)


def _line(text: str) -> tuple[LineCharacter, ...]:
    return tuple(LineCharacter(c) for c in text)


def _chile(rng: np.random.Generator, amount: Decimal | None) -> WrittenAmount:
    lengths = {2: 0.01, 3: 0.09, 4: 0.34, 5: 0.46, 6: 0.08, 7: 0.02}
    digits = _random_integer(rng, lengths) if amount is None else str(int(amount))
    separator = _pick(rng, {".": 0.5, "": 0.36, ",": 0.04, " ": 0.1})
    endings = {"": 0.44, ".-": 0.13, "-": 0.11, "=": 0.08, ".": 0.15, ",": 0.03, ".=": 0.03, ",-": 0.03}
    tail = _pick(rng, endings)
    head = _pick(rng, {"": 0.95, "=": 0.02, "-": 0.02, "#": 0.01})
    written = head + group_digits(digits, separator) + tail
    characters = [LineCharacter(c) for c in written]
    if tail == "=" and rng.random() < 0.6:  # small and raised, as fillers often are
        characters[-1] = LineCharacter("=", 0.6, 0.4)
    return WrittenAmount(Decimal(digits), written.replace(" ", ""), tuple(characters), "CLP")


def _usd(rng: np.random.Generator, amount: Decimal | None) -> WrittenAmount:
    if amount is None:
        whole = _random_integer(rng, {1: 0.02, 2: 0.18, 3: 0.44, 4: 0.28, 5: 0.08})
        cents = "00" if rng.random() < 0.45 else f"{rng.integers(0, 100):02d}"
    else:
        whole, cents = f"{amount:.2f}".split(".")
    body = group_digits(whole, "," if rng.random() < 0.65 else "")
    value = Decimal(f"{whole}.{cents}")
    form = _pick(rng, {"point": 0.56, "fraction": 0.16, "raised": 0.14, "stars": 0.08, "dashes": 0.06})
    if form == "fraction":
        over = cents if cents != "00" else _pick(rng, {"00": 0.5, "xx": 0.25, "no": 0.25})
        text = f"{body} {over}/100"
        if rng.random() < 0.5:
            return WrittenAmount(value, text, _line(text), "USD")
        bar = LineCharacter("-", 1.1, -0.05, 2)
        above = [LineCharacter(c, 0.5, 0.58, 1) for c in over]
        below = [LineCharacter(c, 0.45, -0.08, 3) for c in "100"]
        return WrittenAmount(value, text, (*_line(body), LineCharacter(" "), *above, bar, *below), "USD")
    if form == "raised":
        line = (LineCharacter("-", 1.0, -0.08, 2),) if rng.random() < 0.6 else ()
        above = [LineCharacter(c, 0.55, 0.5, 1) for c in cents]
        return WrittenAmount(value, f"{body} {cents}", (*_line(body), *above, *line), "USD", raised=True)
    text = f"{body}.{cents}"
    if form == "stars":
        stars = "*" * int(rng.integers(1, 4))
        text = stars + text + _pick(rng, {stars: 0.6, "": 0.4})
    elif form == "dashes":
        text += "-" * int(rng.integers(1, 4))
    return WrittenAmount(value, text, _line(text), "USD")


def _inr(rng: np.random.Generator, amount: Decimal | None) -> WrittenAmount:
    lengths = {3: 0.06, 4: 0.16, 5: 0.23, 6: 0.26, 7: 0.17, 8: 0.08, 9: 0.04}
    digits = _random_integer(rng, lengths) if amount is None else str(int(amount))
    if amount is None and len(digits) > 3 and rng.random() < 0.4:
        digits = digits[:-3] + "000"
    paise = "" if amount is None or amount == int(amount) else f"{amount:.2f}".split(".")[1]
    # lakhs and crores; sometimes thousands and millions, or no comma before the last three digits
    how = _pick(rng, {"indian": 0.6, "western": 0.12, "short": 0.08, "": 0.2})
    body = group_digits(digits, "," if how else "", indian=how in ("indian", "short"))
    if how == "short":
        body = "".join(body.rsplit(",", 1))
    tail = f".{paise}" if paise else _pick(rng, {"/-": 0.68, "": 0.18, ".00": 0.06, "/=": 0.02, "-": 0.06})
    return WrittenAmount(Decimal(f"{digits}.{paise or '00'}"), body + tail, _line(body + tail), "INR")


def _eur(rng: np.random.Generator, amount: Decimal | None) -> WrittenAmount:
    if amount is None:
        whole = _random_integer(rng, {2: 0.2, 3: 0.4, 4: 0.3, 5: 0.1})
        cents = "00" if rng.random() < 0.4 else f"{rng.integers(0, 100):02d}"
    else:
        whole, cents = f"{amount:.2f}".split(".")
    body = group_digits(whole, _pick(rng, {".": 0.5, "": 0.4, " ": 0.1}))
    ending = f",{cents}" if cents != "00" or rng.random() < 0.6 else ",-"
    head = _pick(rng, {"": 0.85, "=": 0.1, "-": 0.05})
    tail = _pick(rng, {"": 0.75, "=": 0.15, "-": 0.1}) if ending != ",-" else ""
    written = head + body + ending + tail
    return WrittenAmount(Decimal(f"{whole}.{cents}"), written.replace(" ", ""), _line(written), "EUR")


_FORMS: dict[str, Callable[[np.random.Generator, Decimal | None], WrittenAmount]] = {
    "chile": _chile,
    "usd": _usd,
    "inr": _inr,
    "eur": _eur,
}
