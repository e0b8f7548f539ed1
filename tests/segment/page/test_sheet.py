"""Checks on a sheet: rectangles of tinted paper or of print on a white page, and pages that have none."""

import numpy as np

from segment.page.sheet import find_parts
from tests.segment.page.drawn_check import check, sheet


def test_tinted_paper_is_found_where_it_is():
    [part] = find_parts(sheet(check()))
    assert part.iou((90, 120, 1200, 530)) > 0.9


def test_two_checks_are_two_parts_in_reading_order():
    found = find_parts(sheet(check(), check(), height=1400))
    assert [box.iou((90, top, 1200, 530)) > 0.9 for box, top in zip(found, (120, 680), strict=True)] == [
        True
    ] * 2


def test_print_with_paper_around_it_is_a_part():
    [part] = find_parts(sheet(check(255)))
    assert part.iou((90, 120, 1200, 530)) > 0.6


def test_a_dark_page_has_no_parts():
    assert find_parts(np.full((600, 500), 90, np.uint8)) == []
