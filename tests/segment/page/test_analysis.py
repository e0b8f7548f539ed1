"""Page analysis by a locator: turned, skewed and void checks, and pages that are none."""

import cv2
import numpy as np
import pytest

from segment.page.analysis import analyze_page
from segment.page.currency_symbol import _serif_dollar
from tests.segment.page.drawn_check import AMOUNT, check, sheet
from tests.segment.page.fake_locator import FakeLocator, proposals


class Says:
    """A locator of one answer."""

    def __init__(self, *fields, **values) -> None:
        self.answer = proposals(*fields, **values)

    def propose(self, image: np.ndarray):
        return self.answer


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_turned_check_is_turned_back_and_its_boxes_are_those_of_the_page(turns: int):
    page = np.ascontiguousarray(np.rot90(check(), turns))
    [layout] = analyze_page(page, FakeLocator())
    assert (layout.kind, layout.nowhere) == ("check", -4.0)
    np.testing.assert_array_equal(layout.image, check())
    mask = np.zeros_like(check())
    x, y, w, h = AMOUNT
    mask[y : y + h, x : x + w] = 1
    rows, columns = np.nonzero(np.rot90(mask, turns))
    expected = columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1
    assert layout.to_source.box(layout.fields[0].field_box).iou(expected) > 0.9


def test_a_skewed_check_is_located_on_the_level_page():
    matrix = cv2.getRotationMatrix2D((600, 265), 4.0, 1.0)
    locator = FakeLocator()
    [layout] = analyze_page(cv2.warpAffine(check(), matrix, (1200, 530), borderValue=225), locator)
    assert layout.image.shape == (530, 1200)
    x, y, w, h = layout.to_source.box(layout.fields[0].field_box)
    middle = matrix @ [1040.0, 192.0, 1.0]
    assert abs(x + w / 2 - middle[0]) < 15
    assert abs(y + h / 2 - middle[1]) < 15


def test_each_check_of_a_sheet_has_its_layout():
    layouts = analyze_page(sheet(check(), check(), height=1400), FakeLocator())
    x, y, w, h = AMOUNT
    for layout, top in zip(layouts, (120, 680), strict=True):
        assert layout.to_source.box(layout.fields[0].field_box).iou((x + 90, y + top, w, h)) > 0.9


def test_what_the_locator_takes_for_no_check_is_an_amount_or_something_else():
    line = np.full((120, 500), 230, np.uint8)
    cv2.putText(line, "2507.48", (30, 90), cv2.FONT_HERSHEY_SIMPLEX, 2.5, 30, 5)
    noise = np.random.default_rng(0).integers(0, 256, (300, 300), np.uint8)
    for page, kind in ((line, "amount"), (noise, "other")):
        [layout] = analyze_page(page, Says(check_score=-1.0))
        assert (layout.kind, layout.quality) == (kind, None)
    [layout] = analyze_page(noise, Says(((30, 30, 90, 40), -0.5), check_score=-1.0), "check")
    assert (layout.kind, len(layout.fields)) == ("check", 1)


def test_small_pictures_and_known_fields_are_not_judged():
    class Never:
        def propose(self, image: np.ndarray):
            raise AssertionError("nothing is to be located")

    [layout] = analyze_page(np.full((60, 300), 230, np.uint8), Never())
    assert layout.kind == "amount"
    [layout] = analyze_page(check(), Never(), "amount")
    assert layout.kind == "amount"
    [layout] = analyze_page(check(), Never(), box=(925, 165, 231, 55))
    assert [field.box for field in layout.fields] == [(925, 165, 231, 55)]


def test_the_score_of_a_void_stamp_is_passed_on():
    assert analyze_page(check(), FakeLocator(void_score=2.5))[0].void_score == 2.5


def test_a_printed_currency_symbol_is_split_from_the_field():
    drawn = _serif_dollar()
    rows, columns = np.nonzero(drawn)
    drawn = drawn[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    size = round(drawn.shape[1] * 32 / drawn.shape[0]), 32
    page = check()
    page[176:208, 892 : 892 + size[0]] = 225 - (cv2.resize(drawn, size, interpolation=cv2.INTER_AREA) * 0.8)
    [plain], [layout] = analyze_page(check(), FakeLocator()), analyze_page(page, FakeLocator())
    assert plain.crop(plain.fields[0]).currency_symbol is None
    candidate = layout.crop(layout.fields[0])
    assert (candidate.currency_symbol, candidate.score) == ("$", layout.fields[0].score)
    assert candidate.to_source.box((0, 0, 1, 1)).x > layout.fields[0].box.x


def test_a_crop_is_the_field_with_room_around_it():
    [layout] = analyze_page(check(), FakeLocator())
    assert layout.quality is not None
    candidate = layout.crop(layout.fields[0])
    x, y, w, h = candidate.box
    assert candidate.image.shape == (h, w)
    left, top, width, height = candidate.field_box
    inner = candidate.to_source.box(candidate.field_box)
    assert inner == (x + left, y + top, width, height)
    assert inner.iou(AMOUNT) > 0.9


def test_a_known_box_is_the_only_field():
    locator = FakeLocator()
    [layout] = analyze_page(check(), locator, box=(1190, 0, 50, 20))
    assert ([field.box for field in layout.fields], layout.nowhere) == ([(1190, 0, 10, 20)], -np.inf)
    assert analyze_page(check(), locator, box=(5000, 0, 10, 10))[0].fields == ()
    assert analyze_page(check(), locator, "amount", (5, 6, 70, 80))[0].kind == "amount"
