"""Straight lines and parabolas through points, by least squares: quicker than `numpy.polyfit` where points are few."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Curve:
    """A polynomial in (x - middle) / half, which lies within -1 .. 1 for the points that it was made from.

    Attributes:
        coefficients: (degree + 1,) constant first.
        middle: of the points' x.
        half: half of the range of x.
    """

    coefficients: NDArray[np.float64]
    middle: float
    half: float

    def __call__(self, x: NDArray[Any]) -> NDArray[np.float64]:
        """Values at (N,) places."""
        t = (x - self.middle) / self.half
        value = np.full(t.shape, self.coefficients[-1])
        for coefficient in self.coefficients[-2::-1]:
            value *= t
            value += coefficient
        return value

    @property
    def slope(self) -> float:
        """Rise for each step of x in the middle."""
        return float(self.coefficients[1] / self.half)


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
    powers = np.stack([np.ones(t.shape), t, t * t][: degree + 1])
    return Curve(np.linalg.solve(powers @ powers.T, powers @ y), middle, half)
