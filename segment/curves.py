"""Straight lines and parabolas through points, by least squares: quicker than `numpy.polyfit` where points are few."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Curve:
    """A polynomial in (x - middle) / half, which lies within -1 .. 1 for the points that it was made from.

    Attributes:
        constant: its value in the middle.
        linear: factor of the first power.
        square: factor of the second power.
        middle: of the points' x.
        half: half of the range of x.
    """

    constant: float
    linear: float
    square: float
    middle: float
    half: float

    def __call__(self, x: NDArray[Any]) -> NDArray[np.float64]:
        """Values at (N,) places."""
        t = (x - self.middle) / self.half
        value: NDArray[np.float64] = self.constant + t * (self.linear + self.square * t)
        return value

    @property
    def slope(self) -> float:
        """Rise for each step of x in the middle."""
        return self.linear / self.half


def fit(x: NDArray[Any], y: Values, degree: int) -> Curve:
    """The polynomial that lies closest to points.

    Args:
        x: (N,) more than `degree` different values.
        y: (N,).
        degree: 1 or 2.
    """
    low, high = float(x.min()), float(x.max())
    middle, half = (low + high) / 2, (high - low) / 2
    t = (x - middle) / half
    # the normal equations, solved by hand: for three unknowns a library takes longer to be called than to solve them
    count, first, second, height, along = t.size, float(t.sum()), float(t @ t), float(y.sum()), float(t @ y)
    if degree == 1:
        linear = (count * along - first * height) / (count * second - first * first)
        return Curve((height - linear * first) / count, linear, 0.0, middle, half)
    squared = t * t
    third, fourth, bent = float(squared @ t), float(squared @ squared), float(squared @ y)
    # without the constant: covariances, times the number of points
    a, b, c = count * second - first * first, count * third - first * second, count * fourth - second * second
    d, e = count * along - first * height, count * bent - second * height
    square = (a * e - b * d) / (a * c - b * b)
    linear = (d - b * square) / a
    return Curve((height - linear * first - square * second) / count, linear, square, middle, half)
