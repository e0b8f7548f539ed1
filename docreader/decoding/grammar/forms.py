"""Built-in grammars of amounts, by currency: plain digits, groups of thousands or lakhs; decimals and fillers.

Canonical text has ``,`` between groups and ``.`` before the cents in every country's form, so that text and amount do
not depend on the locale. Each grammar is unambiguous: it maps one sequence of symbols to one text along one path, so
that the forward score of a text is not counted twice.
"""

from collections.abc import Callable
from functools import partial

import gtn
from docreader.decoding import alphabet
from docreader.decoding.currencies import CURRENCIES, Currency, Grouping
from docreader.decoding.grammar.builder import (
    ANY,
    NO_ODDS,
    NONZERO,
    OTHERS,
    RUPEES,
    GrammarBuilder,
    Odds,
)
from docreader.decoding.grammar.grammar import Grammar


def _plain(builder: GrammarBuilder) -> None:
    """Add the form 1234567, and 0 alone: an amount has no leading zero."""
    body = builder.digits(0, 1, NONZERO)
    builder.arc(body, body, alphabet.DIGITS)
    builder.end(body)
    builder.end(builder.digits(0, 1, "0"))


def _first_group(builder: GrammarBuilder, *counts: int) -> int:
    """Add that many digits and a separator; return the state behind it, common so that groups are built once."""
    grouped = builder.state()
    for count in counts:
        source = builder.digits(0, count, NONZERO)
        builder.arc(source, grouped, alphabet.POINT, alphabet.GROUP)
    builder.skip(grouped, alphabet.NON_CHARACTER)
    return grouped


def _western(builder: GrammarBuilder, one_group: bool = False) -> None:
    """Add the form 1,234,567; with `one_group` only up to 999,999.

    In a currency of three decimals the last three digits behind a mark are decimals.
    """
    whole = builder.decimals != 3
    grouped = _first_group(builder, 1, 2, 3)
    body = builder.digits(grouped, 3)
    if not one_group:
        more = builder.state()
        builder.arc(body, more, alphabet.POINT, alphabet.GROUP, builder.odds.thousands)
        builder.skip(more, alphabet.NON_CHARACTER)
        again = builder.digits(more, 3)
        builder.arc(again, more, alphabet.POINT, alphabet.GROUP)
        builder.end(again, whole=whole)
    builder.end(body, whole=whole)


def _indian(builder: GrammarBuilder) -> None:
    """Add the form 1,05,000: groups of two before the last of three.

    The last may lack its separator (1,90,90000), and the first may have three digits (150,00,000). Neither has cents
    then: 34.00 499.00 and 334.00 499.00 are two amounts.
    """
    third = builder.state()
    builder.skip(third, alphabet.NON_CHARACTER)
    for counts in ((1, 2), (3,)):
        grouped = _first_group(builder, *counts)
        pair = builder.digits(grouped, 2)
        builder.arc(pair, grouped, alphabet.POINT, alphabet.GROUP)
        builder.end(builder.group(pair, 3, builder.odds.lakhs), cents=3 not in counts)
        builder.arc(pair, third, alphabet.DIGITS, score=builder.odds.run_on)
    builder.end(builder.digits(third, 2), cents=False)


def _amount_graph(
    *forms: Callable[[GrammarBuilder], None], odds: Odds = NO_ODDS, decimals: int = 2
) -> gtn.Graph:
    builder = GrammarBuilder(odds=odds, decimals=decimals)
    builder.skip(0, alphabet.DASH + alphabet.STAR + alphabet.NON_CHARACTER)
    builder.arc(0, 0, alphabet.CURRENCY, "", odds.sign)
    for form in forms:
        form(builder)
    return builder.build()


def _digits() -> Grammar:
    """Build the grammar of one digit or more; separators, fillers and non-characters are skipped."""
    builder = GrammarBuilder()
    body = builder.state()
    builder.arc(0, body, alphabet.DIGITS)
    builder.arc(body, body, alphabet.DIGITS)
    for state in (0, body):
        builder.skip(state, alphabet.POINT + alphabet.FILLERS + alphabet.NON_CHARACTER)
    builder.final.append(body)
    return Grammar("digits", builder.build(), currency=None, has_amount=False)


def _of_currency(currency: Currency) -> Grammar:
    """Build the grammar of a currency."""
    lakhs = Grouping.LAKHS in currency.grouping
    # where lakhs are usual, 1,234,567 is more often a misread 12,34,567
    western = partial(_western, one_group=currency.grouping[0] is Grouping.LAKHS)
    forms = (_plain, western, _indian) if lakhs else (_plain, western)
    graph = _amount_graph(*forms, decimals=currency.decimals)
    return Grammar(currency.code.lower(), graph, currency.code, has_amount=True, conventional=True)


def _any() -> Grammar:
    graph, rupees, others = (
        _amount_graph(_plain, _western, _indian, odds=odds) for odds in (ANY, RUPEES, OTHERS)
    )
    by_symbol = {"₹": rupees, **dict.fromkeys("$€£", others)}
    return Grammar("amount", graph, currency=None, has_amount=True, conventional=True, by_symbol=by_symbol)


BUILT_IN: dict[str, Callable[[], Grammar]] = {
    "amount": _any,
    "digits": _digits,
    **{code.lower(): partial(_of_currency, currency) for code, currency in CURRENCIES.items()},
}
"""Grammars by name; those of currencies by ISO 4217 code in lower case."""
