"""Scaled floating point: numbers as ``m * 2**e``, both float64, e integral, for sums of exponentials without overflow.

The log semiring sums exp(score), and scores exceed the range of exp(). The usual log-sum-exp costs an exp per arc and
a log per state. Here each weight is split into such a pair once, in a loop that the compiler vectorizes; along paths
mantissas are multiplied and exponents added.
"""

from __future__ import annotations

import math

import numpy as np

from gtn.backends.numba.jit import Floats, jit

LN2 = math.log(2.0)
LEAST = -1e308
"""Exponent of a sum that nothing has been added to yet; its mantissa is 0."""

_LOG2E = 1.0 / LN2
# ln 2 in two parts, the first so short that its products with integers up to 2**20 are exact
_HIGH, _LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_C2, _C3, _C4, _C5, _C6, _C7 = (1 / math.factorial(n) for n in range(2, 8))
_C8, _C9, _C10, _C11, _C12, _C13 = (1 / math.factorial(n) for n in range(8, 14))

NARROW, WIDE = -1000, 500
_POWERS = 2.0 ** np.arange(NARROW, WIDE + 1)


@jit
def split(score: Floats, mantissa: Floats, exponent: Floats) -> None:
    """Split exp(score) into ``mantissa * 2**exponent``; 0 for -inf. Relative error 2e-16 for scores below 10^6.

    NaN and +inf are kept in the mantissa. Scores beyond 10^300 count as 10^300.
    """
    for k in range(score.size):
        x = score[k]
        x = -1e300 if x < -1e300 else x
        x = 1e300 if x > 1e300 else x
        n = np.floor(x * _LOG2E + 0.5)
        r = x - n * _HIGH - n * _LOW  # |r| <= ln(2) / 2, up to rounding of very large scores
        r = -0.4 if r < -0.4 else r
        r = 0.4 if r > 0.4 else r
        # Taylor series of exp, whose next term is below 1e-17
        p = _C13 * r + _C12
        p = p * r + _C11
        p = p * r + _C10
        p = p * r + _C9
        p = p * r + _C8
        p = p * r + _C7
        p = p * r + _C6
        p = p * r + _C5
        p = p * r + _C4
        p = p * r + _C3
        p = p * r + _C2
        p = p * r + 1.0
        p = p * r + 1.0
        p = math.inf if score[k] == math.inf else p
        mantissa[k] = 0.0 if score[k] == -math.inf else p
        exponent[k] = n if n == n else 0.0


@jit
def power(n: float) -> float:
    """Return ``2**n`` for an integral n <= WIDE; 0 below 2**NARROW."""
    result: float = _POWERS[int(n) - NARROW] if n >= NARROW else 0.0
    return result
