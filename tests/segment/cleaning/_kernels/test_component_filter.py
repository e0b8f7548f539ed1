"""Classification of components, against whole tables of NumPy."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segment.cleaning._kernels.component_filter import (
    is_dot,
    is_off_baseline,
    is_on_baseline,
    nearest_characters,
    recover_faint_dots,
    select_text_components,
)
from segment.image.components import find_components, measure_components
from tests.segment.fields import every_mask, planes

SIZES = st.tuples(*[st.integers(0, 60)] * 2, *[st.integers(1, 30)] * 3)
TABLES = st.lists(SIZES, min_size=1, max_size=8).map(lambda rows: np.array(rows, np.int64))
LEVELS = [0, 0, 0.2, 0.35, 0.6, 0.8, 1.3]
PLANES = hnp.arrays(
    np.float32,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=16),
    elements=st.sampled_from(LEVELS).map(np.float32),
)


def closest(characters: np.ndarray, x: float) -> np.ndarray:
    apart = np.abs(characters[:, 0] + characters[:, 2] / 2 - x)
    return characters[np.argsort(apart, kind="stable")[:2]]


@given(TABLES, st.integers(0, 100))
def test_nearest_characters(characters: np.ndarray, x: int):
    found = list(dict.fromkeys(nearest_characters(characters, x)))
    assert np.array_equal(characters[found], closest(characters, x))


def test_the_nearest_of_all_small_sets_of_characters():
    pairs = list(itertools.product(range(4), (1, 2, 5)))
    for count in (1, 2, 3):
        for chosen in itertools.product(pairs, repeat=count):
            characters = np.array([[left, 0, width, 1, 1] for left, width in chosen])
            for x in (-1.0, 1.5, 4.0) if count == 3 else np.arange(-1, 8, 0.5):
                found = list(dict.fromkeys(nearest_characters(characters, x)))
                assert np.array_equal(characters[found], closest(characters, x))


def check_off_baseline(component: tuple[int, ...], characters: np.ndarray, size: int, stroke: int) -> None:
    left, top, width, height, _ = component
    near = closest(characters, left + width / 2)
    above = top + height / 2 < near[:, 1].min() - 0.08 * size
    below = top > (near[:, 1] + near[:, 3]).max() + 0.08 * size
    flat = width >= 0.8 * size and height <= max(1.5 * stroke + 1, 0.2 * width)
    expected = height <= 0.35 * size and (below or (above and flat))
    assert is_off_baseline(np.array(component), characters, float(size), float(stroke)) == expected


@given(SIZES, TABLES, st.integers(1, 60), st.integers(1, 4))
def test_off_baseline(component: tuple[int, ...], characters: np.ndarray, size: int, stroke: int):
    check_off_baseline(component, characters, size, stroke)


def test_off_baseline_in_every_place():
    characters = np.array([[0, 5, 6, 20, 60], [8, 8, 5, 18, 50], [20, 6, 7, 21, 80]])
    for top, left in itertools.product(range(-2, 36), (0, 7, 30)):
        for width, height in itertools.product((1, 8, 15, 16, 25), (1, 2, 4, 5, 7, 8)):
            check_off_baseline((left, top, width, height, 1), characters, 20, 2)


@pytest.mark.parametrize("stroke", [0.7, 1.0, 2.0, 3.3])
def test_every_dot(stroke: float):
    for width, height in itertools.product(range(1, 10), repeat=2):
        for area in range(1, width * height + 1):
            square = 0.7 * stroke * stroke <= area <= 5 * stroke * stroke
            small = max(width, height) <= 2.5 * stroke
            round_enough = max(width, height) <= 2.2 * min(width, height)
            component = np.array([3, 4, width, height, area])
            assert is_dot(component, stroke) == (square and small and round_enough)


def test_on_baseline_in_every_place():
    characters = np.array([[0, 0, 4, 20, 60], [8, 3, 5, 18, 50], [20, 1, 7, 21, 80]])
    for left, top in itertools.product(range(-3, 30), range(30)):
        x, y = left + 1.0, top + 1.5
        ends = closest(characters, x)[:, [1, 3]].sum(axis=1)
        near = ends.min() - 0.35 * 20 <= y <= ends.max() + 0.12 * 20
        within = (characters[:, 0] + 0.2 * characters[:, 2] < x) & (
            x < characters[:, 0] + 0.8 * characters[:, 2]
        )
        assert is_on_baseline(np.array([left, top, 2, 3, 5]), characters, 20.0) == (near and not within.any())


def check_text_components(density: np.ndarray, stroke: float) -> None:
    count, ids = find_components(density > 0.45)
    table = measure_components(ids, count)
    height, area = table[:, 3], table[:, 4]
    keep = np.zeros(count, bool)
    keep[ids[density > 0.75]] = True
    keep &= area >= max(3.0, 0.6 * stroke * stroke)
    keep[0] = False
    tall = np.zeros(0, np.int64)
    if keep.any():
        tall = np.flatnonzero(keep & (height >= 0.4 * height[keep].max()) & (height > 2 * stroke))
    for component in np.flatnonzero(keep) if tall.size else ():
        keep[component] = not is_off_baseline(
            table[component], table[tall], float(np.median(height[tall])), stroke
        )
    text, characters = select_text_components(density, ids, count, stroke, 0.6)
    assert np.array_equal(characters, table[tall])
    assert np.array_equal(text, keep[ids])


@given(PLANES, st.sampled_from([0.3, 1.0, 2.0]))
def test_text_components_are_those_of_the_reference(density: np.ndarray, stroke: float):
    check_text_components(density, stroke)


@pytest.mark.parametrize("shape", [(3, 4), (6, 2), (1, 9)])
def test_text_components_in_every_small_field(shape: tuple[int, int]):
    for mask in every_mask(shape):
        density = np.where(mask, np.float32(0.9), np.float32(0.1))
        density[0, :1] *= 0.6  # a pixel of ink that is not dark
        check_text_components(density, 0.3)


def test_text_components_in_larger_fields():
    for number, density in enumerate(planes(12, 9, LEVELS, 400)):
        check_text_components(density, (0.3, 1.0, 2.0)[number % 3])


def check_faint_dots(density: np.ndarray, stroke: float) -> None:
    characters = np.array([[0, 0, 2, 8, 12], [9, 1, 2, 9, 15]])
    count, ids = find_components(density > 0.3)
    left, top, width, height, area = measure_components(ids, count).T
    long, short = np.maximum(width, height), np.minimum(width, height)
    dot = (
        (area >= 0.7 * stroke * stroke)
        & (area <= 5 * stroke * stroke)
        & (long <= 2.5 * stroke)
        & (long <= 2.2 * short)
    )
    dot[0] = False
    expected = np.zeros_like(density)
    for component in np.flatnonzero(dot):
        x, y = left[component] + width[component] / 2, top[component] + height[component] / 2
        on_line = 8 - 0.35 * 8.5 <= y <= 10 + 0.12 * 8.5
        within = (characters[:, 0] + 0.4 < x) & (x < characters[:, 0] + 1.6)
        pixels = ids == component
        peak = float(density[pixels].max())
        if on_line and not within.any() and peak >= 0.5:
            share = np.minimum(1, (density[pixels] - 0.3) / (peak - 0.3))
            expected[pixels] = 0.01 + 0.45 + (0.99 - 0.45) * share
    found = np.zeros_like(density)
    recover_faint_dots(found, density, ids, count, characters, stroke, 0.3, 0.45)
    assert np.array_equal(found, expected)


@given(PLANES, st.sampled_from([0.7, 1.0, 2.0]))
def test_faint_dots_are_those_of_the_reference(density: np.ndarray, stroke: float):
    check_faint_dots(density, stroke)


@pytest.mark.parametrize(("top", "left"), [(4, 3), (7, 5), (9, 0), (9, 9)])
def test_faint_dots_of_every_small_field(top: int, left: int):
    for mask in every_mask((3, 3)):
        density = np.zeros((13, 13), np.float32)
        density[top : top + 3, left : left + 3] = np.where(mask, np.float32(0.4), np.float32(0.1))
        density[top + 1, left : left + 2] *= 1.5
        check_faint_dots(density, 1.0)
