"""Builder of grammars: arcs over characters, runs of digits, cents and fillers, with scores of the forms of writing."""

from dataclasses import dataclass, field
from functools import cached_property

import gtn
from docreader.decoding import alphabet

NONZERO = alphabet.DIGITS[1:]
"""Digits that may be the first of several."""

_CLOSING = alphabet.DASH + alphabet.SLASH + alphabet.CURRENCY + alphabet.STAR
"""Fillers behind an amount. A letter is none: x stands for cents only, as in xx/100."""


@dataclass(frozen=True)
class Odds:
    """Log scores of forms of writing relative to the usual one, nats.

    Rounded estimates from the conventions of bank forms, not counted on any set of checks.
    """

    cents: float = 0.0
    thousands: float = 0.0
    """Two groups of three or more: 1,234,567."""
    lakhs: float = 0.0
    """Groups of two before the last: 1,05,000."""
    run_on: float = 0.0
    """The same without the last separator: 1,05000."""
    sign: float = 0.0
    """A currency sign where one was split from the field: a 5 may resemble one."""


NO_ODDS = Odds()
ANY = Odds(run_on=-2.0)
"""Raised cents behind a group of three resemble it: 18,850 62 is not 18,85,062."""
RUPEES = Odds(cents=-2.0, thousands=-3.0, run_on=-1.0, sign=-4.0)
"""Whole rupees, closed by /-, in groups of lakhs."""
OTHERS = Odds(lakhs=-3.0, run_on=-3.0, sign=-4.0)
"""Dollars, pesos, euros and pounds are not grouped by twos."""


@dataclass(frozen=True)
class _Cents:
    """States of the cents: behind a point, behind a first x, and behind each first digit."""

    point: int
    letter: int
    first: list[int]


@dataclass
class GrammarBuilder:
    """Builds a graph from arcs over characters."""

    arcs: list[tuple[int, int, int, int]] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    final: list[int] = field(default_factory=list)
    states: int = 1
    odds: Odds = NO_ODDS
    decimals: int = 2
    """Decimals that may follow the whole units: 0, 2 or 3."""

    def state(self) -> int:
        """Add a state."""
        self.states += 1
        return self.states - 1

    def arc(
        self, source: int, target: int, read: str, written: str | None = None, score: float = 0.0
    ) -> None:
        """Add an arc for each character of `read`, with output `written`: None for the same character, "" for none."""
        for character in read:
            output = character if written is None else written
            self.arcs.append(
                (source, target, alphabet.INDEX[character], alphabet.INDEX[output] if output else gtn.EPSILON)
            )
            self.scores.append(score)

    def skip(self, state: int, read: str) -> None:
        """Add loops that skip characters."""
        self.arc(state, state, read, "")

    def digits(self, source: int, count: int, first: str = alphabet.DIGITS) -> int:
        """Add exactly `count` digits, non-characters skipped; return the state behind them.

        Args:
            source: State before the digits.
            count: Number of digits, one or more.
            first: Digits that may be the first.
        """
        for read in (first, *[alphabet.DIGITS] * (count - 1)):
            target = self.state()
            self.arc(source, target, read)
            self.skip(target, alphabet.NON_CHARACTER)
            source = target
        return source

    def group(self, source: int, count: int, score: float) -> int:
        """Add a separator and a group of digits; return the state behind them."""
        target = self.state()
        self.arc(source, target, alphabet.POINT, alphabet.GROUP, score)
        self.skip(target, alphabet.NON_CHARACTER)
        return self.digits(target, count)

    def end(self, source: int, cents: bool = True, whole: bool = True) -> None:
        """Add what may follow the whole units: decimals where the form has them, a closing point, fillers.

        Args:
            source: State behind the whole units.
            cents: Whether decimals may follow.
            whole: Whether the units may stand alone.
        """
        if whole:
            self._tail(source)
        if self.decimals == 3 and cents:
            self.arc(source, self.thousandths, alphabet.POINT)
        elif self.decimals and cents:
            shared, score = self._cents, self.odds.cents
            self.arc(source, shared.point, alphabet.POINT, score=score)
            self.arc(source, shared.point, alphabet.DASH, alphabet.POINT, score)
            # xx/100: the first letter writes the point, the second and the stroke the noughts
            self.arc(source, shared.letter, alphabet.LETTER, alphabet.POINT, score)
            for digit, state in zip(alphabet.DIGITS, shared.first, strict=True):
                self.arc(source, state, digit, alphabet.POINT, score)

    def _tail(self, source: int, closing: str = _CLOSING) -> None:
        """Make `source` final, with a closing point and fillers optional behind it; those of `closing` come first."""
        closed, filler = self._ends
        self.final.append(source)
        self.arc(source, closed, alphabet.POINT, "")
        self.arc(source, filler, closing, "")

    @cached_property
    def thousandths(self) -> int:
        """Build three decimals behind a point, 560 or 560/1000, one set for all forms; return the state before them.

        A slash alone does not follow them: 1,500/- is whole units.
        """
        point = self.state()
        self.skip(point, alphabet.NON_CHARACTER)
        last = self.digits(point, 3)
        self._tail(last, _CLOSING.replace(alphabet.SLASH, ""))
        self.arc(last, self._over("1000"), alphabet.SLASH, "")
        return point

    @cached_property
    def _ends(self) -> tuple[int, int]:
        """Return the final states behind a closing point, and behind a filler."""
        closed, filler = self.state(), self.state()
        self.skip(closed, _CLOSING + alphabet.NON_CHARACTER)
        self.skip(filler, _CLOSING + alphabet.NON_CHARACTER + alphabet.POINT)
        self.final += [closed, filler]
        return closed, filler

    @cached_property
    def _cents(self) -> "_Cents":
        """Build the states of cents, one set for all forms: 56, xx, 56/100, xx/100, no/100.

        Without a point before the cents, only the stroke behind them identifies them. The output is then delayed by
        two characters: the first digit writes the point, the second the first.
        """
        hundred = self._over("100")
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

    def _over(self, whole: str) -> int:
        """Return the state behind the stroke of a fraction; the 100 or 1000 is skipped."""
        source = stroke = self.state()
        self.skip(source, alphabet.NON_CHARACTER)
        for digit in whole:
            target = self.state()
            self.arc(source, target, digit, "")
            self.skip(target, alphabet.NON_CHARACTER)
            source = target
        self._tail(source)
        return stroke

    def build(self) -> gtn.Graph:
        """Build the graph."""
        source, target, read, written = (list(column) for column in zip(*self.arcs, strict=True))
        return gtn.Graph.from_arcs(
            source, target, read, written, self.scores, num_states=self.states, start=[0], final=self.final
        )
