"""Amounts and the ways in which people write them, by currency."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from docreader.synthesis.errors import UnknownStyleError
from docreader.synthesis.line import Sign


@dataclass(frozen=True)
class WrittenAmount:
    """An amount as it is written.

    Attributes:
        amount: Its value.
        text: What is written, in canonical characters, from left to right; printed currency signs and spaces
            that only group digits are left out.
        signs: The characters with their places.
        currency: ISO 4217 code.
        raised: Whether the cents stand above the line, with no point before them.
    """

    amount: Decimal
    text: str
    signs: tuple[Sign, ...]
    currency: str
    raised: bool = False

    @property
    def digits(self) -> str:
        """The digits alone, in the order of the text."""
        return "".join(c for c in self.text if c.isdigit())

    @property
    def read(self) -> str:
        """What a reader shall say: the text without spaces; the step up to raised cents is read as a point."""
        return self.text.replace(" ", "." if self.raised else "")


def write_amount(rng: np.random.Generator, style: str, amount: Decimal | None = None) -> WrittenAmount:
    """Choose how an amount is written.

    Args:
        rng: The source of chance.
        style: `chile`, `usd`, `inr` or `eur`.
        amount: The value; drawn by chance when None.

    Returns:
        The amount in one of the style's forms.

    Raises:
        UnknownStyleError: No such style.
    """
    if style not in _FORMS:
        raise UnknownStyleError(f"no amounts in style {style!r}; there are {', '.join(_FORMS)}")
    return _FORMS[style](rng, amount)


def group(digits: str, separator: str, indian: bool = False) -> str:
    """Group an integer's digits.

    Args:
        digits: The integer.
        separator: What stands between groups.
        indian: Groups of two to the left of the last three.

    Returns:
        The grouped digits.

    Examples:
        >>> group("1234567", ".")
        '1.234.567'
        >>> group("1234567", ",", indian=True)
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


def _whole(rng: np.random.Generator, lengths: dict[int, float]) -> str:
    """An integer by chance; amounts on checks are round more often than chance would have it."""
    length = int(_pick(rng, {str(k): w for k, w in lengths.items()}))
    leading = int(10 ** rng.uniform(0.0, 1.0))  # Benford's law
    digits = [str(leading)] + [str(d) for d in rng.integers(0, 10, length - 1)]
    roundness = rng.random()
    zeros = 3 if roundness < 0.13 else 2 if roundness < 0.28 else 1 if roundness < 0.36 else 0
    for i in range(max(1, length - zeros), length):
        digits[i] = "0"
    return "".join(digits)


def _line(text: str) -> tuple[Sign, ...]:
    return tuple(Sign(c) for c in text)


def _chile(rng: np.random.Generator, amount: Decimal | None) -> WrittenAmount:
    lengths = {2: 0.01, 3: 0.09, 4: 0.34, 5: 0.46, 6: 0.08, 7: 0.02}
    digits = _whole(rng, lengths) if amount is None else str(int(amount))
    separator = _pick(rng, {".": 0.5, "": 0.36, ",": 0.04, " ": 0.1})
    endings = {"": 0.44, ".-": 0.13, "-": 0.11, "=": 0.08, ".": 0.15, ",": 0.03, ".=": 0.03, ",-": 0.03}
    tail = _pick(rng, endings)
    head = _pick(rng, {"": 0.95, "=": 0.02, "-": 0.02, "#": 0.01})
    written = head + group(digits, separator) + tail
    signs = [Sign(c) for c in written]
    if tail == "=" and rng.random() < 0.6:  # the filler is often small and high
        signs[-1] = Sign("=", 0.6, 0.4)
    return WrittenAmount(Decimal(digits), written.replace(" ", ""), tuple(signs), "CLP")


def _usd(rng: np.random.Generator, amount: Decimal | None) -> WrittenAmount:
    if amount is None:
        whole = _whole(rng, {1: 0.02, 2: 0.18, 3: 0.44, 4: 0.28, 5: 0.08})
        cents = "00" if rng.random() < 0.45 else f"{rng.integers(0, 100):02d}"
    else:
        whole, cents = f"{amount:.2f}".split(".")
    body = group(whole, "," if rng.random() < 0.65 else "")
    value = Decimal(f"{whole}.{cents}")
    form = _pick(rng, {"point": 0.56, "fraction": 0.16, "raised": 0.14, "stars": 0.08, "dashes": 0.06})
    if form == "fraction":
        over = cents if cents != "00" else _pick(rng, {"00": 0.5, "xx": 0.25, "no": 0.25})
        text = f"{body} {over}/100"
        if rng.random() < 0.5:
            return WrittenAmount(value, text, _line(text), "USD")
        bar = Sign("-", 1.1, -0.05, 2)
        above = [Sign(c, 0.5, 0.58, 1) for c in over]
        below = [Sign(c, 0.45, -0.08, 3) for c in "100"]
        return WrittenAmount(value, text, (*_line(body), Sign(" "), *above, bar, *below), "USD")
    if form == "raised":
        line = (Sign("-", 1.0, -0.08, 2),) if rng.random() < 0.6 else ()
        above = [Sign(c, 0.55, 0.5, 1) for c in cents]
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
    digits = _whole(rng, lengths) if amount is None else str(int(amount))
    if amount is None and len(digits) > 3 and rng.random() < 0.4:
        digits = digits[:-3] + "000"
    paise = "" if amount is None or amount == int(amount) else f"{amount:.2f}".split(".")[1]
    # Lakhs and crores; some write thousands and millions, or leave out the comma before the last three digits.
    how = _pick(rng, {"indian": 0.6, "western": 0.12, "short": 0.08, "": 0.2})
    body = group(digits, "," if how else "", indian=how in ("indian", "short"))
    if how == "short":
        body = "".join(body.rsplit(",", 1))
    tail = f".{paise}" if paise else _pick(rng, {"/-": 0.68, "": 0.18, ".00": 0.06, "/=": 0.02, "-": 0.06})
    return WrittenAmount(Decimal(f"{digits}.{paise or '00'}"), body + tail, _line(body + tail), "INR")


def _eur(rng: np.random.Generator, amount: Decimal | None) -> WrittenAmount:
    if amount is None:
        whole = _whole(rng, {2: 0.2, 3: 0.4, 4: 0.3, 5: 0.1})
        cents = "00" if rng.random() < 0.4 else f"{rng.integers(0, 100):02d}"
    else:
        whole, cents = f"{amount:.2f}".split(".")
    body = group(whole, _pick(rng, {".": 0.5, "": 0.4, " ": 0.1}))
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
