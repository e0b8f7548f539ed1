"""What may stand in an amount field: transducers from characters as read to the canonical text of an amount.

Canonical text has ``,`` between groups and ``.`` before the cents in every country's form, so that text and amount do
not depend on who reads them. Each grammar is unambiguous: it maps one reading to one text along one path, which
keeps the forward score of an answer from being counted twice.
"""

import math
import re
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import gtn
from docreader.decoding import alphabet
from docreader.errors import GrammarError

MAX_FILE_BYTES = 1_000_000
"""A grammar file larger than this is refused."""


@dataclass(frozen=True, eq=False)
class Grammar:
    """A named grammar: its graph, and what its texts mean."""

    name: str
    graph: gtn.Graph
    """Transducer from labels as read (`alphabet.INPUT_SYMBOLS`) to labels of the canonical text."""
    currency: str | None
    """ISO 4217 code that the form stands for, None where it could be several."""
    has_amount: bool
    """Whether a text is an amount: False for bare digit strings, where separators were read over."""
    after_sign: Mapping[str, gtn.Graph] = field(default_factory=dict)
    """The graph behind a printed currency sign that says how amounts are likely to be written; same texts."""

    def graphs(self, signs: Sequence[str | None]) -> gtn.Graph:
        """The graphs for amounts behind these printed signs (None: no sign): one graph where one does for all."""
        found = [self.after_sign.get(sign or "", self.graph) for sign in signs]
        return self.graph if all(graph is self.graph for graph in found) else gtn.batch(found)

    def currency_after(self, sign: str | None) -> str | None:
        """The currency of an amount behind a printed sign; $ alone stands for several."""
        return self.currency or (_CURRENCY.get(sign or "") if self.has_amount else None)

    def amount(self, text: str) -> Decimal | None:
        """The value of a text of this grammar, None where the grammar does not say.

        >>> load_grammar("usd").amount("1,234.56")
        Decimal('1234.56')
        """
        plain = text.replace(alphabet.GROUP, "")
        return Decimal(plain) if self.has_amount and re.fullmatch(r"[0-9]+(\.[0-9]+)?", plain) else None


_CURRENCY = {"₹": "INR", "€": "EUR", "£": "GBP"}


@dataclass(frozen=True)
class _Odds:
    """Log scores of ways to write an amount, against the usual one, nats.

    They are rounded: what banks' forms ask for and people are used to, not counted on any set of checks.
    """

    cents: float = 0.0
    thousands: float = 0.0
    """Two groups of three or more: 1,234,567."""
    lakhs: float = 0.0
    """Groups of two before the last: 1,05,000."""
    run_on: float = 0.0
    """The same without the last separator: 1,05000."""
    sign: float = 0.0
    """A currency sign, where one was seen and left out: a 5 may look like one."""


_NO_ODDS = _Odds()
_ANY = _Odds(run_on=-2.0)
"""Raised cents behind a group of three look like it: 18,850 62 is no 18,85,062."""
_RUPEES = _Odds(cents=-2.0, thousands=-3.0, run_on=-1.0, sign=-4.0)
"""Whole rupees, closed by /-, grouped by lakhs."""
_OTHERS = _Odds(lakhs=-3.0, run_on=-3.0, sign=-4.0)
"""Nobody groups dollars, pesos, euros or pounds by twos."""


@dataclass(frozen=True)
class _Cents:
    """States into which cents are read: behind a point, behind a first x, and behind a first digit of ten."""

    point: int
    letter: int
    first: list[int]


