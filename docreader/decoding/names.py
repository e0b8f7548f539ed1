"""Names of the built-in grammars."""

from enum import StrEnum


class GrammarName(StrEnum):
    """A built-in grammar."""

    AMOUNT = "amount"
    """Amounts in any currency's form."""
    DIGITS = "digits"
    """Digits alone; separators and fillers are read over."""
    USD = "usd"
    INR = "inr"
    CLP = "clp"
    EUR = "eur"
