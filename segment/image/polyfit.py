"""Least-squares fit of lines and parabolas; faster than `numpy.polyfit` for few points."""

from __future__ import annotations

from typing import NamedTuple

from segment.image.arrays import Floats
from segment.image.jit import compiled


class Polynomial(NamedTuple):
    """A polynomial in t = (x - center) / half, with t in -1 .. 1 on the fitted points.

    Attributes:
        constant: Coefficient of 1.
        linear: Coefficient of t.
        square: Coefficient of t squared.
        center: Center of the range of x.
        half: Half the range of x.
    """

    constant: float
    linear: float
    square: float
    center: float
    half: float


@compiled
def evaluate(polynomial: Polynomial, x: float) -> float:
    """Evaluate a polynomial at x."""
    t = (x - polynomial.center) / polynomial.half
    return polynomial.constant + t * (polynomial.linear + polynomial.square * t)


@compiled
def fit_polynomial(points: Floats, degree: int) -> Polynomial:
    """Fit a polynomial to points by least squares.

    Args:
        points: (N, 2) or more columns, x and y first; more than `degree` different x.
        degree: Degree of the polynomial, 1 or 2.
    """
    count = points.shape[0]
    low = high = points[0, 0]
    for i in range(count):
        low, high = min(low, points[i, 0]), max(high, points[i, 0])
    center, half = (low + high) / 2, (high - low) / 2
    # normal equations in closed form: sums of powers of t, and of y times them
    first = second = third = fourth = height = along = bent = 0.0
    for i in range(count):
        t, y = (points[i, 0] - center) / half, points[i, 1]
        squared = t * t
        first += t
        second += squared
        third += squared * t
        fourth += squared * squared
        height += y
        along += t * y
        bent += squared * y
    if degree == 1:
        linear = (count * along - first * height) / (count * second - first * first)
        return Polynomial((height - linear * first) / count, linear, 0.0, center, half)
    # without the constant: covariances, times the number of points
    a, b, c = count * second - first * first, count * third - first * second, count * fourth - second * second
    d, e = count * along - first * height, count * bent - second * height
    square = (a * e - b * d) / (a * c - b * b)
    linear = (d - b * square) / a
    return Polynomial((height - linear * first - square * second) / count, linear, square, center, half)