@dataclass
class _Builder:
    """Collects arcs by characters."""

    arcs: list[tuple[int, int, int, int]] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    final: list[int] = field(default_factory=list)
    states: int = 1
    odds: _Odds = _NO_ODDS

    def state(self) -> int:
        self.states += 1
        return self.states - 1

    def arc(
        self, source: int, target: int, read: str, written: str | None = None, score: float = 0.0
    ) -> None:
        """One arc for each character of `read`; it writes `written`, the same character, or "" for nothing."""
        for character in read:
            output = character if written is None else written
            self.arcs.append(
                (source, target, alphabet.INDEX[character], alphabet.INDEX[output] if output else gtn.EPSILON)
            )
            self.scores.append(score)

    def skip(self, state: int, read: str) -> None:
        """Read over characters."""
        self.arc(state, state, read, "")

    def digits(self, source: int, count: int) -> int:
        """A run of exactly `count` digits, with dirt read over; the state behind it."""
        for _ in range(count):
            target = self.state()
            self.arc(source, target, alphabet.DIGITS)
            self.skip(target, alphabet.NON_CHARACTER)
            source = target
        return source

    def group(self, source: int, count: int, score: float) -> int:
        """A separator and a group of digits."""
        target = self.state()
        self.arc(source, target, alphabet.POINT, alphabet.GROUP, score)
        self.skip(target, alphabet.NON_CHARACTER)
        return self.digits(target, count)

    def end(self, source: int, cents: bool) -> None:
        """What may follow the whole units: cents, a closing point, fillers."""
        self._tail(source)
        if cents:
            shared, score = self._cents, self.odds.cents
            self.arc(source, shared.point, alphabet.POINT, score=score)
            self.arc(source, shared.point, alphabet.DASH, alphabet.POINT, score)
            # xx/100: the point stands for the first letter, the noughts for the second and the stroke
            self.arc(source, shared.letter, alphabet.LETTER, alphabet.POINT, score)
            for digit, state in zip(alphabet.DIGITS, shared.first, strict=True):
                self.arc(source, state, digit, alphabet.POINT, score)

    def _tail(self, source: int) -> None:
        """Make `source` final, and let a closing point and fillers follow it."""
        closed, filler = self._ends
        self.final.append(source)
        self.arc(source, closed, alphabet.POINT, "")
        self.arc(source, filler, alphabet.FILLERS, "")

    @cached_property
    def _ends(self) -> tuple[int, int]:
        """Final states behind a closing point, and behind a filler."""
        closed, filler = self.state(), self.state()
        self.skip(closed, alphabet.FILLERS + alphabet.NON_CHARACTER)
        self.skip(filler, alphabet.FILLERS + alphabet.NON_CHARACTER + alphabet.POINT)
        self.final += [closed, filler]
        return closed, filler

    @cached_property
    def _cents(self) -> "_Cents":
        """The states of cents, one set for all forms: 56, xx, 56/100, xx/100, no/100.

        Where no point stands before the cents, it is known behind them only that they are. The text then runs two
        characters late: the first of them writes the point, the second the first.
        """
        hundred = self._hundred()
        point = self.state()
        self.skip(point, alphabet.NON_CHARACTER)
        last = self.digits(point, 2)
        self._tail(last)
        self.arc(last, hundred, alphabet.SLASH, "")
        two = [self.state(), self.state()]
        self.arc(point, two[0], alphabet.LETTER, "0")
        self.arc(two[0], two[1], alphabet.LETTER, "0")
        self.arc(two[1], hundred, alphabet.SLASH, "")
        letter, letters = self.state(), self.state()
        self.arc(letter, letters, alphabet.LETTER, "0")
        self.arc(letters, hundred, alphabet.SLASH, "0")
        first = [self.state() for _ in alphabet.DIGITS]
        second = [self.state() for _ in alphabet.DIGITS]
        for digit, state, behind in zip(alphabet.DIGITS, first, second, strict=True):
            for other, target in zip(alphabet.DIGITS, second, strict=True):
                self.arc(state, target, other, digit)
            self.arc(behind, hundred, alphabet.SLASH, digit)
        for state in (*two, letter, letters, *first, *second):
            self.skip(state, alphabet.NON_CHARACTER)
        return _Cents(point, letter, first)

    def _hundred(self) -> int:
        """The state behind the stroke of a fraction: 100 is read over."""
        source = stroke = self.state()
        self.skip(source, alphabet.NON_CHARACTER)
        for digit in "100":
            target = self.state()
            self.arc(source, target, digit, "")
            self.skip(target, alphabet.NON_CHARACTER)
            source = target
        self._tail(source)
        return stroke

    def build(self) -> gtn.Graph:
        source, target, read, written = (list(column) for column in zip(*self.arcs, strict=True))
        return gtn.Graph.from_arcs(
            source, target, read, written, self.scores, num_states=self.states, start=[0], final=self.final
        )


def _plain(builder: _Builder, cents: bool) -> None:
    """1234567, with or without cents."""
    body = builder.digits(0, 1)
    builder.arc(body, body, alphabet.DIGITS)
    builder.end(body, cents)


