"""Which connected pieces of ink are characters, dots, dashes or dirt, decided in compiled loops."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from segment.image.components import AREA, HEIGHT, LEFT, TOP, WIDTH, Labels, Table, measure, median, pixels_of
from segment.image.jit import compiled

InkArray: TypeAlias = NDArray[np.float32]
Ints: TypeAlias = NDArray[np.int64]

_DARK = 0.75
"""What is written has ink of more than this somewhere."""


@compiled
def select_text_components(
    gray: InkArray, labels: Labels, count: int, pen: float, min_area: float
) -> tuple[NDArray[np.uint8], Table]:
    """Tell writing from dirt, from remains of rules and from captions.

    Args:
        gray: (H, W) ink.
        labels: (H, W) its connected pieces, 0 paper.
        count: of labels.
        pen: width of the strokes, pixels.
        min_area: smallest piece that counts, in squares of the pen's width.

    Returns:
        (H, W) 1 where it is written, 0 elsewhere; and the characters, a table as of `segment.image.components.measure`.
    """
    table = measure(labels, count)
    height, width = labels.shape
    dark = np.zeros(count, np.bool_)
    for y in range(height):
        for x in range(width):
            if gray[y, x] > _DARK:
                dark[labels[y, x]] = True
    keep = np.zeros(count, np.bool_)
    tallest = 0
    for piece in range(1, count):
        keep[piece] = dark[piece] and table[piece, AREA] >= max(3.0, min_area * pen * pen)
        if keep[piece]:
            tallest = max(tallest, table[piece, HEIGHT])
    characters = np.empty((count, 5), np.int64)
    n = 0
    for piece in range(1, count):
        if keep[piece] and table[piece, HEIGHT] >= 0.4 * tallest and table[piece, HEIGHT] > 2 * pen:
            for column in range(5):
                characters[n, column] = table[piece, column]
            n += 1
    characters = characters[:n]
    if n:
        size = median(characters, HEIGHT)
        for piece in range(1, count):
            if keep[piece] and beside_the_line(table[piece], characters, size, pen):
                keep[piece] = False
    return pixels_of(keep, labels), characters


@compiled
def beside_the_line(piece: Ints, characters: Table, size: float, pen: float) -> bool:
    """Whether a piece is small and wholly below the characters next to it, or flat and above them.

    A mark may hang high, as in 1200'; what counts below the line starts on it.

    Args:
        piece: (5,) its row of a table of pieces.
        characters: one or more.
        size: their usual height, pixels.
        pen: width of the strokes, pixels.
    """
    top, width, height = piece[TOP], piece[WIDTH], piece[HEIGHT]
    if height > 0.35 * size:
        return False
    one, two = nearest(characters, middle(piece))
    highest = min(characters[one, TOP], characters[two, TOP])
    lowest = max(bottom(characters[one]), bottom(characters[two]))
    above = top + height / 2 < highest - 0.08 * size
    flat = width >= 0.8 * size and height <= max(1.5 * pen + 1, 0.2 * width)
    below = top > lowest + 0.08 * size
    return bool(below or (above and flat))


@compiled
def middle(piece: Ints) -> float:
    """Column of the middle of a piece."""
    return float(piece[LEFT] + piece[WIDTH] / 2)


@compiled
def bottom(piece: Ints) -> int:
    """Row behind the last of a piece."""
    return int(piece[TOP] + piece[HEIGHT])


@compiled
def nearest(characters: Table, x: float) -> tuple[int, int]:
    """The two characters closest to a column; twice the same where there is only one."""
    one, two = -1, -1
    least = second = math.inf
    for i in range(characters.shape[0]):
        apart = abs(middle(characters[i]) - x)
        if apart < least:
            one, two = i, one
            least, second = apart, least
        elif apart < second:
            two, second = i, apart
    return one, one if two < 0 else two


@compiled
def faint_dots(
    out: InkArray,
    gray: InkArray,
    labels: Labels,
    count: int,
    characters: Table,
    pen: float,
    least: float,
    ink: float,
) -> None:
    """Add the faint dots that stand on the line between characters, as dark as ink, in place.

    Args:
        out: (H, W) what is written.
        gray: (H, W) ink.
        labels: (H, W) connected pieces of what is not written yet, 0 elsewhere.
        count: of labels.
        characters: one or more, a table as of `segment.image.components.measure`.
        pen: width of the strokes, pixels.
        least: ink of the lightest pixels that have a label.
        ink: from here on it is ink.
    """
    table = measure(labels, count)
    size = median(characters, HEIGHT)
    dot = np.zeros(count, np.bool_)
    for piece in range(1, count):
        dot[piece] = is_dot(table[piece], pen) and on_line(table[piece], characters, size)
    height, width = labels.shape
    peak = np.zeros(count, np.float32)
    for y in range(height):
        for x in range(width):
            if dot[labels[y, x]]:
                peak[labels[y, x]] = max(peak[labels[y, x]], gray[y, x])
    light, full = np.float32(0.01 + ink), np.float32(0.99 - ink)
    for y in range(height):
        for x in range(width):
            piece = labels[y, x]
            if dot[piece] and peak[piece] >= 0.5:
                span = np.float32(peak[piece] - least)
                share = np.float32(gray[y, x] - np.float32(least)) / span
                out[y, x] = light + full * min(share, np.float32(1))


@compiled
def is_dot(piece: Ints, pen: float) -> bool:
    """Whether a piece is of the size and shape of a dot."""
    long, short = max(piece[WIDTH], piece[HEIGHT]), min(piece[WIDTH], piece[HEIGHT])
    square = pen * pen
    return bool(0.7 * square <= piece[AREA] <= 5 * square and long <= 2.5 * pen and long <= 2.2 * short)


@compiled
def on_line(piece: Ints, characters: Table, size: float) -> bool:
    """Whether a piece stands on the line of the characters next to it, and within none of them."""
    x, y = middle(piece), piece[TOP] + piece[HEIGHT] / 2
    one, two = nearest(characters, x)
    higher = min(bottom(characters[one]), bottom(characters[two]))
    lower = max(bottom(characters[one]), bottom(characters[two]))
    if not higher - 0.35 * size <= y <= lower + 0.12 * size:
        return False
    for i in range(characters.shape[0]):
        left, width = characters[i, LEFT], characters[i, WIDTH]
        if left + 0.2 * width < x < left + 0.8 * width:
            return False
    return True
