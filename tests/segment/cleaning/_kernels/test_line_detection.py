"""Steps of the detection of ruled lines, each against a few lines of NumPy."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segment.cleaning._kernels import line_detection
from segment.image.polyfit import evaluate, fit_polynomial
from tests.segment.fields import every_mask

MASKS = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12))


def runs_by_loop(mask: np.ndarray) -> list[tuple[int, float, int]]:
    found = []
    for x, column in enumerate(mask.T):
        changes = np.flatnonzero(np.diff(np.concatenate([[0], column, [0]]).astype(int)))
        found += [(x, (a + b - 1) / 2, b - a) for a, b in changes.reshape(-1, 2).tolist()]
    return found


def check_thin_runs(mask: np.ndarray, limit: int, at_border: int) -> None:
    def thin(middle: float, length: int) -> bool:
        first = middle - (length - 1) / 2
        return length <= (max(limit, at_border) if first in (0, mask.shape[0] - length) else limit)

    expected = [run for run in runs_by_loop(mask) if thin(*run[1:])]
    assert [tuple(run) for run in line_detection.thin_runs(mask, limit, at_border).tolist()] == expected


@given(MASKS, st.integers(0, 4), st.integers(0, 6))
def test_thin_runs(mask: np.ndarray, limit: int, at_border: int):
    check_thin_runs(mask, limit, at_border)


@pytest.mark.parametrize(("limit", "at_border"), [(0, 0), (1, 2), (2, 1), (2, 3), (9, 9)])
def test_thin_runs_of_every_small_field(limit: int, at_border: int):
    for mask in every_mask((1, 1), (1, 8), (9, 1), (5, 2), (3, 3)):
        check_thin_runs(mask, limit, at_border)


def check_hough_line(mask: np.ndarray, max_slope: float) -> None:
    height, width = mask.shape
    runs = line_detection.thin_runs(mask, height, height)
    steps = int(np.ceil(max_slope * width / 1.5))
    slopes = max_slope * np.arange(-steps, steps + 1) / max(1, steps)
    rows = runs[:, 1] - slopes[:, None] * runs[:, 0]
    low = rows.min()
    size = int(rows.max() - low + 0.5) + 2
    bins = (rows + (0.5 - low + size * np.arange(slopes.size))[:, None]).astype(int)
    count = np.bincount(bins.ravel(), minlength=size * slopes.size)
    rows_of_slopes = count.reshape(-1, size)
    pairs = rows_of_slopes[:, 1:] + rows_of_slopes[:, :-1]
    step, row = divmod(int(pairs.argmax()), size - 1)
    found = line_detection.hough_line(runs, max_slope, width)
    assert found == (pairs.max(), slopes[step], pytest.approx(low + row + 0.5))


@given(MASKS.filter(np.any), st.sampled_from([0.0, 0.1, 0.4]))
def test_hough_line(mask: np.ndarray, max_slope: float):
    check_hough_line(mask, max_slope)


@pytest.mark.parametrize("max_slope", [0.0, 0.1, 0.5, 1.0])
def test_hough_line_of_every_small_field(max_slope: float):
    for mask in every_mask((1, 8), (8, 1), (2, 5), (5, 2), (3, 4)):
        if mask.any():
            check_hough_line(mask, max_slope)


def check_runs_on_a_line(mask: np.ndarray, start: int, left: int) -> None:
    height, width = mask.shape
    runs = line_detection.thin_runs(mask, height, height)
    line = 0.3 * np.arange(width)
    near = np.abs(runs[:, 1] - start - line[runs[:, 0].astype(int)]) <= 1.6
    assert np.array_equal(line_detection.runs_near(runs, line, float(start)), runs[near])
    assert np.array_equal(
        line_detection.runs_between(runs, left, left + 4),
        runs[(runs[:, 0] >= left) & (runs[:, 0] < left + 4)],
    )
    assert line_detection.count_columns(runs) == np.unique(runs[:, 0]).size
    followed = line_detection.refine_centerline(runs, line)
    for x in range(width):
        own = runs[runs[:, 0] == x, 1]
        assert followed[x] == pytest.approx(own.mean() if own.size else line[x])


@given(MASKS, st.integers(-2, 14), st.integers(0, 14))
def test_runs_on_a_line_and_between_columns(mask: np.ndarray, start: int, left: int):
    check_runs_on_a_line(mask, start, left)


def test_runs_on_a_line_of_every_small_field():
    for number, mask in enumerate(every_mask((1, 8), (8, 1), (2, 5), (3, 3))):
        check_runs_on_a_line(mask, number % 13 - 2, number % 5)


def check_along_a_line(mask: np.ndarray, start: float, thickness: int) -> None:
    height, width = mask.shape
    line = start + 0.3 * np.arange(width)
    rows = np.rint(line).clip(0, height - 1).astype(int)
    at = np.arange(width)
    expected = mask[rows, at] | mask[(rows - 1).clip(0), at] | mask[(rows + 1).clip(max=height - 1), at]
    assert np.array_equal(line_detection.inked_columns(mask, line), expected)
    y = np.arange(height)[:, None]
    above, below = (mask & (y < line - thickness)).sum(), (mask & (y > line + thickness)).sum()
    up, down = np.floor(line - thickness / 2 - 1).astype(int), np.ceil(line + thickness / 2 + 1).astype(int)
    inside = (up >= 0) & (down < height)
    crossed = (mask[up.clip(0, height - 1), at] & mask[down.clip(0, height - 1), at] & inside).sum()
    assert line_detection.is_between_ink(mask, line, 0, width, thickness) == (
        min(above, below) > 0.2 * (above + below) and crossed > 0.05 * width
    )


@given(MASKS, st.integers(-2, 14), st.integers(0, 3))
def test_runs_and_ink_along_a_line(mask: np.ndarray, start: int, thickness: int):
    check_along_a_line(mask, start, thickness)


@pytest.mark.parametrize("start", [-3, -0.6, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3, 5])
def test_runs_and_ink_along_a_line_of_every_small_field(start: float):
    for mask in every_mask((1, 6), (6, 1), (2, 4), (3, 3)):
        check_along_a_line(mask, start, int(start) % 3)


@pytest.mark.parametrize("gap", [0, 1, 2, 3])
def test_every_longest_stretch(gap: int):
    for size in range(9):
        for flags in itertools.product([False, True], repeat=size):
            check_longest_stretch(list(flags), gap)


@given(st.lists(st.booleans(), max_size=20), st.integers(0, 3))
def test_longest_stretch(flags: list[bool], gap: int):
    check_longest_stretch(flags, gap)


def check_longest_stretch(flags: list[bool], gap: int) -> None:
    on = [x for x, flag in enumerate(flags) if flag]
    stretches = [(0, 0)]
    for first in on:
        for last in on:
            inside = [x for x in on if first <= x <= last]
            if all(b - a <= gap + 1 for a, b in itertools.pairwise(inside)) and inside:
                stretches.append((first, last + 1))
    longest = max(b - a for a, b in stretches)
    expected = min(s for s in stretches if s[1] - s[0] == longest)
    assert line_detection.longest_stretch(np.array(flags, bool), gap) == expected
    assert line_detection.count_true(np.array(flags, bool), 0, len(flags)) == len(on)


def test_every_share_of_a_straight_line():
    """Points on a line of slope 1/2, each on its own moved down by 0, 1 or 3 rows."""
    for degree in (1, 2):
        for moved in itertools.product([0, 1, 3], repeat=6):
            at = np.arange(6.0)
            runs = np.column_stack([at, at / 2 + moved, np.ones(6)])
            curve = fit_polynomial(runs, degree)
            near = [abs(y - evaluate(curve, x)) <= 1 for x, y, _ in runs]
            assert line_detection.straightness(runs, degree) == np.mean(near)


@pytest.mark.parametrize("fine", [False, True])
@pytest.mark.parametrize("ends", [0, 1, 2])
def test_printed_lines(ends: int, fine: bool):
    least = {(0, False): 0.85, (0, True): 0.7, (1, False): 0.7, (1, True): 0.65}[min(ends, 1), fine]
    for straight in np.linspace(0, 1, 101):
        for share in np.linspace(0, 1, 101):
            wide, very, quite = share >= 0.95, straight >= 0.97, straight >= 0.88
            expected = (wide and straight >= 0.82) or (not wide and very and share >= least)
            expected |= not wide and not very and quite and fine and share >= (0.7 if ends else 0.8)
            assert line_detection.is_printed_line(straight, share, ends, fine, False) == expected
            assert line_detection.is_printed_line(straight, share, ends, fine, True) == (straight >= 0.82)


def line_by_steps(mask: np.ndarray, stroke_width: float, max_slope: float) -> tuple | None:
    """Left, right, center and thickness of the line, by the steps above on whole planes of NumPy."""
    height, width = mask.shape
    needed = max(0.5 * width, 0.8 * min(height, width))
    runs = line_detection.thin_runs(mask, int(1.3 * stroke_width + 1), int(2.0 * stroke_width + 2))
    if len(runs) < 0.4 * needed:
        return None
    most, slope, offset = line_detection.hough_line(runs, max_slope, width)
    near = runs[np.abs(runs[:, 1] - (slope * np.arange(width) + offset)[runs[:, 0].astype(int)]) <= 1.6]
    if most < 0.4 * needed or np.unique(near[:, 0]).size < 0.35 * needed:
        return None
    curve = fit_polynomial(near, 2)
    line = np.array([evaluate(curve, x) for x in range(width)])
    near = runs[np.abs(runs[:, 1] - line[runs[:, 0].astype(int)]) <= 1.6]
    if len(near) < 0.4 * needed:
        return None
    thickness = np.median(near[:, 2])
    for x in np.unique(near[:, 0]):
        line[int(x)] = near[near[:, 0] == x, 1].mean()
    rows = np.rint(line).clip(0, height - 1).astype(int)
    touched = np.pad(mask, ((1, 1), (0, 0)))[rows + np.arange(3)[:, None], np.arange(width)].any(axis=0)
    left, right = line_detection.longest_stretch(touched, max(3, round(0.05 * width)))
    span = right - left
    on = near[(near[:, 0] >= left) & (near[:, 0] < right)]
    if span < needed or touched[left:right].sum() < 0.8 * span or np.unique(on[:, 0]).size < 0.35 * span:
        return None
    across = span >= 0.95 * width
    straight = line_detection.straightness(on, 2 if across else 1)
    ends = int(left <= 3) + int(right >= width - 3)
    fine = bool(thickness <= 0.8 * stroke_width + 1)
    framed = bool(touched[left:right].sum() >= 0.94 * span) and line_detection.has_corners(
        mask, line, left, right, thickness
    )
    if not line_detection.is_printed_line(straight, span / width, ends, fine, framed):
        return None
    if not (across and straight >= 0.97) and line_detection.is_between_ink(
        mask, line, left, right, thickness
    ):
        return None
    return left, right, line[left:right], thickness


@pytest.mark.parametrize("thick", [1, 2, 3])
@pytest.mark.parametrize("slope", [-0.1, -0.03, 0.0, 0.06])
def test_lines_in_every_row(slope: float, thick: int):
    height, width = 14, 24
    found = 0
    for row in np.arange(-3, height + 3, 0.5):
        for seed in range(12):
            rng = np.random.default_rng(seed)
            y, x = np.indices((height, width))
            first = np.rint(row + slope * x - (thick - 1) / 2)
            mask = (first <= y) & (y < first + thick)
            mask &= rng.random(width) > [0, 0, 0.1, 0.3][seed % 4]  # columns without the line
            mask |= rng.random((height, width)) > [1, 0.95, 0.8][seed % 3]
            mask[rng.integers(0, height) :, 5 : 5 + seed % 5] |= seed % 2 > 0  # a stroke
            line = line_detection.detect_ruled_line(mask, 1.5, 0.105)
            expected = line_by_steps(mask, 1.5, 0.105)
            if expected is None:
                assert line.left == line.right
                continue
            found += 1
            left, right, center, thickness = expected
            assert (line.left, line.right, line.thickness) == (left, right, thickness)
            assert line.centerline == pytest.approx(center)
            assert line.row == pytest.approx(center.mean())
    assert found > 100


def box(left: int, right: int, top: int, bottom: int, thick: int = 3) -> np.ndarray:
    """Draw a frame into an empty mask of 60 rows and 200 columns."""
    mask = np.zeros((60, 200), bool)
    mask[top : bottom + thick, left : right + thick] = True
    mask[top + thick : bottom, left + thick : right] = False
    return mask


def test_corners_are_those_of_boxes():
    center = np.full(200, 11.0)
    frame = box(20, 170, 10, 50)
    assert line_detection.has_corners(frame, center, 20, 173, 3)
    assert line_detection.has_corners(frame, np.full(200, 51.0), 20, 173, 3)
    for part in (slice(0, 60), slice(60, 200)):  # an edge at one end alone
        half = frame.copy()
        half[14:50, part] = False
        assert not line_detection.has_corners(half, center, 20, 173, 3)
    short = frame.copy()
    short[20:50] = False
    assert not line_detection.has_corners(short, center, 20, 173, 3)


def test_the_sides_of_a_box_as_thick_as_the_pen_are_lines_although_text_is_above_it():
    mask = box(20, 170, 15, 50)
    mask[:6, 30:160:2] = True  # text of another line
    mask[22:44, 40:150:9] = True
    line = line_detection.detect_ruled_line(mask, 2.4, 0.1)
    assert (line.left, line.right) == (20, 173)
    without_edges = mask.copy()
    without_edges[18:50, 20:23] = without_edges[18:50, 170:173] = False
    assert line_detection.detect_ruled_line(without_edges, 2.4, 0.1).right == 0


def test_a_stroke_through_characters_is_no_line():
    mask = np.zeros((60, 200), bool)
    mask[15:46, 25:180:6] = mask[29:32, 22:182] = True
    line = line_detection.detect_ruled_line(mask, 2.4, 0.1)
    assert line.left == line.right
