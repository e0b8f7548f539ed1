"""Orientation: drawn checks on their feet, on their head, on their side, and pages that do not tell."""

import numpy as np
import pytest

from segment.page.analysis import analyze_page
from segment.page.orientation import has_micr_line, is_upside_down, turn
from segment.page.overview import make_overview
from tests.segment.page.drawn_check import AMOUNT, check


def test_the_line_at_the_bottom_is_found_and_at_the_top_it_is_none():
    overview = make_overview(check())
    assert has_micr_line(overview)
    assert not has_micr_line(turn(overview))
    assert not has_micr_line(make_overview(check(micr=False)))


def test_a_check_on_its_head_is_told_from_one_on_its_feet():
    overview = make_overview(check())
    assert not is_upside_down(overview)
    assert is_upside_down(turn(overview))


def test_a_page_without_the_line_and_a_blank_one_remain_as_they_are():
    for page in (check(micr=False), np.full((530, 1200), 230, np.uint8)):
        overview = make_overview(page)
        assert not is_upside_down(overview)
        assert not is_upside_down(turn(overview))


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_turned_check_is_turned_back_and_its_boxes_are_those_of_the_page(quarters):
    page = np.ascontiguousarray(np.rot90(check(), quarters))
    layout = analyze_page(page)
    assert (layout.kind, layout.image.shape) == ("check", (530, 1200))
    np.testing.assert_array_equal(layout.image, check())
    located = layout.to_source.box(layout.fields[0].field_box)
    x, y, w, h = AMOUNT
    mask = np.zeros_like(check())
    mask[y : y + h, x : x + w] = 1
    rows, columns = np.nonzero(np.rot90(mask, quarters))
    expected = columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1
    assert located.iou(expected) > 0.9


def test_a_tall_page_without_the_line_is_not_turned():
    page = np.ascontiguousarray(np.rot90(check(micr=False)))
    assert analyze_page(page).kind == "other"
