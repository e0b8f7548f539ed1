"""A character as pen strokes, drawn at any size, slant and pen width."""

import itertools
from dataclasses import dataclass

import numpy as np

from docreader.synthesis.vectorize import resample

_STEP = 0.05  # distance between the points of a stroke, in heights of a digit


@dataclass(frozen=True)
class Glyph:
    """The strokes of one character in its writer's units.

    The unit is the height of a digit. x grows to the right from 0, y grows downwards; the baseline is y = 0
    and the top of a digit y = -1.

    Attributes:
        strokes: (N, 2) float32 arrays of x, y; N >= 2.
    """

    strokes: tuple[np.ndarray, ...]

    @property
    def width(self) -> float:
        """The extent in x."""
        return max(float(s[:, 0].max()) for s in self.strokes) - min(
            float(s[:, 0].min()) for s in self.strokes
        )

    def map(self, matrix: np.ndarray) -> "Glyph":
        """Apply a linear map, (2, 2) on column vectors, and move the result so that its x starts at 0."""
        moved = [s @ matrix.T.astype(np.float32) for s in self.strokes]
        left = min(float(s[:, 0].min()) for s in moved)
        return Glyph(tuple(s - np.array([left, 0.0], np.float32) for s in moved))


def parse(strokes: str, rng: np.random.Generator | None = None, jitter: float = 0.0) -> Glyph:
    """Make a glyph from a drawing in text.

    Args:
        strokes: Strokes separated by `/`, each a list of `x,y` control points in hundredths of a digit's height,
            y upwards. The pen runs smoothly through them, with a corner at a point that ends in `!`.
        rng: Where the jitter comes from; needed when there is any.
        jitter: Standard deviation, in hundredths, by which every control point is moved.

    Returns:
        The glyph; its x starts at 0.
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
    """Draw a centripetal Catmull-Rom curve.

    Args:
        points: (N, 2) with N >= 2, through which it runs, in hundredths of a digit's height.

    Returns:
        (M, 2), evenly spaced.
    """
    if len(points) == 2:
        return resample(points, 100 * _STEP)
    padded = np.concatenate([[2 * points[0] - points[1]], points, [2 * points[-1] - points[-2]]])
    knots = np.concatenate([[0.0], np.cumsum(np.sqrt(np.hypot(*np.diff(padded, axis=0).T) + 1e-6))])
    pieces = []
    for i in range(len(points) - 1):
        p0, p1, p2, p3 = padded[i : i + 4]
        t0, t1, t2, t3 = knots[i : i + 4]
        t = np.linspace(t1, t2, 9)[:, None]
        a1 = (t1 - t) / (t1 - t0) * p0 + (t - t0) / (t1 - t0) * p1
        a2 = (t2 - t) / (t2 - t1) * p1 + (t - t1) / (t2 - t1) * p2
        a3 = (t3 - t) / (t3 - t2) * p2 + (t - t2) / (t3 - t2) * p3
        b1 = (t2 - t) / (t2 - t0) * a1 + (t - t0) / (t2 - t0) * a2
        b2 = (t3 - t) / (t3 - t1) * a2 + (t - t1) / (t3 - t1) * a3
        pieces.append((t2 - t) / (t2 - t1) * b1 + (t - t1) / (t2 - t1) * b2)
    return resample(np.concatenate([pieces[0], *(p[1:] for p in pieces[1:])]), 100 * _STEP)
