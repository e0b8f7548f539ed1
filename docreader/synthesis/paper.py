"""Security paper: printed background patterns of checks."""

from collections.abc import Callable

import cv2
import numpy as np

from docreader.synthesis.errors import UnknownStyleError

Grid = tuple[np.ndarray, np.ndarray]  # x (1, W) and y (H, 1), float32 pixels


def grid(shape: tuple[int, int]) -> Grid:
    """Return the pixel coordinates of an image, shaped for broadcasting."""
    x = np.arange(shape[1], dtype=np.float32)[None, :]
    return x, np.arange(shape[0], dtype=np.float32)[:, None]


def pattern(rng: np.random.Generator, kind: str, shape: tuple[int, int], pitch: float) -> np.ndarray:
    """Render a printed pattern.

    Args:
        rng: Random generator.
        kind: Name in PATTERNS.
        shape: (H, W), pixels.
        pitch: Distance of neighboring lines, pixels.

    Returns:
        (H, W) float32 strength of the print, 0..1.

    Raises:
        UnknownStyleError: No such pattern.
    """
    if kind not in PATTERNS:
        raise UnknownStyleError(f"no pattern {kind!r}; there are {', '.join(sorted(PATTERNS))}")
    return PATTERNS[kind](rng, shape, pitch)


def _strokes(phase: np.ndarray, pitch: float, width: float) -> np.ndarray:
    """Draw lines where the phase is an integer; width in pixels for lines `pitch` pixels apart."""
    distance = np.abs(phase - np.round(phase)) * pitch
    return np.asarray(np.clip(0.5 * width + 0.5 - distance, 0.0, 1.0), np.float32)


def _waves(rng: np.random.Generator, shape: tuple[int, int], pitch: float) -> np.ndarray:
    """Draw wavy horizontal lines."""
    x, y = grid(shape)
    length, depth = rng.uniform(18, 75), rng.uniform(0.4, 3.2)
    shift = y * rng.uniform(-0.12, 0.12)  # shifts the crests of neighboring lines
    bend = depth * np.sin(2 * np.pi * (x + shift * length) / length + rng.uniform(0, 6.3))
    bend = bend + rng.uniform(0, 4) * np.sin(2 * np.pi * x / rng.uniform(120, 400) + rng.uniform(0, 6.3))
    phase = (y + bend + x * rng.normal(0, 0.04)) / pitch
    return _strokes(phase, pitch, rng.uniform(0.5, 1.3))


def _hatch(rng: np.random.Generator, shape: tuple[int, int], pitch: float) -> np.ndarray:
    """Draw slanted, slightly curved lines."""
    x, y = grid(shape)
    angle = rng.normal(0.25, 0.35) * rng.choice([-1, 1])
    across = y * np.cos(angle) + x * np.sin(angle)
    along = x * np.cos(angle) - y * np.sin(angle)
    bend = rng.uniform(0, 9) * np.sin(2 * np.pi * along / rng.uniform(90, 300) + rng.uniform(0, 6.3))
    return _strokes((across + bend) / pitch, pitch, rng.uniform(0.5, 1.2))


def _arcs(rng: np.random.Generator, shape: tuple[int, int], pitch: float) -> np.ndarray:
    """Draw rings around a point in or near the field, at times with petals."""
    x, y = grid(shape)
    dx = x - rng.uniform(-0.3, 1.3) * shape[1]
    dy = (y - rng.uniform(-1.2, 2.2) * shape[0]) * rng.uniform(0.7, 1.6)
    radius = np.hypot(dx, dy)
    petals = rng.integers(5, 17)
    depth = rng.uniform(0, 3) if rng.random() < 0.6 else 0.0
    radius = radius + depth * np.sin(petals * np.arctan2(dy, dx) + radius * rng.uniform(0, 0.05))
    return _strokes(radius / pitch, pitch, rng.uniform(0.5, 1.2))


def _fan(rng: np.random.Generator, shape: tuple[int, int], pitch: float) -> np.ndarray:
    """Draw nearly straight lines from a point far outside."""
    x, y = grid(shape)
    far = rng.uniform(1.5, 4) * shape[1]
    x0 = -far if rng.random() < 0.5 else shape[1] + far
    y0 = rng.uniform(-2, 3) * shape[0]
    angle = np.arctan2(y - y0, np.abs(x - x0))
    bend = rng.uniform(0, 0.02) * np.sin(x / rng.uniform(20, 60))
    return _strokes((angle + bend) * far / pitch, pitch, rng.uniform(0.6, 1.4))


