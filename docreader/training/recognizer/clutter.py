"""Clutter as negatives: dots, commas, dashes, remains of ruled lines and form boxes, specks."""

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]


def draw_clutter(rng: np.random.Generator) -> Image:
    """Draw a dot, comma, dash, double dash, ruled line with remains, box corner, or specks.

    Args:
        rng: Random generator.

    Returns:
        (64, 64) float32 or smaller, 0 paper to 1 ink.
    """
    field = np.zeros((64, 64), np.uint8)
    kind = rng.integers(7)
    pen = int(rng.integers(2, 9))

    def line(start: tuple[float, float], end: tuple[float, float], width: int) -> None:
        cv2.line(
            field, (round(start[0]), round(start[1])), (round(end[0]), round(end[1])), 255, width, cv2.LINE_AA
        )

    slope = rng.normal(0, 0.2)
    if kind == 0:  # dot
        axes = (int(rng.integers(2, 12)), int(rng.integers(2, 12)))
        cv2.ellipse(field, (32, 32), axes, float(rng.uniform(0, 180)), 0, 360, 255, -1, cv2.LINE_AA)
    elif kind == 1:  # comma: a blob with a tail, fatter than a one
        cv2.circle(field, (36, 24), pen, 255, -1, cv2.LINE_AA)
        line((36 + pen / 3, 24), (36 - rng.uniform(4, 16), 24 + pen + rng.uniform(3, 14)), max(2, pen - 2))
    elif kind == 2:  # dash
        half = rng.uniform(10, 29)
        line((32 - half, 32 + slope * half), (32 + half, 32 - slope * half), max(1, int(pen * 0.8)))
    elif kind == 3:  # double dash
        half, apart = rng.uniform(8, 24), rng.uniform(4, 12)
        for y in (32 - apart, 32 + apart):
            shift = rng.normal(0, 3)
            line(
                (32 - half + shift, y + slope * half), (32 + half + shift, y - slope * half), max(1, pen // 2)
            )
    elif kind == 4:  # remains of a ruled line with parts of strokes
        line((2, 40), (61, 40 + rng.normal(0, 2)), int(rng.integers(1, 4)))
        for _ in range(int(rng.integers(1, 4))):
            x = rng.uniform(6, 58)
            line((x, 40), (x + rng.normal(0, 5), 40 - rng.uniform(2, 16)), int(rng.integers(1, 5)))
    elif kind == 5:  # corner of a form box
        x, y = rng.choice([6, 58], 2)
        line((x, 6), (x, 58), max(1, pen // 2))
        line((6, y), (58, y), max(1, pen // 2))
    else:  # specks
        for _ in range(int(rng.integers(2, 8))):
            cv2.circle(
                field, tuple(rng.integers(8, 56, 2).tolist()), int(rng.integers(1, 5)), 255, -1, cv2.LINE_AA
            )
    if rng.random() < 0.4:  # the smallest clutter on a check has only a few pixels
        side = int(rng.integers(6, 24))
        return np.float32(1 / 255) * cv2.resize(field, (side, side), interpolation=cv2.INTER_AREA).astype(
            np.float32
        )
    return np.float32(1 / 255) * field.astype(np.float32)
