"""Names of the built-in grammars."""

from enum import StrEnum

from docreader.decoding.currencies import CURRENCIES


class GrammarName(StrEnum):
    """A built-in grammar of no single currency."""

    AMOUNT = "amount"
    """Amounts in any currency's form."""
    DIGITS = "digits"
    """Digits alone; separators and fillers are read over."""


NAMES: tuple[str, ...] = (*GrammarName, *(code.lower() for code in CURRENCIES))
"""Built-in grammars: those of no single currency, and each currency's ISO 4217 code in lower case."""

SHOWN = f"{', '.join(GrammarName)}, a currency's ISO 4217 code in lower case (usd, inr, ...)"
"""The names, for messages."""
