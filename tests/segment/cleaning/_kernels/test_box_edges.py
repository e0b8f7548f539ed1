"""Detection of box edges and removal of what is outside, against NumPy and OpenCV."""

import itertools
import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segment.cleaning._kernels.box_edges import detect_box_edges, erase_outside, inked_along
from segment.image.components import find_components
from segment.image.polyfit import evaluate, fit_polynomial
from tests.segment.fields import every_mask

MASKS = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=3, max_side=14))


def check_ink_along(mask: np.ndarray, slope: float, first: int) -> None:
    width, height = mask.shape
    wide = cv2.dilate(mask.view(np.uint8), np.ones((3, 1), np.uint8))
    span = height - first
    for x in range(width):
        at = (x + np.rint(slope * np.arange(span)).astype(int)).clip(0, width - 1)
        covered = wide[at, first + np.arange(span)].sum()
        assert inked_along(mask, x, slope, first, span) == (covered >= 0.92 * span)


@given(MASKS, st.sampled_from([0.0, 0.02, -0.02, 0.3, -0.3]), st.integers(0, 2))
def test_ink_along_leaning_lines(mask: np.ndarray, slope: float, first: int):
    check_ink_along(mask, slope, first)


@pytest.mark.parametrize("slope", [0.0, 0.5, -0.5])
def test_ink_along_lines_of_every_small_field(slope: float):
    for number, mask in enumerate(every_mask((1, 6), (5, 2), (3, 3), (2, 5))):
        check_ink_along(mask, slope, number % 2)


def test_edges_are_where_they_were_drawn():
    ink = np.zeros((60, 120), np.uint8)
    cv2.line(ink, (20, 0), (20, 59), 1, 2)
    cv2.line(ink, (90, 0), (92, 59), 1, 1)
    cv2.line(ink, (50, 10), (50, 40), 1, 2)
    centers, thickness, slopes = detect_box_edges(np.ascontiguousarray(ink.T) > 0, 5, 55, 3.0)
    assert centers.shape == (2, 50)
    assert np.abs(centers[0] - 20.5).max() <= 0.5
    assert np.abs(centers[1] - np.linspace(90.2, 91.8, 50)).max() <= 0.6
    assert thickness.tolist() == [np.median(ink[:, 15:25].sum(axis=1)), 1]
    assert abs(slopes[0]) < 0.005
    assert 0.02 < slopes[1] < 0.05


def edges_by_columns(mask: np.ndarray, top: int, bottom: int, stroke_width: float) -> list[tuple]:
    """Middle in each row, thickness and lean of each edge of an (H, W) mask, by the definition of one."""
    width = mask.shape[1]
    rows = range(top + 3, bottom - 3)
    runs = []
    for y in rows:
        ends = np.flatnonzero(np.diff(np.concatenate([[0], mask[y], [0]]).astype(int))).reshape(-1, 2)
        runs += [(y, (a + b - 1) / 2, b - a) for a, b in ends if b - a <= math.floor(1.3 * stroke_width + 1)]
    found, taken = [], set()
    for slope in (0, 0.02, -0.02, 0.04, -0.04):
        for x in range(width):
            at = [min(max(x + round(slope * k), 0), width - 1) for k in range(len(rows))]
            inked = sum(mask[y, max(c - 1, 0) : c + 2].any() for y, c in zip(rows, at, strict=True))
            on = [run for run in runs if abs(run[1] - x - slope * (run[0] - rows[0])) <= 1.6]
            if x in taken or inked < 0.92 * len(rows) or len({run[0] for run in on}) < 0.75 * len(rows):
                continue
            line = fit_polynomial(np.array(on, float), 1)
            if np.mean([abs(middle - evaluate(line, y)) <= 0.8 for y, middle, _ in on]) < 0.95:
                continue
            centers = [evaluate(line, y) for y in range(top, bottom)]
            found.append(
                (centers, np.median([length for *_, length in on]), evaluate(line, 1) - evaluate(line, 0))
            )
            taken |= set(range(x - 4, x + 5))
    return found


@pytest.mark.parametrize("lean", [0.0, 0.03, -0.04, 0.1])
def test_edges_in_every_column(lean: float):
    height, width, total = 16, 17, 0
    for column, thick, seed in itertools.product(np.arange(-1, width + 1, 0.5), (1, 2, 4), range(6)):
        rng = np.random.default_rng(seed)
        y, x = np.indices((height, width))
        first = np.rint(column + lean * y - (thick - 1) / 2)
        mask = (first <= x) & (x < first + thick)
        mask &= rng.random((height, 1)) > [0, 0, 0.1][seed % 3]
        mask |= rng.random((height, width)) > [1, 0.9][seed % 2]
        top, bottom = seed % 3, height - seed % 4
        expected = edges_by_columns(mask, top, bottom, 1.5)
        centers, thickness, slopes = detect_box_edges(np.ascontiguousarray(mask.T), top, bottom, 1.5)
        assert len(centers) == len(expected)
        for found, edge in zip(zip(centers, thickness, slopes, strict=True), expected, strict=True):
            assert found[0] == pytest.approx(edge[0], abs=1e-9)
            assert found[1] == edge[1]
            assert found[2] == pytest.approx(edge[2], abs=1e-9)
        total += len(expected)
    assert total > 100


@given(MASKS, st.tuples(*[st.integers(-1, 14)] * 4))
def test_components_outside_go(mask: np.ndarray, box: tuple[int, int, int, int]):
    check_components_outside(mask, box)


def test_components_outside_every_box_go():
    masks = every_mask((3, 3), (2, 4), (4, 2))
    boxes = itertools.product(range(-2, 5), repeat=4)
    for mask, box in zip(itertools.cycle(masks), boxes, strict=False):
        check_components_outside(mask, box)


def check_components_outside(mask: np.ndarray, box: tuple[int, int, int, int]) -> None:
    left, right, top, bottom = box
    density = mask.astype(np.float32)
    count, ids, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    x, y, w, h, _ = stats.T
    outside = (x + w <= left + 2) | (x >= right - 1) | (y + h <= top + 2) | (y >= bottom - 2)
    outside[0] = False
    expected = density if outside[1:].all() else np.where(outside[ids], np.float32(0), density)
    found = density.copy()
    count, ids = find_components(mask)
    erase_outside(found, ids, count, float(left), float(right), top, bottom)
    assert np.array_equal(found, expected)