def _western(builder: _Builder, cents: bool, one_group: bool = False) -> None:
    """1,234,567; with `one_group` only up to 999,999."""
    grouped = builder.state()
    for count in (1, 2, 3):
        # The last digit of the first group leads to a common state, so that the groups are built once.
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


def _indian(builder: _Builder, cents: bool) -> None:
    """1,05,000 and 150,00,000: groups of two before the last of three, which may have no separator: 1,90,90000."""
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


def _amount_graph(*forms: Callable[[_Builder], None], odds: _Odds = _NO_ODDS) -> gtn.Graph:
    builder = _Builder(odds=odds)
    builder.skip(0, alphabet.DASH + alphabet.STAR + alphabet.NON_CHARACTER)
    builder.arc(0, 0, alphabet.CURRENCY, "", odds.sign)
    for form in forms:
        form(builder)
    return builder.build()


def _digits() -> Grammar:
    """One digit or more; separators, fillers and dirt are read over."""
    builder = _Builder()
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
        for odds in (_ANY, _RUPEES, _OTHERS)
    )
    after_sign = {"₹": rupees, **dict.fromkeys("$€£", others)}
    return Grammar("amount", graph, currency=None, has_amount=True, after_sign=after_sign)


BUILT_IN: dict[str, Callable[[], Grammar]] = {
    "amount": _any,
    "digits": _digits,
    "usd": lambda: _cents_and_groups("usd", "USD"),
    "inr": _inr,
    "clp": _clp,
    "eur": lambda: _cents_and_groups("eur", "EUR"),
}
"""Grammars by name."""


def load_grammar(name: str) -> Grammar:
    """A built-in grammar by its name, or a grammar file.

    A file lists one arc a line: source state, target state, character read, character written (``*e*`` for none) and
    optionally a score; a line with a single number names a final state. The first line's source is the start state.
    ``.`` reads a point or comma, ``-`` a dash or filler, ``/`` a slash, ``$`` a currency sign, ``*`` a star, ``x`` a
    letter of "xx" or "no", ``#`` dirt; lines that begin with ``;`` are comments.

    Args:
        name: one of `BUILT_IN`, or a path.

    Raises:
        GrammarError: if there is neither, or the file is no grammar; the message names the line.
    """
    if name in BUILT_IN:
        return BUILT_IN[name]()
    path = Path(name)
    try:
        # looked at before it is opened: a pipe would never end, and a device might
        if not path.is_dir() and not stat.S_ISREG(path.stat().st_mode):
            raise GrammarError(f"grammar file {name} is no file but a pipe, socket or device")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise GrammarError(f"grammar file {name} is larger than {MAX_FILE_BYTES} bytes")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise GrammarError(f"no grammar {name!r}: give one of {', '.join(BUILT_IN)}, or a file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise GrammarError(f"cannot read grammar file {name}: {error}") from error
    return Grammar(path.stem, _parse(text, name), currency=None, has_amount=True)


def _parse(text: str, name: str) -> gtn.Graph:
    """The graph of a grammar file."""
    builder = _Builder()
    numbers: dict[str, int] = {}
    for line_number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith(";"):
            continue
        try:
            if len(words) == 1:
                builder.final.append(numbers.setdefault(words[0], len(numbers)))
                continue
            source, target, read, written, *score = words
            if (
                len(score) > 1
                or len(read) > 1
                or read not in alphabet.INPUT_SYMBOLS
                or (written != "*e*" and written not in alphabet.INDEX)
            ):
                raise ValueError(line)
            weight = float(score[0]) if score else 0.0
            if not math.isfinite(weight):
                raise ValueError(line)
        except ValueError as error:
            raise GrammarError(
                f"{name}, line {line_number}: {line!r} is neither 'source target read written [score]' with a "
                f"finite score and characters of {alphabet.INPUT_SYMBOLS} to read and "
                f"{alphabet.ALPHABET} or *e* to write, "
                "nor a final state"
            ) from error
        ends = [numbers.setdefault(word, len(numbers)) for word in (source, target)]
        builder.arc(ends[0], ends[1], read, "" if written == "*e*" else written, weight)
    if not builder.arcs or not builder.final:
        raise GrammarError(f"{name}: a grammar needs at least one arc and one final state")
    builder.states = len(numbers)
    try:
        return builder.build()
    except gtn.GraphError as error:
        raise GrammarError(f"{name}: {error}") from error
