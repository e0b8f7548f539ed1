"""Semirings: how the scores of arcs are joined along a path, and over all paths.

A semiring is always an explicit argument, and it is the class itself that is passed::

    gtn.forward_score(g, semiring=gtn.LogSemiring)

Each class says what the score of a graph means, and what its gradient means.
"""

from __future__ import annotations

import math
from typing import ClassVar, TypeAlias

from gtn.errors import GraphError


class Semiring:
    """Base: ``times`` joins arcs along a path, ``plus`` joins paths."""

    name: ClassVar[str]
    zero: ClassVar[float]
    one: ClassVar[float]

    @staticmethod
    def plus(a: float, b: float) -> float:
        """Join two paths."""
        raise NotImplementedError

    @staticmethod
    def times(a: float, b: float) -> float:
        """Join two pieces of one path."""
        raise NotImplementedError


class LogSemiring(Semiring):
    """Score of a graph: the log of the sum over its paths of exp(score of the path).

    The gradient of the score with respect to an arc's weight is the posterior of that arc: the share
    of the paths' probability that goes through it (GBL98 sec. VI-E, the forward algorithm).
    """

    name = "log"
    zero = -math.inf
    one = 0.0

    @staticmethod
    def plus(a: float, b: float) -> float:
        """``log(exp(a) + exp(b))``, -inf when both are."""
        high, low = max(a, b), min(a, b)
        return high if low == -math.inf else high + math.log1p(math.exp(low - high))

    @staticmethod
    def times(a: float, b: float) -> float:
        """``a + b``."""
        return a + b


class TropicalSemiring(Semiring):
    """Score of a graph: the score of its best path (Viterbi; ``max`` and ``+``, weights being scores).

    The gradient is 1 for the arcs of the best path and 0 elsewhere. Of several equally good paths one
    is chosen, always the same: at each state the incoming arc of the lowest index wins.
    """

    name = "tropical"
    zero = -math.inf
    one = 0.0

    @staticmethod
    def plus(a: float, b: float) -> float:
        """``max(a, b)``."""
        return max(a, b)

    @staticmethod
    def times(a: float, b: float) -> float:
        """``a + b``."""
        return a + b


class CountingSemiring(Semiring):
    """Score of a graph: how many paths it has, whatever their weights (an arc of score -inf is no arc).

    Counts are float64: exact up to 2**53. There is no gradient; ``posteriors`` gives for each arc the
    number of paths through it.
    """

    name = "counting"
    zero = 0.0
    one = 1.0

    @staticmethod
    def plus(a: float, b: float) -> float:
        """``a + b``."""
        return a + b

    @staticmethod
    def times(a: float, b: float) -> float:
        """``a * b``."""
        return a * b


SemiringType: TypeAlias = type[Semiring]


def require(semiring: object, *allowed: SemiringType) -> None:
    """Raise GraphError unless it is one of the semirings allowed; the class itself, not a name of it."""
    if not any(semiring is one for one in allowed):
        names = ", ".join(f"gtn.{one.__name__}" for one in allowed)
        raise GraphError(f"semiring must be one of {names} (the class), not {semiring!r}")
