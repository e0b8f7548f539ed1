"""Characters as pen strokes, for any size, slant and pen width."""

import itertools
from dataclasses import dataclass

import numpy as np

from docreader.synthesis.vectorize import resample_polyline

_STEP = 0.05  # distance between the points of a stroke, in heights of a digit


@dataclass(frozen=True)
class Glyph:
    """Pen strokes of one character, in units of a digit's height.

    x grows to the right from 0, y downwards; the baseline is y = 0 and the top of a digit y = -1.

    Attributes:
        strokes: Arrays (N, 2) float32 of x, y; N >= 2.
    """

    strokes: tuple[np.ndarray, ...]

    @property
    def width(self) -> float:
        """Return the extent in x."""
        return max(float(s[:, 0].max()) for s in self.strokes) - min(
            float(s[:, 0].min()) for s in self.strokes
        )

    def map(self, matrix: np.ndarray) -> "Glyph":
        """Apply a (2, 2) matrix to column vectors x, y and shift the result to x >= 0."""
        moved = [s @ matrix.T.astype(np.float32) for s in self.strokes]
        left = min(float(s[:, 0].min()) for s in moved)
        return Glyph(tuple(s - np.array([left, 0.0], np.float32) for s in moved))


def parse_glyph(strokes: str, rng: np.random.Generator | None = None, jitter: float = 0.0) -> Glyph:
    """Parse a glyph from its text notation.

    Args:
        strokes: Strokes separated by `/`, each a list of `x,y` control points in hundredths of a digit's height,
            y upwards. The pen runs smoothly through them, with a corner at a point that ends in `!`.
        rng: Random generator of the jitter; required if jitter > 0.
        jitter: Standard deviation of the control points' displacement, hundredths.

    Returns:
        Glyph with x >= 0.
    """
    made = []
    for stroke in strokes.split("/"):
        words = stroke.split()
        points = np.array([[float(v) for v in w.rstrip("!").split(",")] for w in words])
        if rng is not None and jitter > 0:
            points = points + rng.normal(0.0, jitter, points.shape)
        corners = [i for i, w in enumerate(words) if w.endswith("!")]
        bounds = [0, *corners, len(points) - 1]
        parts = [curve(points[a : b + 1]) for a, b in itertools.pairwise(bounds) if b > a]
        made.append(np.concatenate([parts[0], *(p[1:] for p in parts[1:])]) * [0.01, -0.01])
    return Glyph(tuple(s.astype(np.float32) for s in made)).map(np.eye(2))


def curve(points: np.ndarray) -> np.ndarray:
    """Interpolate points by a centripetal Catmull-Rom spline.

    Args:
        points: Control points (N, 2), N >= 2, in hundredths of a digit's height.

    Returns:
        (M, 2) points, evenly spaced.
    """
    if len(points) == 2:
        return resample_polyline(points, 100 * _STEP)
    padded = np.concatenate([[2 * points[0] - points[1]], points, [2 * points[-1] - points[-2]]])
    knots = np.concatenate([[0.0], np.cumsum(np.sqrt(np.hypot(*np.diff(padded, axis=0).T) + 1e-6))])
    spans = []
    for i in range(len(points) - 1):
        p0, p1, p2, p3 = padded[i : i + 4]
        t0, t1, t2, t3 = knots[i : i + 4]
        t = np.linspace(t1, t2, 9)[:, None]
        a1 = (t1 - t) / (t1 - t0) * p0 + (t - t0) / (t1 - t0) * p1
        a2 = (t2 - t) / (t2 - t1) * p1 + (t - t1) / (t2 - t1) * p2
        a3 = (t3 - t) / (t3 - t2) * p2 + (t - t2) / (t3 - t2) * p3
        b1 = (t2 - t) / (t2 - t0) * a1 + (t - t0) / (t2 - t0) * a2
        b2 = (t3 - t) / (t3 - t1) * a2 + (t - t1) / (t3 - t1) * a3
        spans.append((t2 - t) / (t2 - t1) * b1 + (t - t1) / (t2 - t1) * b2)
    return resample_polyline(np.concatenate([spans[0], *(p[1:] for p in spans[1:])]), 100 * _STEP)
