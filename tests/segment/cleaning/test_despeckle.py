"""Dots and dashes are kept, specks are removed."""

import cv2
import numpy as np

from segment.cleaning.despeckle import remove_specks

STROKE_WIDTH = 3.0


def line() -> np.ndarray:
    """Two upright strokes of 30 rows with room between them, on row 45."""
    ink = np.zeros((64, 100), np.float32)
    for x in (20, 60):
        ink[15:46, x : x + 3] = 1
    return ink


def kept(ink: np.ndarray) -> np.ndarray:
    return remove_specks(ink, STROKE_WIDTH, 0.6) > 0.45


def test_dot_dash_and_raised_mark_are_kept():
    ink = line()
    ink[42:46, 40:44] = 1
    ink[30:33, 75:92] = 1
    ink[12:16, 70:76] = 1
    assert np.array_equal(kept(ink), ink > 0.45)


def test_specks_are_removed():
    ink = line()
    ink[30, 40] = ink[20, 80:82] = 1
    ink[25:28, 85:88] = 0.6
    assert np.array_equal(kept(ink), line() > 0.45)


def test_a_faint_dot_on_the_line_becomes_ink_and_elsewhere_does_not():
    for y, x, stays in ((43, 42, True), (22, 42, False), (43, 61, False)):
        ink = line()
        ink[y - 2 : y + 3, x - 2 : x + 3] = np.maximum(ink[y - 2 : y + 3, x - 2 : x + 3], 0.35)
        ink[y, x] = max(ink[y, x], 0.55)
        extra = kept(ink) & ~(line() > 0.45)
        assert extra.any() == stays


def test_remnants_below_and_flat_lines_above_are_removed():
    ink = line()
    ink[52:55, 30:36] = 1
    ink[5:7, 30:70] = 1
    assert np.array_equal(kept(ink), line() > 0.45)


def test_soft_edges_are_kept_and_the_rest_is_paper():
    ink = line()
    soft = cv2.GaussianBlur(ink, (3, 3), 0.8)
    haze = np.maximum(soft, 0.2)
    out = remove_specks(haze, STROKE_WIDTH, 0.6)
    assert np.array_equal(out[15:46, 19:24], haze[15:46, 19:24])
    assert (out[:, 28:55] == 0).all()


def test_nothing_to_keep():
    assert (remove_specks(np.zeros((5, 7), np.float32), 1.0, 0.6) == 0).all()
    assert remove_specks(np.full((1, 1), 2, np.float32), 1.0, 0.6).shape == (1, 1)
