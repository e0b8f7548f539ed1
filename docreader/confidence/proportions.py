"""Binomial proportions with confidence intervals: Wilson score, Clopper-Pearson."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Proportion:
    """Fraction with its 95 % Wilson score interval.

    Attributes:
        count: Number of hits.
        total: Number of trials.
        low: Lower end of the interval.
        high: Upper end of the interval.
    """

    count: int
    total: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """Count divided by total; None without trials."""
        return self.count / self.total if self.total else None


def proportion(count: int, total: int) -> Proportion:
    """Return a fraction with its two-sided 95 % Wilson score interval; 0 to 1 without trials.

    >>> one = proportion(820, 1000)
    >>> one.value, round(one.low, 3), round(one.high, 3)
    (0.82, 0.795, 0.843)
    """
    if not total:
        return Proportion(0, 0, 0.0, 1.0)
    from scipy.stats import binomtest  # slow to import, and not needed to read

    interval = binomtest(count, total).proportion_ci(0.95, method="wilson")
    return Proportion(count, total, float(interval.low), float(interval.high))


def upper_bound(count: int, total: int) -> float:
    """Return the one-sided 95 % upper bound of a fraction (Clopper-Pearson); 1 without trials.

    >>> round(upper_bound(6, 646), 3), round(upper_bound(0, 300), 4)
    (0.018, 0.0099)
    """
    if not total:
        return 1.0
    from scipy.stats import binomtest  # slow to import, and not needed to read

    return float(binomtest(count, total, alternative="less").proportion_ci(0.95, method="exact").high)
