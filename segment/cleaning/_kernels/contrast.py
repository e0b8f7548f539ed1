"""How dark ink and paper are, and ink measured against both, in compiled loops."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from segment.image.components import Labels, pixels_of
from segment.image.jit import compiled

InkArray: TypeAlias = NDArray[np.float32]
Flags: TypeAlias = NDArray[np.uint8]

_STEPS = 4
"""Steps of a gray level to which a median is told."""

_TRUST = 0.1
"""What the picture as a whole counts beside the surroundings of a pixel, in shares of a pixel's: where all is ink, it
decides."""

_SPREADS = 1.25
"""Paper and print end so many times their spread above their mean."""

_SMALLEST = 8
"""Pixels of a piece of ink."""


@compiled
def medians(dark: InkArray, ink: Flags, rest: Flags) -> tuple[float, float]:
    """The median darkness of two masks, neither of them empty, to a quarter of a gray level.

    Args:
        dark: (H, W) gray levels below the paper, 0 .. 255.
        ink: (H, W) 1 where there is ink, 0 elsewhere.
        rest: (H, W) 1 where there is paper, 0 elsewhere.
    """
    height, width = dark.shape
    inks, papers = np.zeros(256 * _STEPS, np.int64), np.zeros(256 * _STEPS, np.int64)
    for y in range(height):
        for x in range(width):
            step = int(_STEPS * dark[y, x])
            inks[step] += ink[y, x]
            papers[step] += rest[y, x]
    return median(inks), median(papers)


@compiled
def median(counts: NDArray[np.int64]) -> float:
    """The lower median of what was counted in bins, the middle of its bin."""
    total = 0
    for step in range(counts.size):
        total += counts[step]
    step, passed = 0, counts[0]
    while passed <= (total - 1) // 2:
        step += 1
        passed += counts[step]
    return (step + 0.5) / _STEPS


@compiled
def strokes(dark: InkArray, labels: Labels, count: int, full: float) -> tuple[Flags, bool]:
    """Ink that holds together and is as dark as ink somewhere: not the texture of the paper.

    Args:
        dark: (H, W) gray levels below the paper.
        labels: (H, W) connected pieces of what is dark, 0 elsewhere.
        count: of labels.
        full: ink is darker than this somewhere, gray levels.

    Returns:
        (H, W) 1 where there are strokes, 0 elsewhere; and whether there are any.
    """
    height, width = dark.shape
    least = np.float32(full)
    area, enough = np.zeros(count, np.int64), np.zeros(count, np.bool_)
    for y in range(height):
        for x in range(width):
            piece = labels[y, x]
            if piece:
                area[piece] += 1
                enough[piece] |= dark[y, x] > least
    some = False
    for piece in range(count):
        enough[piece] &= area[piece] >= _SMALLEST
        some |= enough[piece]
    return pixels_of(enough, labels), some


@compiled
def against_paper(
    dark: InkArray, near: Flags, level: float, base: float, noise: float, min_contrast: float, ink: float
) -> tuple[InkArray, int]:
    """Ink on nothing: how dark it is between where paper and print end around it, and the usual ink.

    Paper and print around each pixel are what lies within a square of 0.7 times the height of the picture; they end at
    their mean plus 1.25 times their spread.

    Args:
        dark: (H, W) gray levels below the paper.
        near: (H, W) 1 on strokes and near to them, 0 elsewhere.
        level: of the ink, gray levels.
        base: of paper and print.
        noise: their spread.
        min_contrast: ink is at least half as much darker than what is around it.
        ink: shares from here on are counted.

    Returns:
        (H, W) 0 .. 2 in shares of the usual ink, and how many of them are ink.
    """
    height, width = dark.shape
    reach = max(9, int(0.7 * height) | 1) // 2
    each = 1.0 / ((2 * reach + 1) * (2 * reach + 1))
    trust, trusted = np.float32(_TRUST), np.float32(_TRUST * base)
    squares, spreads = np.float32(_TRUST * (noise * noise + base * base)), np.float32(_SPREADS)
    usual, least, limit = np.float32(level), np.float32(min_contrast / 2), np.float32(ink)
    # sums over the rows around: how much paper, its darkness, its square
    columns, sums = np.zeros((width, 3)), np.empty((3, width), np.float32)
    places = np.empty(width + 2 * reach, np.int64)
    for x in range(places.size):
        places[x] = mirrored(x - reach, width)
    out = np.empty((height, width), np.float32)
    found = 0
    for row in range(-reach, reach):
        add_row(columns, dark, near, mirrored(row, height), 1.0)
    for y in range(height):
        add_row(columns, dark, near, mirrored(y + reach, height), 1.0)
        if y:
            add_row(columns, dark, near, mirrored(y - reach - 1, height), -1.0)
        slide(columns, places, each, sums)
        for x in range(width):
            weight = sums[0, x] + trust
            mean = (sums[1, x] + trusted) / weight
            square = (sums[2, x] + squares) / weight
            local = mean + spreads * np.sqrt(max(square - mean * mean, np.float32(0)))
            share = (dark[y, x] - local) / max(usual - local, least)
            share = min(max(share, np.float32(0)), np.float32(2))
            out[y, x] = share
            found += share > limit
    return out, found


@compiled
def add_row(columns: NDArray[np.float64], dark: InkArray, near: Flags, row: int, sign: float) -> None:
    """Add the paper of one row to (W, 3) sums of it, its darkness and its square; or take it off."""
    for x in range(dark.shape[1]):
        value, counts = dark[row, x], 0.0 if near[row, x] else sign
        columns[x, 0] += counts
        columns[x, 1] += counts * value
        columns[x, 2] += counts * np.float32(value * value)


@compiled
def slide(columns: NDArray[np.float64], places: NDArray[np.int64], factor: float, out: InkArray) -> None:
    """Sums of (W, 3) values around each column, times a factor, into (3, W).

    `places` has the column of each step, from half of what is summed up before the first to as many behind the last.
    """
    width = columns.shape[0]
    before = places.size - width
    one = two = three = 0.0
    for step in range(places.size):
        come = places[step]
        one += columns[come, 0]
        two += columns[come, 1]
        three += columns[come, 2]
        x = step - before
        if x >= 0:
            out[0, x] = np.float32(one * factor)
            out[1, x] = np.float32(two * factor)
            out[2, x] = np.float32(three * factor)
            go = places[x]
            one -= columns[go, 0]
            two -= columns[go, 1]
            three -= columns[go, 2]


@compiled
def mirrored(at: int, size: int) -> int:
    """The place that stands for one outside of 0 .. size - 1, as OpenCV's BORDER_REFLECT_101 has it."""
    if size == 1:
        return 0
    while not 0 <= at < size:
        at = -at if at < 0 else 2 * (size - 1) - at
    return at
