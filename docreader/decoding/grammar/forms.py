"""Built-in grammars of amounts: plain digits, groups of thousands, groups of lakhs; cents and fillers.

Canonical text has ``,`` between groups and ``.`` before the cents in every country's form, so that text and amount do
not depend on the locale. Each grammar is unambiguous: it maps one sequence of symbols to one text along one path, so
that the forward score of a text is not counted twice.
"""

from collections.abc import Callable

import gtn
from docreader.decoding import alphabet
from docreader.decoding.grammar.builder import ANY, NO_ODDS, OTHERS, RUPEES, GrammarBuilder, Odds
from docreader.decoding.grammar.grammar import Grammar


def _plain(builder: GrammarBuilder, cents: bool) -> None:
    """Add the form 1234567, with or without cents."""
    body = builder.digits(0, 1)
    builder.arc(body, body, alphabet.DIGITS)
    builder.end(body, cents)


def _western(builder: GrammarBuilder, cents: bool, one_group: bool = False) -> None:
    """Add the form 1,234,567; with `one_group` only up to 999,999."""
    grouped = builder.state()
    for count in (1, 2, 3):
        # the last digit of the first group leads to a common state, so that the groups are built once
        source = builder.digits(0, count)
        builder.arc(source, grouped, alphabet.POINT, alphabet.GROUP)
    builder.skip(grouped, alphabet.NON_CHARACTER)
    body = builder.digits(grouped, 3)
    if not one_group:
        more = builder.state()
        builder.arc(body, more, alphabet.POINT, alphabet.GROUP, builder.odds.thousands)
        builder.skip(more, alphabet.NON_CHARACTER)
        again = builder.digits(more, 3)
        builder.arc(again, more, alphabet.POINT, alphabet.GROUP)
        builder.end(again, cents)
    builder.end(body, cents)


def _indian(builder: GrammarBuilder, cents: bool) -> None:
    """Add the form 1,05,000: groups of two before the last of three, which may lack its separator (1,90,90000)."""
    grouped = builder.state()
    for count in (1, 2, 3):
        source = builder.digits(0, count)
        builder.arc(source, grouped, alphabet.POINT, alphabet.GROUP)
    builder.skip(grouped, alphabet.NON_CHARACTER)
    pair = builder.digits(grouped, 2)
    builder.arc(pair, grouped, alphabet.POINT, alphabet.GROUP)
    builder.end(builder.group(pair, 3, builder.odds.lakhs), cents)
    third = builder.state()
    builder.arc(pair, third, alphabet.DIGITS, score=builder.odds.run_on)
    builder.skip(third, alphabet.NON_CHARACTER)
    builder.end(builder.digits(third, 2), cents)


def _amount_graph(*forms: Callable[[GrammarBuilder], None], odds: Odds = NO_ODDS) -> gtn.Graph:
    builder = GrammarBuilder(odds=odds)
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


def _clp() -> Grammar:
    graph = _amount_graph(lambda b: _plain(b, cents=False), lambda b: _western(b, cents=False))
    return Grammar("clp", graph, currency="CLP", has_amount=True)


def _cents_and_groups(name: str, currency: str) -> Grammar:
    graph = _amount_graph(lambda b: _plain(b, cents=True), lambda b: _western(b, cents=True))
    return Grammar(name, graph, currency, has_amount=True)


def _inr() -> Grammar:
    graph = _amount_graph(
        lambda b: _plain(b, cents=True),
        lambda b: _western(b, cents=True, one_group=True),
        lambda b: _indian(b, cents=True),
    )
    return Grammar("inr", graph, currency="INR", has_amount=True)


def _any() -> Grammar:
    graph, rupees, others = (
        _amount_graph(
            lambda b: _plain(b, cents=True),
            lambda b: _western(b, cents=True),
            lambda b: _indian(b, cents=True),
            odds=odds,
        )
        for odds in (ANY, RUPEES, OTHERS)
    )
    by_symbol = {"₹": rupees, **dict.fromkeys("$€£", others)}
    return Grammar("amount", graph, currency=None, has_amount=True, by_symbol=by_symbol)


BUILT_IN: dict[str, Callable[[], Grammar]] = {
    "amount": _any,
    "digits": _digits,
    "usd": lambda: _cents_and_groups("usd", "USD"),
    "inr": _inr,
    "clp": _clp,
    "eur": lambda: _cents_and_groups("eur", "EUR"),
}
"""Grammars by name."""
