"""Classification of connected components as characters, dots, dashes or specks."""

from __future__ import annotations

import math

import numpy as np

from segment.image.arrays import Flags, InkArray, Ints
from segment.image.components import (
    AREA,
    HEIGHT,
    LEFT,
    TOP,
    WIDTH,
    ComponentIds,
    Table,
    column_median,
    measure_components,
    select_components,
)
from segment.image.jit import compiled

_MIN_PEAK = 0.75
"""Density that some pixel of each text component exceeds."""


@compiled
def select_text_components(
    density: InkArray, ids: ComponentIds, count: int, stroke_width: float, min_area: float
) -> tuple[Flags, Table]:
    """Select text components and reject specks, remnants of ruled lines and captions.

    Args:
        density: (H, W) ink density.
        ids: (H, W) component id of each pixel, 0 on paper.
        count: Number of ids, including 0.
        stroke_width: Width of the pen strokes, pixels.
        min_area: Smallest area of a text component, in squared stroke widths.

    Returns:
        (H, W) 1 on text, 0 elsewhere; and the table of the characters.
    """
    table = measure_components(ids, count)
    height, width = ids.shape
    dark = np.zeros(count, np.bool_)
    for y in range(height):
        for x in range(width):
            if density[y, x] > _MIN_PEAK:
                dark[ids[y, x]] = True
    keep = np.zeros(count, np.bool_)
    tallest = 0
    for component in range(1, count):
        smallest = max(3.0, min_area * stroke_width * stroke_width)
        keep[component] = dark[component] and table[component, AREA] >= smallest
        if keep[component]:
            tallest = max(tallest, table[component, HEIGHT])
    characters = np.empty((count, 5), np.int64)
    n = 0
    for component in range(1, count):
        tall = table[component, HEIGHT]
        if keep[component] and tall >= 0.4 * tallest and tall > 2 * stroke_width:
            for column in range(5):
                characters[n, column] = table[component, column]
            n += 1
    characters = characters[:n]
    if n:
        size = column_median(characters, HEIGHT)
        for component in range(1, count):
            if keep[component] and is_off_baseline(table[component], characters, size, stroke_width):
                keep[component] = False
    return select_components(keep, ids), characters


@compiled
def is_off_baseline(component: Ints, characters: Table, size: float, stroke_width: float) -> bool:
    """Test for a small component entirely below its neighboring characters, or a flat one above them.

    A raised mark, as in 1200', is text; a mark below the baseline is text only if it starts on the baseline.

    Args:
        component: (5,) row of a table of components.
        characters: (N, 5) table of one character or more.
        size: Median height of the characters, pixels.
        stroke_width: Width of the pen strokes, pixels.
    """
    top, width, height = component[TOP], component[WIDTH], component[HEIGHT]
    if height > 0.35 * size:
        return False
    one, two = nearest_characters(characters, center_column(component))
    highest = min(characters[one, TOP], characters[two, TOP])
    lowest = max(bottom_row(characters[one]), bottom_row(characters[two]))
    above = top + height / 2 < highest - 0.08 * size
    flat = width >= 0.8 * size and height <= max(1.5 * stroke_width + 1, 0.2 * width)
    below = top > lowest + 0.08 * size
    return bool(below or (above and flat))


@compiled
def center_column(component: Ints) -> float:
    """Return the center column of a component."""
    return float(component[LEFT] + component[WIDTH] / 2)


@compiled
def bottom_row(component: Ints) -> int:
    """Return the row after the last of a component."""
    return int(component[TOP] + component[HEIGHT])


@compiled
def nearest_characters(characters: Table, x: float) -> tuple[int, int]:
    """Return the two characters nearest to a column; twice the same if there is only one."""
    one, two = -1, -1
    least = second = math.inf
    for i in range(characters.shape[0]):
        apart = abs(center_column(characters[i]) - x)
        if apart < least:
            one, two = i, one
            least, second = apart, least
        elif apart < second:
            two, second = i, apart
    return one, one if two < 0 else two


@compiled
def recover_faint_dots(
    out: InkArray,
    density: InkArray,
    ids: ComponentIds,
    count: int,
    characters: Table,
    stroke_width: float,
    least: float,
    ink_threshold: float,
) -> None:
    """Add faint dots on the baseline between characters, scaled to the density of ink, in place.

    Args:
        out: (H, W) density of the text; receives the dots.
        density: (H, W) ink density.
        ids: (H, W) component id of each pixel outside the text, 0 elsewhere.
        count: Number of ids, including 0.
        characters: (N, 5) table of one character or more.
        stroke_width: Width of the pen strokes, pixels.
        least: Lowest density of the pixels that have an id.
        ink_threshold: Density above which a pixel is ink.
    """
    table = measure_components(ids, count)
    size = column_median(characters, HEIGHT)
    dot = np.zeros(count, np.bool_)
    for component in range(1, count):
        row = table[component]
        dot[component] = is_dot(row, stroke_width) and is_on_baseline(row, characters, size)
    height, width = ids.shape
    peak = np.zeros(count, np.float32)
    for y in range(height):
        for x in range(width):
            if dot[ids[y, x]]:
                peak[ids[y, x]] = max(peak[ids[y, x]], density[y, x])
    light, full = np.float32(0.01 + ink_threshold), np.float32(0.99 - ink_threshold)
    for y in range(height):
        for x in range(width):
            component = ids[y, x]
            if dot[component] and peak[component] >= 0.5:
                span = np.float32(peak[component] - least)
                share = np.float32(density[y, x] - np.float32(least)) / span
                out[y, x] = light + full * min(share, np.float32(1))


@compiled
def is_dot(component: Ints, stroke_width: float) -> bool:
    """Test for the size and shape of a dot."""
    long = max(component[WIDTH], component[HEIGHT])
    short = min(component[WIDTH], component[HEIGHT])
    square = stroke_width * stroke_width
    compact = long <= 2.5 * stroke_width and long <= 2.2 * short
    return bool(0.7 * square <= component[AREA] <= 5 * square and compact)


@compiled
def is_on_baseline(component: Ints, characters: Table, size: float) -> bool:
    """Test for a component on the baseline of its neighboring characters, and inside none of them."""
    x, y = center_column(component), component[TOP] + component[HEIGHT] / 2
    one, two = nearest_characters(characters, x)
    higher = min(bottom_row(characters[one]), bottom_row(characters[two]))
    lower = max(bottom_row(characters[one]), bottom_row(characters[two]))
    if not higher - 0.35 * size <= y <= lower + 0.12 * size:
        return False
    for i in range(characters.shape[0]):
        left, width = characters[i, LEFT], characters[i, WIDTH]
        if left + 0.2 * width < x < left + 0.8 * width:
            return False
    return True
