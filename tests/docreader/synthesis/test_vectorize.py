import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docreader.synthesis.vectorize import resample_polyline, trace_strokes


def canvas() -> np.ndarray:
    return np.zeros((28, 28), np.uint8)


def test_a_line_is_one_stroke_between_its_ends() -> None:
    image = canvas()
    cv2.line(image, (6, 22), (20, 5), 255, 2)
    (stroke,) = trace_strokes(image)
    ends = sorted([stroke[0].tolist(), stroke[-1].tolist()])
    np.testing.assert_allclose(ends, [[6, 22], [20, 5]], atol=1.6)
    along = np.hypot(*np.diff(stroke, axis=0).T).sum()
    assert along == pytest.approx(np.hypot(14, 17), rel=0.12)


def test_a_ring_is_one_closed_stroke() -> None:
    image = canvas()
    cv2.circle(image, (14, 13), 8, 255, 2)
    (stroke,) = trace_strokes(image)
    np.testing.assert_allclose(stroke[0], stroke[-1], atol=0.5)
    radius = np.hypot(*(stroke - [14, 13]).T)
    assert radius.min() > 7
    assert radius.max() < 9


def test_strokes_run_straight_through_a_crossing() -> None:
    image = canvas()
    cv2.line(image, (5, 6), (23, 21), 255, 2, cv2.LINE_AA)
    cv2.line(image, (22, 5), (6, 22), 255, 2, cv2.LINE_AA)
    strokes = trace_strokes(image)
    assert len(strokes) == 2
    for stroke in strokes:
        chord = np.hypot(*(stroke[-1] - stroke[0]))
        assert np.hypot(*np.diff(stroke, axis=0).T).sum() < 1.06 * chord
        assert chord > 18


def test_a_loop_with_a_tail_keeps_both() -> None:
    image = canvas()
    cv2.circle(image, (12, 18), 5, 255, 2)
    cv2.line(image, (7, 17), (14, 3), 255, 2)
    points = np.concatenate(trace_strokes(image))
    for place in ([17, 18], [12, 23], [14, 3]):
        assert np.hypot(*(points - place).T).min() < 2


def test_short_strokes_are_dropped() -> None:
    image = canvas()
    cv2.line(image, (6, 22), (20, 5), 255, 2)
    image[24, 24] = 255
    assert len(trace_strokes(image)) == 1


@pytest.mark.parametrize("radius", [9, 12])
def test_a_blot_has_no_strokes(radius: int) -> None:
    image = canvas()
    cv2.circle(image, (14, 14), radius, 255, -1)
    assert trace_strokes(image) == []


def test_blank_and_faint_bitmaps_have_no_strokes() -> None:
    assert trace_strokes(canvas()) == []
    assert trace_strokes(np.full((28, 28), 10, np.uint8)) == []


@given(st.integers(0, 2**32 - 1))
def test_noise_gives_valid_strokes_or_none(seed: int) -> None:
    image = np.random.default_rng(seed).integers(0, 256, (28, 28), np.uint8)
    for stroke in trace_strokes(cv2.GaussianBlur(image, (0, 0), 1.5)):
        assert stroke.ndim == 2
        assert len(stroke) >= 2
        assert np.isfinite(stroke).all()


points = st.tuples(st.floats(-50, 50), st.floats(-50, 50))


@given(st.lists(points, min_size=2, max_size=8, unique=True), st.floats(0.5, 9))
def test_resampling_keeps_the_ends_and_spaces_evenly(path: list[tuple[float, float]], step: float) -> None:
    given_path = np.array(path)
    even = resample_polyline(given_path, step)
    np.testing.assert_allclose(even[[0, -1]], given_path[[0, -1]])
    total = np.hypot(*np.diff(given_path, axis=0).T).sum()
    assert len(even) == max(2, round(total / step) + 1)
    # a chord cuts corners, so steps can be shorter than the spacing along the path, never longer
    assert np.hypot(*np.diff(even, axis=0).T).max() <= total / (len(even) - 1) + 1e-6


def test_strokes_do_not_depend_on_the_resolution() -> None:
    image = canvas()
    cv2.ellipse(image, (14, 14), (6, 9), 20, 30, 300, 255, 1, cv2.LINE_AA)
    large = cv2.resize(image, (84, 84), interpolation=cv2.INTER_CUBIC)
    (small_stroke,), (large_stroke,) = trace_strokes(image), trace_strokes(large)
    for x, y in (large_stroke + 0.5) / 3 - 0.5:
        assert np.hypot(*(small_stroke - [x, y]).T).min() < 1
