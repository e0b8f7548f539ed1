"""Upright lines and what lies outside of them, against NumPy and OpenCV."""

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segment.cleaning._kernels.box_edges import drop_outside, find_edges, inked_along
from segment.image.components import connect

MASKS = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=3, max_side=14))


@given(MASKS, st.sampled_from([0.0, 0.02, -0.02, 0.3, -0.3]), st.integers(0, 2))
def test_ink_along_leaning_lines(mask: np.ndarray, slope: float, first: int):
    width, height = mask.shape
    wide = cv2.dilate(mask.view(np.uint8), np.ones((3, 1), np.uint8))
    span = height - first
    for x in range(width):
        at = (x + np.rint(slope * np.arange(span)).astype(int)).clip(0, width - 1)
        covered = wide[at, first + np.arange(span)].sum()
        assert inked_along(mask, x, slope, first, span) == (covered >= 0.92 * span)


def test_edges_are_where_they_were_drawn():
    ink = np.zeros((60, 120), np.uint8)
    cv2.line(ink, (20, 0), (20, 59), 1, 2)
    cv2.line(ink, (90, 0), (92, 59), 1, 1)
    cv2.line(ink, (50, 10), (50, 40), 1, 2)
    centers, thickness, slopes = find_edges(np.ascontiguousarray(ink.T) > 0, 5, 55, 3.0)
    assert centers.shape == (2, 50)
    assert np.abs(centers[0] - 20.5).max() <= 0.5
    assert np.abs(centers[1] - np.linspace(90.2, 91.8, 50)).max() <= 0.6
    assert thickness.tolist() == [np.median(ink[:, 15:25].sum(axis=1)), 1]
    assert abs(slopes[0]) < 0.005
    assert 0.02 < slopes[1] < 0.05


@given(MASKS, st.tuples(*[st.integers(-1, 14)] * 4))
def test_pieces_outside_go(mask: np.ndarray, box: tuple[int, int, int, int]):
    left, right, top, bottom = box
    gray = mask.astype(np.float32)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    x, y, w, h, _ = stats.T
    outside = (x + w <= left + 2) | (x >= right - 1) | (y + h <= top + 2) | (y >= bottom - 2)
    outside[0] = False
    expected = gray if outside[1:].all() else np.where(outside[labels], np.float32(0), gray)
    found = gray.copy()
    count, labels = connect(mask)
    drop_outside(found, labels, count, float(left), float(right), top, bottom)
    assert np.array_equal(found, expected)
