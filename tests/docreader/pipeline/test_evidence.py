"""Evidence of drawn lines: each measurement answers to what was drawn for it."""

import numpy as np
import pytest

from docreader.confidence.features import FEATURES
from docreader.decoding.search import Hypothesis, PathArc
from docreader.io.records import Character
from docreader.pipeline.evidence import locate_on_line, measure_evidence
from docreader.pipeline.line_evidence import LineBoxes, gap_widths, longest_stroke, measure_line
from docreader.pipeline.prepare import PreparedCandidate
from docreader.recognition.base import FieldVisual
from segment.image.box import Box
from segment.image.transform import Transform
from segment.line_image import LineImage
from segment.page.analysis import FieldCandidate

LEFT = (20, 40, 60, 80, 100)
"""Left columns of the digits: rings, 12 columns wide, from row 6 to row 26."""


def line(left=LEFT, paper=20):
    """Cleaned ink and gray image of a row of rings."""
    pixels = np.zeros((2, 32, 140), np.uint8)
    pixels[1] = paper
    for x in left:
        for channel in pixels:
            channel[6:26, x : x + 12] = 220
        pixels[0, 9:23, x + 3 : x + 9] = 0
        pixels[1, 9:23, x + 3 : x + 9] = paper
    return pixels


def boxes(left=LEFT, heights=None):
    count = len(left)
    return LineBoxes(
        center=np.array(left) + 6.0,
        width=np.full(count, 12.0),
        top=np.full(count, 6.0),
        height=np.array(heights or [20.0] * count),
        digits=np.arange(count),
    )


def measured(pixels, where=None, points=0):
    return measure_line(pixels, where or boxes(), points)


def test_a_clean_line_has_no_evidence_against_it():
    found = measured(line())
    assert found["joined"] == found["joined_gray"] == 1 / 5
    assert found["filled_gaps"] == found["ink_before"] == found["ink_behind"] == found["ink_between"] == 0
    assert found["removed_before"] == found["removed_between"] == found["removed_behind"] == 0
    assert found["inner_dashes"] == found["unread_marks"] == found["high_marks"] == 0
    assert found["widest_gap"] == pytest.approx(8 / 20)
    assert found["gap_ratio"] == found["strength_least"] == found["fullest"] == pytest.approx(1.0)
    assert found["paper_range"] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("slope", [-0.1, 0.0, 0.12])
def test_a_line_through_the_digits_joins_them(slope):
    pixels = line()
    for x in range(15, 117):
        y = round(16 + slope * (x - 66))
        pixels[:, y : y + 3, x] = 220
    found, clean = measured(pixels), measured(line())
    assert found["joined"] == found["filled_gaps"] == found["filled_gray"] == 1.0
    assert found["stroke"] > 2 * clean["stroke"]


def test_a_line_that_cleaning_removed_joins_the_gray_digits_alone():
    pixels = line()
    pixels[1, 15:18, 15:117] = 220
    found = measured(pixels)
    assert (found["joined"], found["joined_gray"]) == (1 / 5, 1.0)
    assert found["removed_between"] > 0


def test_a_gap_one_digit_wide_is_measured():
    left = (20, 40, 80, 100)
    found = measured(line(left), boxes(left))
    assert found["widest_gap"] == pytest.approx(28 / 20)
    assert found["gap_ratio"] == pytest.approx(2.0)


@pytest.mark.parametrize(("at", "name"), [(2, "ink_before"), (130, "ink_behind")])
def test_ink_that_no_character_explains_is_measured_on_its_side(at, name):
    pixels = line()
    pixels[:, 6:26, at : at + 4] = 220
    found = measured(pixels)
    assert found[name] > 0.05
    assert found["ink_between"] == 0


def test_marks_between_digits_are_counted_by_place_and_shape():
    dash, point, high = line(), line(), line()
    dash[:, 15:17, 33:39] = 220
    point[:, 24:27, 35:38] = 220
    high[:, 7:10, 35:38] = 220
    assert measured(dash)["inner_dashes"] == 1
    assert measured(point)["unread_marks"] == 1
    assert measured(point, points=1)["unread_marks"] == 0
    assert measured(high)["high_marks"] == 1


def test_a_faint_digit_and_a_filled_one_are_measured():
    faint, filled = line(), line()
    faint[1, 6:26, 60:72] = np.where(faint[1, 6:26, 60:72] > 100, 130, 20)
    filled[:, 6:26, 60:72] = 220
    assert measured(faint)["strength_least"] == pytest.approx(130 / 220, abs=0.02)
    assert measured(filled)["fullest"] > 1.5


def test_shade_over_half_the_line_widens_the_range_of_the_paper():
    pixels = line()
    pixels[1, :, 70:] = np.maximum(pixels[1, :, 70:], 90)
    assert measured(pixels)["paper_range"] == pytest.approx(70 / 255, abs=0.02)


