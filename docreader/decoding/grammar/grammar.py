"""Grammar: a transducer from input symbols to the canonical text of an amount, with the values of its texts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import gtn
from docreader.decoding import alphabet
from docreader.decoding.currencies import currencies_of


@dataclass(frozen=True, eq=False)
class Grammar:
    """A named grammar: its graph, and the values of its texts."""

    name: str
    graph: gtn.Graph
    """Transducer from input symbols (`alphabet.INPUT_SYMBOLS`) to the canonical text."""
    currency: str | None
    """ISO 4217 code of the form, None where several use it."""
    has_amount: bool
    """Whether a text is an amount: False for digit strings without separators."""
    conventional: bool = False
    """Whether its texts are amounts in groups as on checks, so that the widths of gaps have a meaning."""
    by_symbol: Mapping[str, gtn.Graph] = field(default_factory=dict)
    """Graphs of the same texts by printed currency symbol, which weighs the forms of writing."""

    def graphs(self, symbols: Sequence[str | None]) -> gtn.Graph:
        """Return a graph for each printed currency symbol (None: no symbol); one graph where all are the same."""
        found = [self.by_symbol.get(symbol or "", self.graph) for symbol in symbols]
        return self.graph if all(graph is self.graph for graph in found) else gtn.batch(found)

    def currency_after(self, symbol: str | None) -> str | None:
        """Return the currency of an amount behind a printed symbol, None where several have it, as $, or none."""
        found = currencies_of(symbol or "") if self.has_amount and self.currency is None else ()
        return found[0].code if len(found) == 1 else self.currency

    def amount(self, text: str) -> Decimal | None:
        """Return the value of a text, None where the text is not an amount.

        >>> Grammar("mine", gtn.string_acceptor([1]), None, has_amount=True).amount("1,234.56")
        Decimal('1234.56')
        """
        plain = text.replace(alphabet.GROUP, "")
        return Decimal(plain) if self.has_amount and re.fullmatch(r"[0-9]+(\.[0-9]+)?", plain) else None