def _braid(rng: np.random.Generator, shape: tuple[int, int], pitch: float) -> np.ndarray:
    """Draw interlaced sine curves of many amplitudes: the guilloche of banknotes."""
    x, y = grid(shape)
    total = np.zeros(shape, np.float32)
    length, start = rng.uniform(40, 140), rng.uniform(0, 6.3)
    depth, width = rng.uniform(0.3, 0.8) * shape[0], rng.uniform(0.5, 0.9)
    for middle in np.arange(rng.uniform(-0.5, 0.5) * shape[0], 1.5 * shape[0], depth * rng.uniform(0.9, 1.6)):
        wave = np.sin(2 * np.pi * x / length + start)
        steep = np.cos(2 * np.pi * x / length + start) * 2 * np.pi / length
        for amplitude in np.arange(-depth, depth, 1.4 * pitch):
            across = np.abs(y - middle - amplitude * wave) / np.hypot(1.0, amplitude * steep)
            np.maximum(total, np.clip(0.5 * width + 0.5 - across, 0, 1), out=total)
        start += rng.uniform(1.5, 4.5)
    return total


def _weave(rng: np.random.Generator, shape: tuple[int, int], pitch: float) -> np.ndarray:
    """Draw a fine texture of dots and dashes."""
    x, y = grid(shape)
    angle = rng.uniform(0, np.pi / 2)
    u = (x * np.cos(angle) + y * np.sin(angle)) / pitch
    v = (y * np.cos(angle) - x * np.sin(angle)) / (pitch * rng.uniform(0.8, 1.5))
    cloth = np.sin(2 * np.pi * u) * np.sin(2 * np.pi * v) + 0.4 * np.sin(2 * np.pi * (u - v) / 2.7)
    return np.asarray(np.clip(0.5 + cloth, 0, 1), np.float32)


def _halftone(rng: np.random.Generator, shape: tuple[int, int], pitch: float) -> np.ndarray:
    """Draw round dots on a slanted lattice."""
    x, y = grid(shape)
    angle = rng.uniform(0.2, 0.9)
    u = np.cos(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / pitch)
    v = np.cos(2 * np.pi * (y * np.cos(angle) - x * np.sin(angle)) / pitch)
    return np.asarray(np.clip((u + v - rng.uniform(0.2, 1.0)) * 0.8, 0, 1), np.float32)


def _plain(rng: np.random.Generator, shape: tuple[int, int], pitch: float) -> np.ndarray:
    """Return paper without a pattern."""
    return np.zeros(shape, np.float32)


PATTERNS: dict[str, Callable[[np.random.Generator, tuple[int, int], float], np.ndarray]] = {
    "waves": _waves,
    "hatch": _hatch,
    "arcs": _arcs,
    "fan": _fan,
    "braid": _braid,
    "weave": _weave,
    "halftone": _halftone,
    "plain": _plain,
}


def mottle(rng: np.random.Generator, shape: tuple[int, int], size: float) -> np.ndarray:
    """Generate smooth noise, (H, W) float32 of mean about 0 and deviation about 1, with spots of `size` pixels."""
    coarse = (max(3, round(shape[0] / size) + 2), max(3, round(shape[1] / size) + 2))
    noise = rng.standard_normal(coarse, np.float32)
    return cv2.resize(noise, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)


def draw_line(
    paper: np.ndarray, start: tuple[float, float], end: tuple[float, float], width: float, light: float
) -> None:
    """Print a straight line onto paper, in place.

    Args:
        paper: (H, W) or (H, W, 3) float32, 0 black .. 255 white.
        start: Coordinates x, y of one end, pixels.
        end: Coordinates x, y of the other end, pixels.
        width: Width of the line, pixels.
        light: Factor on the paper's light under the line, 0..1.
    """
    fine = 4
    low_x, low_y = (int(np.floor(min(a, b) - width)) for a, b in zip(start, end, strict=True))
    high_x, high_y = (int(np.ceil(max(a, b) + width)) + 1 for a, b in zip(start, end, strict=True))
    low_x, low_y = max(0, low_x), max(0, low_y)
    high_x, high_y = min(paper.shape[1], high_x), min(paper.shape[0], high_y)
    if low_x >= high_x or low_y >= high_y:
        return
    part = np.zeros(((high_y - low_y) * fine, (high_x - low_x) * fine), np.uint8)
    a, b = (
        [round(((p - o + 0.5) * fine - 0.5) * 8) for p, o in zip(point, (low_x, low_y), strict=True)]
        for point in (start, end)
    )
    cv2.line(part, a, b, 255, max(1, round(width * fine)), cv2.LINE_8, 3)
    cover = cv2.resize(part, (high_x - low_x, high_y - low_y), interpolation=cv2.INTER_AREA) / np.float32(255)
    left = 1.0 - (1.0 - light) * cover
    paper[low_y:high_y, low_x:high_x] *= left if paper.ndim == 2 else left[..., None]
