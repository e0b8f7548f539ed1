"""Ink that contradicts a path: a point at half height, a streak read as 1, digits cut at the top."""

import numpy as np
import pytest

from docreader.pipeline.line_evidence import LineBoxes
from docreader.pipeline.stray_ink import has_streak, is_cut_above, shows_high_point

NONE = np.empty(0)


def line(*dots):
    """Ink of four digits, columns 10 apart from 10, rows 6 to 26, with dots of four pixels at (x, y)."""
    ink = np.zeros((32, 90), np.uint8)
    for x in (10, 30, 50, 70):
        ink[6:26, x : x + 10] = 220
    for x, y in dots:
        ink[y - 2 : y + 2, x - 2 : x + 2] = 220
    return ink


def boxes():
    digits = np.arange(4)
    return LineBoxes(
        center=15.0 + 20 * digits,
        width=np.full(4, 10.0),
        top=np.full(4, 6.0),
        height=np.full(4, 20.0),
        digits=digits,
    )


@pytest.mark.parametrize(
    ("dot", "high"),
    [((45, 16), True), ((45, 12), True), ((45, 25), False), ((45, 6), False), ((5, 16), False)],
)
def test_a_point_at_half_height_between_digits_is_found(dot, high):
    assert shows_high_point(line(dot), boxes(), NONE, NONE) is high


def test_a_point_that_was_read_is_no_contradiction():
    ink = line((45, 16))
    assert not shows_high_point(ink, boxes(), np.array([46.0]), NONE)
    assert shows_high_point(ink, boxes(), np.array([25.0]), NONE)
    assert not shows_high_point(ink, boxes(), NONE, np.array([40.0]))


def test_a_dash_between_digits_is_no_point():
    ink = line()
    ink[16:18, 41:49] = 220
    assert not shows_high_point(ink, boxes(), NONE, NONE)


def test_a_one_from_edge_to_edge_is_a_streak_where_it_is_straight():
    crop = np.full((40, 90), 230, np.uint8)
    crop[:, 41:43] = 30
    one = np.array([[35.0, 0.0, 14.0, 40.0]])
    assert has_streak(crop, one)
    assert not has_streak(crop, one * [1, 1, 1, 0.8])
    assert not has_streak(crop, np.empty((0, 4)))
    slanted = np.full((40, 90), 230, np.uint8)
    for y in range(40):
        slanted[y, 46 - y // 4 : 48 - y // 4] = 30
    assert not has_streak(slanted, one)


def test_digits_that_all_begin_at_the_upper_edge_are_cut():
    at_edge = np.tile([0.0, 0.0, 10.0, 20.0], (5, 1))
    assert is_cut_above(at_edge)
    assert not is_cut_above(at_edge[:2])
    assert not is_cut_above(at_edge + np.array([0, 5, 0, 0]))
    at_edge[:2, 1] = 5
    assert not is_cut_above(at_edge)
