"""Straight lines and parabolas through points, by least squares: quicker than `numpy.polyfit` where points are few."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from segment.image.jit import compiled


class Curve(NamedTuple):
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


@compiled
def value(curve: Curve, x: float) -> float:
    """Of a curve at one place."""
    t = (x - curve.middle) / curve.half
    return curve.constant + t * (curve.linear + curve.square * t)


@compiled
def fit(points: NDArray[np.float64], degree: int) -> Curve:
    """The polynomial that lies closest to points.

    Args:
        points: (N, 2) or more columns, x and y first; more than `degree` different x.
        degree: 1 or 2.
    """
    count = points.shape[0]
    low = high = points[0, 0]
    for i in range(count):
        low, high = min(low, points[i, 0]), max(high, points[i, 0])
    middle, half = (low + high) / 2, (high - low) / 2
    # the normal equations, solved by hand: sums of powers of t, and of y times them
    first = second = third = fourth = height = along = bent = 0.0
    for i in range(count):
        t, y = (points[i, 0] - middle) / half, points[i, 1]
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
        return Curve((height - linear * first) / count, linear, 0.0, middle, half)
    # without the constant: covariances, times the number of points
    a, b, c = count * second - first * first, count * third - first * second, count * fourth - second * second
    d, e = count * along - first * height, count * bent - second * height
    square = (a * e - b * d) / (a * c - b * b)
    linear = (d - b * square) / a
    return Curve((height - linear * first - square * second) / count, linear, square, middle, half)
