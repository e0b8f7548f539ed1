"""Removal of a ruled line, against whole arrays of NumPy and the morphology of OpenCV."""

import itertools
import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segment.cleaning._kernels import line_removal
from segment.image.components import find_components
from tests.segment.fields import every_mask, planes

FLAGS = hnp.arrays(bool, st.integers(1, 30))
LEVELS = [0, 0.1, 0.24, 0.3, 0.4, 0.6, 0.9, 1.2]
PLANES = hnp.arrays(
    np.float32,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=4, max_side=14),
    elements=st.sampled_from(LEVELS).map(np.float32),
)


def opened_and_closed(flags: np.ndarray) -> np.ndarray:
    kept = np.zeros((1, flags.size + 6), np.uint8)
    kept[0, 3:-3] = flags
    kept = cv2.morphologyEx(kept, cv2.MORPH_OPEN, np.ones((1, 2), np.uint8))
    return cv2.morphologyEx(kept, cv2.MORPH_CLOSE, np.ones((1, 3), np.uint8))[0, 3:-3] > 0


def test_runs_of_every_small_row_are_closed():
    for size in range(1, 12):
        for flags in every_mask((1, size)):
            assert np.array_equal(line_removal.close_runs(flags[0]), opened_and_closed(flags[0]))


@given(FLAGS)
def test_runs_are_closed_as_by_opencv(flags: np.ndarray):
    assert np.array_equal(line_removal.close_runs(flags), opened_and_closed(flags))


def rows_around(density: np.ndarray, center: np.ndarray, reach: int) -> np.ndarray:
    """(2 * reach + 1, N) rows around a line."""
    return np.rint(center).clip(0, len(density) - 1).astype(int) + np.arange(-reach, reach + 1)[:, None]


def erase_line_as_planes(density: np.ndarray, left: int, center: np.ndarray, thickness: float) -> np.ndarray:
    limit = math.ceil(thickness) + 1
    reach = limit + 4
    columns = np.arange(left, left + center.size)
    padded = np.pad(density, ((reach + 2, reach + 2), (0, 0)))
    middle = rows_around(density, center, 0)[0] + reach + 2
    three = padded[middle + np.array([[0], [-1], [1]]), columns]
    at = middle + np.array([0, -1, 1])[three.argmax(axis=0)] + np.arange(-reach, reach + 1)[:, None]
    strip = padded[at, columns]
    firm = np.where(strip[reach] > 0.5, strip > 0.5, strip > 0.25)
    part, solid_part = (np.concatenate([side[reach::-1], side[reach:]], axis=1) for side in (strip, firm))
    following = np.concatenate([part[1:], part[-1:]])
    rise = np.maximum(following, np.concatenate([following[1:], part[-1:]])) - part
    valley = (part <= np.maximum.accumulate(part, axis=0) - 0.2) & (rise >= 0.08)
    solid = np.logical_and.accumulate(solid_part & ~valley, axis=0)
    flank = solid.copy()
    flank[0] = True
    flank[1:] |= part[1:] < part[:-1]
    flank = np.logical_and.accumulate(flank, axis=0)
    flank[2:] &= solid[:-2]
    removed = np.concatenate([flank[:0:-1, : columns.size], flank[:, columns.size :]])
    long = solid.sum(axis=0).reshape(2, -1).sum(axis=0) - 1 > limit
    removed &= ~opened_and_closed(long) & (strip[reach] > 0)
    removed[np.abs(np.arange(-reach, reach + 1)) > thickness / 2 + 1] &= ~long
    padded[at[removed], np.broadcast_to(columns, at.shape)[removed]] = 0
    return padded[reach + 2 : -reach - 2]


def restore_crossings_as_planes(
    out: np.ndarray, density: np.ndarray, left: int, center: np.ndarray, thickness: float
) -> np.ndarray:
    count, ids = find_components(out > 0.25)
    columns = np.arange(left, left + center.size)
    rows = rows_around(density, center, math.ceil(thickness / 2 + 1)).clip(0, len(density) - 1)
    band = ids[rows, columns]
    remnants = np.bincount(band.ravel(), minlength=count) >= 0.9 * np.bincount(ids.ravel(), minlength=count)
    remnants[0] = False
    out = np.where(remnants[ids], np.float32(0), out)
    touching = np.where(remnants[band], 0, band).max(axis=0)
    feet = np.flatnonzero(touching)
    for one, two in itertools.pairwise(feet):
        if 1 < two - one <= 0.3 * len(density) and touching[one] == touching[two]:
            hole = rows[:, one + 1 : two], columns[one + 1 : two]
            out[hole] = density[hole]
    return out


def check_line_removal(density: np.ndarray, left: int, center: np.ndarray, thickness: float) -> None:
    erased = line_removal.erase_line(density, left, center, thickness)
    assert np.array_equal(erased, erase_line_as_planes(density, left, center, thickness))
    expected = restore_crossings_as_planes(erased, density, left, center, thickness)
    count, ids = find_components(erased > 0.25)
    line_removal.restore_crossings(erased, ids, count, density, left, center, thickness)
    assert np.array_equal(erased, expected)


@given(PLANES, st.data())
def test_line_removal(density: np.ndarray, data: st.DataObject):
    height, width = density.shape
    left = data.draw(st.integers(0, width - 1))
    size = data.draw(st.integers(1, width - left))
    center = data.draw(hnp.arrays(float, size, elements=st.integers(-1, 2 * height).map(lambda y: y / 2)))
    check_line_removal(density, left, center, data.draw(st.sampled_from([1.0, 1.5, 2.0, 3.0])))


@pytest.mark.parametrize("middle", np.arange(-3, 11.5, 0.5))
def test_a_line_inside_and_outside_of_the_image(middle: float):
    for seed, density in enumerate(planes(8, 7, LEVELS, 100)):
        size = 1 + seed % 7
        center = np.linspace(middle, middle + seed % 5 - 2, size)
        check_line_removal(density, seed % (8 - size), center, [1.0, 1.5, 2.0, 3.0][seed % 4])


@pytest.mark.parametrize("middle", [-1.0, 0.0, 1.0, 2.0, 3.0])
def test_a_line_through_every_small_field(middle: float):
    for mask in every_mask((3, 3), (2, 4), (4, 2)):
        check_line_removal(mask.astype(np.float32), 0, np.full(mask.shape[1], middle), 1.0)


def test_the_darkest_of_three_rows():
    for column in itertools.product([0, 0.3, 0.9], repeat=4):
        density = np.array(column, np.float32)[:, None]
        for row in range(4):
            near = [y for y in (row, row - 1, row + 1) if 0 <= y < 4]
            assert line_removal.darkest_row(density, row, 0) == max(near, key=lambda y: density[y, 0])


@pytest.mark.parametrize("height", [1, 2, 5])
def test_the_row_of_a_line(height: int):
    for middle in np.arange(-4, 9, 0.25):
        row = int(np.rint(middle).clip(0, height - 1))
        assert line_removal.row_of(middle, height) == row
        for step in range(-4, 5):
            assert line_removal.row_beside(middle, step, height) == np.clip(row + step, 0, height - 1)
