"""A rule erased column by column, against whole planes of NumPy and OpenCV's morphology."""

import itertools
import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segment.cleaning._kernels import line_removal
from segment.image.components import connect

FLAGS = hnp.arrays(bool, st.integers(1, 30))
PLANES = hnp.arrays(
    np.float32,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=4, max_side=14),
    elements=st.sampled_from([0, 0.1, 0.24, 0.3, 0.4, 0.6, 0.9, 1.2]).map(np.float32),
)


def opened_and_closed(flags: np.ndarray) -> np.ndarray:
    kept = np.zeros((1, flags.size + 6), np.uint8)
    kept[0, 3:-3] = flags
    kept = cv2.morphologyEx(kept, cv2.MORPH_OPEN, np.ones((1, 2), np.uint8))
    return cv2.morphologyEx(kept, cv2.MORPH_CLOSE, np.ones((1, 3), np.uint8))[0, 3:-3] > 0


@given(FLAGS)
def test_wide_as_opencv_opens_and_closes(flags: np.ndarray):
    assert np.array_equal(line_removal.wide(flags), opened_and_closed(flags))


def rows_around(gray: np.ndarray, center: np.ndarray, reach: int) -> np.ndarray:
    """(2 * reach + 1, N) rows around a line."""
    return np.rint(center).clip(0, len(gray) - 1).astype(int) + np.arange(-reach, reach + 1)[:, None]


def blank_as_planes(gray: np.ndarray, left: int, center: np.ndarray, thickness: float) -> np.ndarray:
    limit = math.ceil(thickness) + 1
    reach = limit + 4
    columns = np.arange(left, left + center.size)
    padded = np.pad(gray, ((reach + 2, reach + 2), (0, 0)))
    middle = rows_around(gray, center, 0)[0] + reach + 2
    three = padded[middle + np.array([[0], [-1], [1]]), columns]
    at = middle + np.array([0, -1, 1])[three.argmax(axis=0)] + np.arange(-reach, reach + 1)[:, None]
    strip = padded[at, columns]
    firm = np.where(strip[reach] > 0.5, strip > 0.5, strip > 0.25)
    part, held = (np.concatenate([side[reach::-1], side[reach:]], axis=1) for side in (strip, firm))
    following = np.concatenate([part[1:], part[-1:]])
    rise = np.maximum(following, np.concatenate([following[1:], part[-1:]])) - part
    valley = (part <= np.maximum.accumulate(part, axis=0) - 0.2) & (rise >= 0.08)
    solid = np.logical_and.accumulate(held & ~valley, axis=0)
    flank = solid.copy()
    flank[0] = True
    flank[1:] |= part[1:] < part[:-1]
    flank = np.logical_and.accumulate(flank, axis=0)
    flank[2:] &= solid[:-2]
    gone = np.concatenate([flank[:0:-1, : columns.size], flank[:, columns.size :]])
    long = solid.sum(axis=0).reshape(2, -1).sum(axis=0) - 1 > limit
    gone &= ~opened_and_closed(long) & (strip[reach] > 0)
    gone[np.abs(np.arange(-reach, reach + 1)) > thickness / 2 + 1] &= ~long
    padded[at[gone], np.broadcast_to(columns, at.shape)[gone]] = 0
    return padded[reach + 2 : -reach - 2]


def tidy_as_planes(
    out: np.ndarray, gray: np.ndarray, left: int, center: np.ndarray, thickness: float
) -> np.ndarray:
    count, labels = connect(out > 0.25)
    columns = np.arange(left, left + center.size)
    rows = rows_around(gray, center, math.ceil(thickness / 2 + 1)).clip(0, len(gray) - 1)
    band = labels[rows, columns]
    crumbs = np.bincount(band.ravel(), minlength=count) >= 0.9 * np.bincount(labels.ravel(), minlength=count)
    crumbs[0] = False
    out = np.where(crumbs[labels], np.float32(0), out)
    touching = np.where(crumbs[band], 0, band).max(axis=0)
    feet = np.flatnonzero(touching)
    for one, two in itertools.pairwise(feet):
        if 1 < two - one <= 0.3 * len(gray) and touching[one] == touching[two]:
            hole = rows[:, one + 1 : two], columns[one + 1 : two]
            out[hole] = gray[hole]
    return out


@given(PLANES, st.data())
def test_as_planes_say(gray: np.ndarray, data: st.DataObject):
    height, width = gray.shape
    left = data.draw(st.integers(0, width - 1))
    size = data.draw(st.integers(1, width - left))
    center = data.draw(hnp.arrays(float, size, elements=st.integers(-1, 2 * height).map(lambda y: y / 2)))
    thickness = data.draw(st.sampled_from([1.0, 1.5, 2.0, 3.0]))
    blanked = line_removal.blank(gray, left, center, thickness)
    assert np.array_equal(blanked, blank_as_planes(gray, left, center, thickness))
    expected = tidy_as_planes(blanked, gray, left, center, thickness)
    count, labels = connect(blanked > 0.25)
    line_removal.tidy(blanked, labels, count, gray, left, center, thickness)
    assert np.array_equal(blanked, expected)


@pytest.mark.parametrize("middle", [-3, -1, -0.5, 0, 3.5, 6.5, 7, 7.5, 8, 9, 11])
def test_tidy_as_planes_say_where_a_line_leaves_the_picture(middle: float):
    levels = np.array([0, 0.24, 0.3, 0.6, 1.2], np.float32)
    for seed in range(40):
        gray = np.random.default_rng(seed).choice(levels, (8, 7))
        center = np.linspace(middle, middle + seed % 3, 6)
        blanked = line_removal.blank(gray, 1, center, 1.5)
        expected = tidy_as_planes(blanked, gray, 1, center, 1.5)
        count, labels = connect(blanked > 0.25)
        line_removal.tidy(blanked, labels, count, gray, 1, center, 1.5)
        assert np.array_equal(blanked, expected)
