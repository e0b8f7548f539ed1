"""Local contrast normalization of ink against paper."""

from __future__ import annotations

import numpy as np

from segment.image.arrays import Flags, Floats, InkArray, Ints
from segment.image.components import ComponentIds, bin_of_rank, select_components
from segment.image.jit import compiled

_STEPS = 4
"""Histogram bins per gray level of a median."""

_TRUST = 0.1
"""Weight of the global statistics against the local ones, in shares of a full window: decides where all is ink."""

_SPREADS = 1.25
"""Spreads above the mean at which the darkness of paper and print ends."""

_MIN_AREA = 8
"""Smallest component of ink, pixels."""


@compiled
def median_darkness(darkness: InkArray, ink: Flags, paper: Flags) -> tuple[float, float]:
    """Compute the median darkness of ink and of paper to a quarter of a gray level.

    Args:
        darkness: (H, W) gray levels below the paper, 0 .. 255.
        ink: (H, W) 1 on ink, 0 elsewhere; some ink.
        paper: (H, W) 1 on paper, 0 elsewhere; some paper.
    """
    height, width = darkness.shape
    inks, papers = np.zeros(256 * _STEPS, np.int64), np.zeros(256 * _STEPS, np.int64)
    for y in range(height):
        for x in range(width):
            step = int(_STEPS * darkness[y, x])
            inks[step] += ink[y, x]
            papers[step] += paper[y, x]
    return histogram_median(inks), histogram_median(papers)


@compiled
def histogram_median(counts: Ints) -> float:
    """Return the lower median of a histogram of gray levels: the center of its bin."""
    total = 0
    for step in range(counts.size):
        total += counts[step]
    return (bin_of_rank(counts, (total - 1) // 2) + 0.5) / _STEPS


@compiled
def select_strokes(darkness: InkArray, ids: ComponentIds, count: int, min_peak: float) -> tuple[Flags, bool]:
    """Select components of eight pixels or more with a dark pixel, which rejects the texture of the paper.

    Args:
        darkness: (H, W) gray levels below the paper.
        ids: (H, W) component id of each dark pixel, 0 elsewhere.
        count: Number of ids, including 0.
        min_peak: Darkness that a pixel of each stroke exceeds, gray levels.

    Returns:
        (H, W) 1 on strokes, 0 elsewhere; and whether there are strokes.
    """
    height, width = darkness.shape
    least = np.float32(min_peak)
    area, selected = np.zeros(count, np.int64), np.zeros(count, np.bool_)
    for y in range(height):
        for x in range(width):
            component = ids[y, x]
            if component:
                area[component] += 1
                selected[component] |= darkness[y, x] > least
    found = False
    for component in range(count):
        selected[component] &= area[component] >= _MIN_AREA
        found |= selected[component]
    return select_components(selected, ids), found


@compiled
def normalize_contrast(
    darkness: InkArray,
    near: Flags,
    level: float,
    base: float,
    noise: float,
    min_contrast: float,
    ink_threshold: float,
) -> tuple[InkArray, int]:
    """Scale darkness to density: 0 at the local limit of paper and print, 1 at the level of the ink.

    The limit is the mean plus 1.25 spreads of paper and print in a square window around the pixel. The side of the
    window is 0.7 times the height of the image.

    Args:
        darkness: (H, W) gray levels below the paper.
        near: (H, W) 1 on and near strokes, 0 elsewhere.
        level: Median darkness of the ink, gray levels.
        base: Median darkness of paper and print, gray levels.
        noise: Spread of paper and print, gray levels.
        min_contrast: Lowest contrast of ink, gray levels; half of it is the floor of the local scale.
        ink_threshold: Density above which a pixel is counted as ink.

    Returns:
        (H, W) density, 0 .. 2, and the number of ink pixels.
    """
    height, width = darkness.shape
    reach = max(9, int(0.7 * height) | 1) // 2
    each = 1.0 / ((2 * reach + 1) * (2 * reach + 1))
    trust, trusted = np.float32(_TRUST), np.float32(_TRUST * base)
    squares, spreads = np.float32(_TRUST * (noise * noise + base * base)), np.float32(_SPREADS)
    usual, least, limit = np.float32(level), np.float32(min_contrast / 2), np.float32(ink_threshold)
    # sums over the rows of the window: paper pixels, their darkness, its square
    columns, sums = np.zeros((width, 3)), np.empty((3, width), np.float32)
    window = np.empty(width + 2 * reach, np.int64)
    for x in range(window.size):
        window[x] = reflect_index(x - reach, width)
    out = np.empty((height, width), np.float32)
    found = 0
    for row in range(-reach, reach):
        add_row(columns, darkness, near, reflect_index(row, height), 1.0)
    for y in range(height):
        add_row(columns, darkness, near, reflect_index(y + reach, height), 1.0)
        if y:
            add_row(columns, darkness, near, reflect_index(y - reach - 1, height), -1.0)
        sliding_sums(columns, window, each, sums)
        for x in range(width):
            weight = sums[0, x] + trust
            mean = (sums[1, x] + trusted) / weight
            square = (sums[2, x] + squares) / weight
            local = mean + spreads * np.sqrt(max(square - mean * mean, np.float32(0)))
            share = (darkness[y, x] - local) / max(usual - local, least)
            share = min(max(share, np.float32(0)), np.float32(2))
            out[y, x] = share
            found += share > limit
    return out, found


@compiled
def add_row(columns: Floats, darkness: InkArray, near: Flags, row: int, sign: float) -> None:
    """Add a row, times `sign`, to (W, 3) sums of paper pixels, their darkness and its square."""
    for x in range(darkness.shape[1]):
        value, counts = darkness[row, x], 0.0 if near[row, x] else sign
        columns[x, 0] += counts
        columns[x, 1] += counts * value
        columns[x, 2] += counts * np.float32(value * value)


@compiled
def sliding_sums(columns: Floats, window: Ints, factor: float, out: InkArray) -> None:
    """Compute the sums of a sliding window over columns, times a factor.

    Args:
        columns: (W, 3) values to sum.
        window: (W + 2 * reach,) column of each position, reflected at the borders.
        factor: Factor of the sums.
        out: (3, W) receives the sums of the 2 * reach + 1 positions around each column.
    """
    width = columns.shape[0]
    before = window.size - width
    one = two = three = 0.0
    for step in range(window.size):
        added = window[step]
        one += columns[added, 0]
        two += columns[added, 1]
        three += columns[added, 2]
        x = step - before
        if x >= 0:
            out[0, x] = np.float32(one * factor)
            out[1, x] = np.float32(two * factor)
            out[2, x] = np.float32(three * factor)
            removed = window[x]
            one -= columns[removed, 0]
            two -= columns[removed, 1]
            three -= columns[removed, 2]


@compiled
def reflect_index(at: int, size: int) -> int:
    """Reflect an index into 0 .. size - 1 as OpenCV's BORDER_REFLECT_101."""
    if size == 1:
        return 0
    while not 0 <= at < size:
        at = -at if at < 0 else 2 * (size - 1) - at
    return at