def test_an_erased_place_is_smoother_than_the_paper_around():
    pixels = line()
    pixels[1] += np.random.default_rng(1).integers(0, 12, pixels[1].shape, dtype=np.uint8)
    even = measured(pixels)["noise_least"]
    pixels[1, :, 114:] = 24
    assert measured(pixels)["noise_least"] < 0.5 * even


def test_digits_of_other_heights_are_measured():
    found = measured(line(), boxes(heights=[20.0, 20.0, 10.0, 20.0, 30.0]))
    assert (found["tallest"], found["lowest"], found["feet"]) == (1.5, 0.5, 1.0)


def test_the_longest_stroke_is_that_of_any_slope():
    mask = np.zeros((20, 60), np.uint8)
    for x in range(5, 45):
        mask[round(3 + 0.35 * (x - 5)) % 20, x] = 1
    assert longest_stroke(mask, np.array([0.0])) < 8
    assert longest_stroke(mask, np.array([0.0, 0.35])) >= 36
    assert longest_stroke(np.zeros_like(mask), np.array([0.0])) == 0


def test_gaps_between_columns_of_ink():
    columns = np.array([3, 0, 0, 2, 2, 2, 0, 1], np.int64)
    assert gap_widths(columns, np.array([0, 3, 5, 7])) == (2.0, 1.0)


def test_boxes_of_slanted_characters_are_upright_on_the_line():
    slanted = np.array([[0.5, -0.15, 7.0], [0.02, 0.6, 3.0]])
    image = LineImage(np.zeros((2, 32, 140), np.uint8), Transform.affine(slanted), False)
    upright = [Box(20, 6, 12, 20), Box(40, 8, 10, 18)]
    corners = [
        (slanted[:, :2] @ (np.array([x, y]) - 0.5)) + slanted[:, 2] + 0.5
        for one in upright
        for x in (one.x, one.right)
        for y in (one.y, one.bottom)
    ]
    quads = np.array(corners).reshape(2, 4, 2)
    low, high = quads.min(axis=1), quads.max(axis=1)
    found = locate_on_line(np.hstack([low, high - low]), np.arange(2), image)
    assert found.center.tolist() == pytest.approx([26, 45])
    assert found.width.tolist() == pytest.approx([12, 10])
    assert found.height.tolist() == pytest.approx([20, 18])
    assert found.top.tolist() == pytest.approx([6, 8])


class Prepared:
    """A field as the line of a test, one pixel of the line for each of the crop."""

    def __init__(self, pixels):
        self.image = LineImage(pixels, Transform.identity(), False)

    def visual(self):
        return FieldVisual(line=self.image)


def evidence(crop, read="12345", left=LEFT, posterior=0.9, no_amount=0.05):
    candidate = FieldCandidate(crop, Box(0, 0, 140, 32), None, 0.0, None, Transform.identity())
    characters = [
        Character(Box(x, 6, 12, 20), one, -0.1 * n) for n, (x, one) in enumerate(zip(left, read, strict=True))
    ]
    path = (PathArc(0, 0, 0, "1", 0.0),)
    found = [Hypothesis("12345", posterior, path, no_amount), Hypothesis("12845", 0.03, path, no_amount)]
    row = measure_evidence(PreparedCandidate(candidate, Prepared(line(left)), 0.0), found, characters)
    return dict(zip(FEATURES, row.tolist(), strict=True))


def test_posteriors_and_scores_of_the_path():
    found = evidence(255 - line()[1])
    assert found["posterior"] == pytest.approx(np.log(9))
    assert found["runner_up"] == pytest.approx(np.log(30))
    assert found["no_amount"] == pytest.approx(np.log(0.05))
    assert (found["digits"], found["worst_score"], found["mean_score"]) == (5, -0.4, pytest.approx(-0.2))


def test_fillers_between_digits_are_counted():
    found = evidence(255 - line()[1], read="12-45")
    assert (found["fillers"], found["fillers_inside"]) == (1, 1)
    found = evidence(255 - line()[1], read="1234-")
    assert (found["fillers"], found["fillers_inside"]) == (1, 0)


def test_digits_at_the_border_of_the_crop_leave_no_space():
    crop = 255 - line()[1]
    whole, cut = evidence(crop), evidence(crop[:26])
    assert (whole["space_left"], whole["space_top"]) == (1.0, pytest.approx(0.3))
    assert (whole["space_bottom"], cut["space_bottom"]) == (pytest.approx(0.3), 0.0)
    assert (whole["edge_bottom"], cut["edge_bottom"] > 0.3) == (0.0, True)


def test_without_a_digit_there_is_no_evidence():
    candidate = FieldCandidate(line()[1], Box(0, 0, 140, 32), None, 0.0, None, Transform.identity())
    found = [Hypothesis("", 0.9, ())]
    assert measure_evidence(PreparedCandidate(candidate, Prepared(line()), 0.0), found, []) is None
