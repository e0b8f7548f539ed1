"""What is writing, against whole tables of NumPy."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segment.cleaning._kernels.component_filter import (
    beside_the_line,
    faint_dots,
    nearest,
    select_text_components,
)
from segment.image.components import connect, measure

SIZES = st.tuples(*[st.integers(0, 60)] * 2, *[st.integers(1, 30)] * 3)
TABLES = st.lists(SIZES, min_size=1, max_size=8).map(lambda rows: np.array(rows, np.int64))
PLANES = hnp.arrays(
    np.float32,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=16),
    elements=st.sampled_from([0, 0, 0.2, 0.35, 0.6, 0.8, 1.3]).map(np.float32),
)


def closest(characters: np.ndarray, x: float) -> np.ndarray:
    apart = np.abs(characters[:, 0] + characters[:, 2] / 2 - x)
    return characters[np.argsort(apart, kind="stable")[:2]]


@given(TABLES, st.integers(0, 100))
def test_nearest_characters(characters: np.ndarray, x: int):
    found = list(dict.fromkeys(nearest(characters, x)))
    assert np.array_equal(characters[found], closest(characters, x))


@given(SIZES, TABLES, st.integers(1, 60), st.integers(1, 4))
def test_beside_the_line(piece: tuple[int, ...], characters: np.ndarray, size: int, pen: int):
    left, top, width, height, _ = piece
    near = closest(characters, left + width / 2)
    above = top + height / 2 < near[:, 1].min() - 0.08 * size
    below = top > (near[:, 1] + near[:, 3]).max() + 0.08 * size
    flat = width >= 0.8 * size and height <= max(1.5 * pen + 1, 0.2 * width)
    expected = height <= 0.35 * size and (below or (above and flat))
    assert beside_the_line(np.array(piece), characters, float(size), float(pen)) == expected


@given(PLANES, st.sampled_from([0.3, 1.0, 2.0]))
def test_written_as_tables_say(gray: np.ndarray, pen: float):
    count, labels = connect(gray > 0.45)
    table = measure(labels, count)
    height, area = table[:, 3], table[:, 4]
    keep = np.zeros(count, bool)
    keep[labels[gray > 0.75]] = True
    keep &= area >= max(3.0, 0.6 * pen * pen)
    keep[0] = False
    tall = np.zeros(0, np.int64)
    if keep.any():
        tall = np.flatnonzero(keep & (height >= 0.4 * height[keep].max()) & (height > 2 * pen))
    for piece in np.flatnonzero(keep) if tall.size else ():
        keep[piece] = not beside_the_line(table[piece], table[tall], float(np.median(height[tall])), pen)
    written, characters = select_text_components(gray, labels, count, pen, 0.6)
    assert np.array_equal(characters, table[tall])
    assert np.array_equal(written, keep[labels])


@given(PLANES, st.sampled_from([0.7, 1.0, 2.0]))
def test_faint_dots_as_tables_say(gray: np.ndarray, pen: float):
    characters = np.array([[0, 0, 2, 8, 12], [9, 1, 2, 9, 15]])
    count, labels = connect(gray > 0.3)
    left, top, width, height, area = measure(labels, count).T
    long, short = np.maximum(width, height), np.minimum(width, height)
    dot = (area >= 0.7 * pen * pen) & (area <= 5 * pen * pen) & (long <= 2.5 * pen) & (long <= 2.2 * short)
    dot[0] = False
    expected = np.zeros_like(gray)
    for piece in np.flatnonzero(dot):
        x, y = left[piece] + width[piece] / 2, top[piece] + height[piece] / 2
        on_line = 8 - 0.35 * 8.5 <= y <= 10 + 0.12 * 8.5
        within = (characters[:, 0] + 0.4 < x) & (x < characters[:, 0] + 1.6)
        pixels = labels == piece
        peak = float(gray[pixels].max())
        if on_line and not within.any() and peak >= 0.5:
            share = np.minimum(1, (gray[pixels] - 0.3) / (peak - 0.3))
            expected[pixels] = 0.01 + 0.45 + (0.99 - 0.45) * share
    found = np.zeros_like(gray)
    faint_dots(found, gray, labels, count, characters, pen, 0.3, 0.45)
    assert np.array_equal(found, expected)
