"""Currencies: codes, signs and words, decimals, marks and groups of amounts, from `currencies.json`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from importlib import resources
from types import MappingProxyType
from typing import Any

FILE = "currencies.json"
"""The data file, beside this module."""


class Grouping(StrEnum):
    """Groups of the digits of whole units."""

    THOUSANDS = "thousands"
    """Groups of three: 1,234,567."""
    LAKHS = "lakhs"
    """A last group of three, those before it of two: 12,34,567."""
    NONE = "none"
    """No groups: 1234567."""


@dataclass(frozen=True)
class Currency:
    """A currency, and how its amounts are written on checks. The most usual of several forms comes first."""

    code: str
    """ISO 4217 code."""
    name: str
    """English name."""
    countries: tuple[str, ...]
    """English names of countries that use it."""
    decimals: int
    """Decimals of the amount, by ISO 4217; whole units alone may be written."""
    before: tuple[str, ...]
    """Signs and words before the amount."""
    after: tuple[str, ...]
    """Signs and words behind the amount."""
    decimal_marks: tuple[str, ...]
    """Marks between whole units and decimals; none without decimals."""
    group_marks: tuple[str, ...]
    """Marks between groups: comma, point, blank or apostrophe."""
    grouping: tuple[Grouping, ...]
    """Groupings in use."""
    endings: tuple[str, ...]
    """Fillers and words that close the amount: /-, only."""
    fractions: tuple[str, ...]
    """Fractions in place of decimals: NN/100 for digits, xx/100 and no/100 for none. Empty where they are unusual."""


def _parse(row: Mapping[str, Any]) -> Currency:
    """Make a currency of a row of the data file."""
    values = {one.name: tuple(row[one.name]) for one in fields(Currency) if isinstance(row[one.name], list)}
    values["grouping"] = tuple(Grouping(name) for name in row["grouping"])
    return Currency(**{**row, **values})


def _load() -> dict[str, Currency]:
    """Load the data file."""
    text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    return {row["code"]: _parse(row) for row in json.loads(text)}


CURRENCIES: Mapping[str, Currency] = MappingProxyType(_load())
"""Currencies by ISO 4217 code, in alphabetical order.

>>> CURRENCIES["TND"].decimals
3
"""


def currencies_of(sign: str) -> tuple[Currency, ...]:
    """Return the currencies that have a sign or word, by code.

    >>> [currency.code for currency in currencies_of("€")]
    ['EUR']
    """
    return tuple(one for one in CURRENCIES.values() if sign in (*one.before, *one.after))
