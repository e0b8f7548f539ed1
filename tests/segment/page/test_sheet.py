"""Checks on a sheet: rectangles of tinted paper or of print on a white page, and pages that have none."""

import cv2
import numpy as np
import pytest

from segment.image.box import Box
from segment.page.analysis import analyze_page, analyze_sheet
from segment.page.sheet import find_parts
from tests.segment.page.drawn_check import AMOUNT, check, sheet


def letter() -> np.ndarray:
    page = np.full((2339, 1654), 255, np.uint8)
    text = "It was the best of times, it was the worst of times, it was the age of wisdom"
    for line in range(40):
        words = text[11 * line % 26 :][: 20 + 7 * line % 30]
        cv2.putText(page, words, (150, 200 + 45 * line), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 30, 2)
    return page


def test_tinted_paper_is_found_where_it_is():
    [part] = find_parts(sheet(check()))
    assert part.tinted
    assert part.box.iou((90, 120, 1200, 530)) > 0.9


def test_two_checks_are_two_parts_in_reading_order():
    found = [part.box for part in find_parts(sheet(check(), check(), height=1400))]
    assert [box.iou((90, top, 1200, 530)) > 0.9 for box, top in zip(found, (120, 680), strict=True)] == [
        True
    ] * 2


@pytest.mark.parametrize("paper", [225, 255])
def test_a_check_on_a_sheet_is_analyzed_by_itself(paper):
    page = sheet(check(paper))
    [layout] = analyze_sheet(page)
    assert layout.kind == "check"
    x, y, w, h = AMOUNT
    assert layout.to_source.box(layout.fields[0].field_box).iou((x + 90, y + 120, w, h)) > 0.9
    assert analyze_page(page).kind == "other"


def test_each_of_two_checks_has_its_layout():
    layouts = analyze_sheet(sheet(check(), check(), height=1400))
    x, y, w, h = AMOUNT
    for layout, top in zip(layouts, (120, 680), strict=True):
        assert layout.to_source.box(layout.fields[0].field_box).iou((x + 90, y + top, w, h)) > 0.9


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_sheet_may_be_turned(quarters):
    [layout] = analyze_sheet(np.ascontiguousarray(np.rot90(sheet(check()), quarters)))
    assert layout.kind == "check"
    assert layout.image.shape[1] > 2 * layout.image.shape[0]


def test_print_without_a_micr_line_is_no_check():
    [layout] = analyze_sheet(sheet(check(255, micr=False)))
    assert layout.kind == "other"
    [layout] = analyze_sheet(letter())
    assert layout.kind == "other"


def test_a_check_by_itself_is_not_cut():
    assert [layout.to_source.box((0, 0, 1200, 530)) for layout in analyze_sheet(check())] == [
        Box(0, 0, 1200, 530)
    ]


def test_a_known_box_and_a_cut_out_amount_are_taken_as_they_are():
    page = sheet(check())
    assert [layout.kind for layout in analyze_sheet(page, "amount")] == ["amount"]
    [layout] = analyze_sheet(page, box=(100, 130, 200, 50))
    assert [field.box for field in layout.fields] == [(100, 130, 200, 50)]


def test_a_dark_page_has_no_parts():
    assert find_parts(np.full((600, 500), 90, np.uint8)) == []
