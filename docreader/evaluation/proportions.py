"""Counts as fractions with their uncertainty: a figure without n and interval is worth little."""

from dataclasses import dataclass

from scipy.stats import binomtest


@dataclass(frozen=True)
class Proportion:
    """A count out of a total.

    Attributes:
        count: How many.
        total: Of how many.
        low: Lower end of the 95 % Wilson interval.
        high: Upper end of it.
    """

    count: int
    total: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """The fraction, None of nothing."""
        return self.count / self.total if self.total else None


def proportion(count: int, total: int) -> Proportion:
    """A fraction with its two-sided 95 % Wilson score interval; of nothing, the interval is 0 to 1.

    >>> one = proportion(820, 1000)
    >>> one.value, round(one.low, 3), round(one.high, 3)
    (0.82, 0.795, 0.843)
    """
    if not total:
        return Proportion(0, 0, 0.0, 1.0)
    interval = binomtest(count, total).proportion_ci(0.95, method="wilson")
    return Proportion(count, total, float(interval.low), float(interval.high))


def upper_bound(count: int, total: int) -> float:
    """One-sided 95 % upper bound of a fraction (Clopper-Pearson): what a claim about errors must survive.

    >>> round(upper_bound(6, 646), 3), round(upper_bound(0, 300), 4)
    (0.018, 0.0099)
    """
    if not total:
        return 1.0
    return float(binomtest(count, total, alternative="less").proportion_ci(0.95, method="exact").high)
