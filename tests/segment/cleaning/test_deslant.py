"""Slant and skew of drawn strokes, and none for strings too short to estimate them."""

import cv2
import numpy as np
import pytest

from segment.cleaning.deslant import estimate_skew, estimate_slant


def strokes(degrees: float, count: int) -> np.ndarray:
    """Parallel strokes of 40 rows that lean to the right by `degrees`."""
    mask = np.zeros((60, 80 + 24 * count), np.uint8)
    shift = round(20 * np.tan(np.deg2rad(degrees)))
    for k in range(count):
        x = 40 + 24 * k
        cv2.line(mask, (x - shift, 50), (x + shift, 10), 1, 3)
    return mask > 0


@pytest.mark.parametrize("degrees", [-40, -12, 0, 5, 20, 38])
def test_parallel_strokes(degrees: float):
    found = np.rad2deg(np.arctan(estimate_slant(strokes(degrees, 5), 45.0, 0.04)))
    assert found == pytest.approx(degrees, abs=2.5)


def test_the_limit_holds():
    for mask in (strokes(40, 4), strokes(-40, 4)):
        assert abs(estimate_slant(mask, 15.0, 0.0)) <= np.tan(np.deg2rad(15)) + 1e-9
    assert estimate_slant(strokes(30, 4), 0.0, 0.0) == 0.0


def test_round_shapes_and_specks_are_not_sheared():
    ring = np.zeros((50, 50), np.uint8)
    cv2.circle(ring, (25, 25), 16, 1, 3)
    assert abs(np.rad2deg(np.arctan(estimate_slant(ring > 0, 45.0, 0.04)))) < 8
    assert estimate_slant(np.zeros((9, 9), bool), 45.0, 0.04) == 0
    assert estimate_slant(np.ones((3, 3), bool), 45.0, 0.04) == 0
    assert estimate_skew(np.zeros((9, 9), bool), 0.0, 0.1) == 0


def test_short_strings_are_sheared_less_readily():
    one, many = strokes(6, 1), strokes(6, 8)
    strict = 0.2
    assert estimate_slant(many, 45.0, strict) >= estimate_slant(one, 45.0, strict) >= 0


def test_a_dash_has_no_slant():
    dash = np.zeros((40, 90), bool)
    dash[18:21, 20:70] = True
    assert abs(estimate_slant(dash, 45.0, 0.04)) < 0.03


def test_large_masks_are_sampled():
    mask = np.kron(strokes(20, 4), np.ones((6, 6), bool))
    assert np.rad2deg(np.arctan(estimate_slant(mask, 45.0, 0.04))) == pytest.approx(20, abs=2.5)


@pytest.mark.parametrize("slope", [-0.08, 0.0, 0.08])
def test_skew_of_a_long_line(slope: float):
    mask = np.zeros((120, 400), bool)
    for x in range(20, 380, 30):
        y = int(60 + slope * (x - 200))
        mask[y - 12 : y + 12, x : x + 4] = True
    assert estimate_skew(mask, 0.0, 0.2) == pytest.approx(slope, abs=0.01)
    assert abs(estimate_skew(mask, 0.0, 0.05)) <= 0.05


def test_one_leaning_stroke_is_no_skew():
    assert abs(estimate_skew(strokes(30, 1), np.tan(np.deg2rad(30)), 0.2)) < 0.03
