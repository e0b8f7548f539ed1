"""Semirings: the sum over paths and the product along a path.

A semiring is always an explicit argument, and the class itself is passed::

    gtn.forward_score(g, semiring=gtn.LogSemiring)

Each class defines the score of a graph and the meaning of its gradient.
"""

from __future__ import annotations

import math
from typing import ClassVar, TypeAlias

from gtn.errors import GraphError


class Semiring:
    """Base class: ``times`` combines arcs along a path, ``plus`` combines paths."""

    name: ClassVar[str]
    zero: ClassVar[float]
    one: ClassVar[float]

    @staticmethod
    def plus(a: float, b: float) -> float:
        """Combine two paths."""
        raise NotImplementedError

    @staticmethod
    def times(a: float, b: float) -> float:
        """Combine two parts of one path."""
        raise NotImplementedError


class LogSemiring(Semiring):
    """Score of a graph: the log of the sum over its paths of exp(score of the path).

    The gradient of the score by an arc's weight is the posterior of that arc: the share
    of the paths' probability through it (GBL98 sec. VI-E, the forward algorithm).
    """

    name = "log"
    zero = -math.inf
    one = 0.0

    @staticmethod
    def plus(a: float, b: float) -> float:
        """Return ``log(exp(a) + exp(b))``, -inf when both are."""
        high, low = max(a, b), min(a, b)
        return high if low == -math.inf else high + math.log1p(math.exp(low - high))

    @staticmethod
    def times(a: float, b: float) -> float:
        """Return ``a + b``."""
        return a + b


class TropicalSemiring(Semiring):
    """Score of a graph: the score of its best path (Viterbi; ``max`` and ``+``, weights being scores).

    The gradient is 1 for the arcs of the best path and 0 elsewhere. Among equally good paths the choice is
    deterministic: at each state the incoming arc with the lowest index wins.
    """

    name = "tropical"
    zero = -math.inf
    one = 0.0

    @staticmethod
    def plus(a: float, b: float) -> float:
        """Return ``max(a, b)``."""
        return max(a, b)

    @staticmethod
    def times(a: float, b: float) -> float:
        """Return ``a + b``."""
        return a + b


class CountingSemiring(Semiring):
    """Score of a graph: its number of paths, whatever their weights (an arc of score -inf is no arc).

    Counts are float64: exact up to 2**53. There is no gradient; ``posteriors`` returns for each arc the
    number of paths through it.
    """

    name = "counting"
    zero = 0.0
    one = 1.0

    @staticmethod
    def plus(a: float, b: float) -> float:
        """Return ``a + b``."""
        return a + b

    @staticmethod
    def times(a: float, b: float) -> float:
        """Return ``a * b``."""
        return a * b


SemiringType: TypeAlias = type[Semiring]


def require_semiring(semiring: object, *allowed: SemiringType) -> None:
    """Raise GraphError unless the argument is one of the semiring classes allowed."""
    if not any(semiring is one for one in allowed):
        names = ", ".join(f"gtn.{one.__name__}" for one in allowed)
        raise GraphError(f"semiring must be one of {names} (the class), not {semiring!r}")
