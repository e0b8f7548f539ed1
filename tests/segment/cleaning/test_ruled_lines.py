"""Ruled lines and form boxes are removed, strokes on them are kept; feet of characters are not lines."""

import cv2
import numpy as np
import pytest

from segment.cleaning.form_boxes import remove_form_box
from segment.cleaning.ruled_lines import remove_ruled_lines

SLOPE = 0.1


def digits(text: str = "70425", height: int = 60) -> np.ndarray:
    ink = np.zeros((height, 30 + 24 * len(text)), np.uint8)
    cv2.putText(ink, text, (14, height // 2 + 13), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 255, 3, cv2.LINE_AA)
    return (ink / 255).astype(np.float32)


def add_line(ink: np.ndarray, start: tuple[int, int], end: tuple[int, int], thickness: int = 2) -> np.ndarray:
    layer = np.zeros(ink.shape, np.uint8)
    cv2.line(layer, start, end, 255, thickness, cv2.LINE_AA)
    return np.maximum(ink, layer.astype(np.float32) / 255)


def components(ink: np.ndarray) -> int:
    return cv2.connectedComponents((ink > 0.45).astype(np.uint8), connectivity=8)[0] - 1


@pytest.mark.parametrize("row", [3, 53])
@pytest.mark.parametrize("fall", [-4, 0, 5])
@pytest.mark.parametrize("thickness", [1, 2])
def test_a_line_beside_the_text_is_removed_without_a_trace(row: int, fall: int, thickness: int):
    ink = digits()
    ruled = add_line(ink, (0, row), (ink.shape[1], min(max(row + fall, 2), 57)), thickness)
    out, lines = remove_ruled_lines(ruled, 3.0, SLOPE)
    assert len(lines) == 1
    assert ((out > 0.45) == (ink > 0.45)).mean() > 0.998
    assert components(out) == components(ink)


def test_two_lines_and_a_bent_one():
    ink = digits()
    ruled = add_line(add_line(ink, (0, 4), (200, 4)), (0, 55), (200, 55))
    out, lines = remove_ruled_lines(ruled, 3.0, SLOPE)
    assert len(lines) == 2
    assert components(out) == components(ink)
    bent = ink.copy()
    x = np.arange(ink.shape[1])
    y = np.rint(54 - 3 * np.sin(np.pi * x / x.size)).astype(int)
    bent[y, x] = bent[y + 1, x] = 1
    out, lines = remove_ruled_lines(bent, 3.0, SLOPE)
    assert len(lines) == 1
    assert components(out) == components(ink)


@pytest.mark.parametrize("lean", [-25, 0, 25])
def test_a_stroke_that_crosses_a_line_stays_one_component(lean: int):
    stroke = add_line(np.zeros((60, 160), np.float32), (80 - lean // 2, 8), (80 + lean // 2, 56), 3)
    out, lines = remove_ruled_lines(add_line(stroke, (0, 44), (160, 44)), 3.0, SLOPE)
    assert len(lines) == 1
    assert components(out) == 1
    kept = (out > 0.45) & (stroke > 0.45)
    assert kept.sum() > 0.93 * (stroke > 0.45).sum()
    assert (out > 0.45).sum() < 1.1 * (stroke > 0.45).sum()


def test_a_loop_that_rests_on_a_line_stays_closed():
    loop = np.zeros((60, 160), np.uint8)
    cv2.ellipse(loop, (80, 36), (10, 14), 0, 0, 360, 255, 3, cv2.LINE_AA)
    ink = (loop / 255).astype(np.float32)
    out, lines = remove_ruled_lines(add_line(ink, (0, 50), (160, 50)), 3.0, SLOPE)
    assert len(lines) == 1
    # paper outside, paper inside
    holes = cv2.connectedComponents((out <= 0.45).astype(np.uint8), connectivity=4)[0] - 1
    assert holes == 2


@pytest.mark.parametrize("text", ["22222", "777", "44444", "00000", "5", "2", "7171717", "-"])
def test_feet_and_crossbars_are_not_lines(text: str):
    ink = digits(text)
    tight = ink[:, np.nonzero(ink.any(axis=0))[0].min() : np.nonzero(ink.any(axis=0))[0].max() + 1]
    for part in (ink, np.ascontiguousarray(tight)):
        out, lines = remove_ruled_lines(part, 3.0, SLOPE)
        if text != "-" or part is ink:
            assert lines == []
            assert np.array_equal(out, part)


def test_joined_feet_are_not_a_line():
    # 2222 written in one go, the last stroke of each running into the next
    ink = digits("2222")
    rng = np.random.default_rng(0)
    y = 43 + np.cumsum(rng.normal(0, 0.6, 90))
    points = np.stack([np.arange(16, 106), y], axis=1).astype(np.int32)
    layer = np.zeros(ink.shape, np.uint8)
    cv2.polylines(layer, [points], False, 255, 3, cv2.LINE_AA)
    ink = np.maximum(ink, layer.astype(np.float32) / 255)
    _, lines = remove_ruled_lines(ink, 3.0, SLOPE)
    assert lines == []


def boxed(ink: np.ndarray, left: int, right: int) -> np.ndarray:
    for start, end in (
        ((left, 6), (right, 6)),
        ((left, 54), (right, 54)),
        ((left, 6), (left, 54)),
        ((right, 6), (right, 54)),
    ):
        ink = add_line(ink, start, end)
    return ink


def test_a_form_box_is_removed_with_everything_outside():
    ink = np.pad(digits("1417"), ((0, 0), (30, 40)))
    caption = np.zeros(ink.shape, np.uint8)
    cv2.putText(caption, "Rs", (1, 40), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2, cv2.LINE_AA)
    cv2.line(caption, (ink.shape[1] - 6, 20), (ink.shape[1] - 6, 44), 255, 3)
    drawn = boxed(np.maximum(ink, caption.astype(np.float32) / 255), 32, ink.shape[1] - 20)
    out, lines = remove_ruled_lines(drawn, 3.0, SLOPE)
    assert len(lines) == 2
    out = remove_form_box(out, lines, 3.0)
    assert components(out) == components(ink) == 4
    assert ((out > 0.45) == (ink > 0.45)).mean() > 0.998


def test_a_one_is_not_an_edge():
    # a 1 as tall as the picture, with a line below it: there is no evidence of a box
    ink = np.zeros((60, 120), np.float32)
    for x in (12, 50, 108):
        ink = add_line(ink, (x, 4), (x + 1, 48), 3)
    out, lines = remove_ruled_lines(add_line(ink, (0, 55), (120, 55)), 3.0, SLOPE)
    assert components(remove_form_box(out, lines, 3.0)) == 3
    assert components(remove_form_box(ink, [], 3.0)) == 3
