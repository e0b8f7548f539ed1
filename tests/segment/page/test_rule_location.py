"""The amount by rules on drawn checks and, where they are at hand, on real ones."""

import csv
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segment.io.pages import load_pages
from segment.page.field_location import LocatedField
from segment.page.overview import make_overview
from segment.page.rule_location import locate_by_rules

DATA = Path(os.environ.get("DOCREADER_DATA", os.devnull))


def draw_check(boxed: bool, width: int = 1200) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """A check as banks print them, and the box of its amount, or of the amount's ink where there is no box."""
    image = np.full((530, 1200), 225, np.uint8)
    image[:] += np.random.default_rng(2).integers(0, 12, image.shape, np.uint8)

    def text(words: str, x: int, y: int, size: float, pen: int = 2) -> None:
        cv2.putText(image, words, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, 40, pen, cv2.LINE_AA)

    text("FIRST BANK OF NOWHERE", 60, 60, 0.9)
    text("1025", 1080, 60, 0.8)
    text("11/24/2019", 800, 120, 0.9)
    text("Pay to the order of", 60, 200, 0.6)
    text("John Q. Public", 280, 200, 1.1, 3)
    text("Two thousand five hundred seven", 80, 290, 1.1, 3)
    text("DOLLARS", 940, 290, 0.5, 1)
    text("Memo", 60, 420, 0.6)
    text("signed", 820, 420, 1.2, 3)
    text("|:021000021|: 123456789 1025", 120, 490, 0.9)
    for left, right, row in ((270, 860, 212), (60, 900, 300), (150, 500, 430), (760, 1140, 430)):
        cv2.line(image, (left, row), (right, row), 90, 1)
    text("2507.48", 950, 204, 1.1, 3)
    (w, h), _ = cv2.getTextSize("2507.48", cv2.FONT_HERSHEY_SIMPLEX, 1.1, 3)
    x, y = 950, 204 - h
    if boxed:
        x, y, w, h = 925, 165, 230, 54
        cv2.rectangle(image, (x, y), (x + w, y + h), 70, 2)
    scale = width / 1200
    size = (width, round(530 * scale))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA), tuple(
        round(v * scale) for v in (x, y, w, h)
    )


def covers(field: LocatedField, box: tuple[int, int, int, int]) -> float:
    """Share of a box that lies in a field."""
    (x, y, w, h), (a, b, c, d) = field.box, box
    across, down = min(x + w, a + c) - max(x, a), min(y + h, b + d) - max(y, b)
    return max(0, across) * max(0, down) / (c * d)


@pytest.mark.parametrize("boxed", [True, False])
@pytest.mark.parametrize("width", [600, 1200, 2400])
def test_the_amount_of_a_drawn_check_is_found(boxed: bool, width: int):
    image, box = draw_check(boxed, width)
    before = image.copy()
    fields = locate_by_rules(make_overview(image))
    assert np.array_equal(image, before)
    assert covers(fields[0], box) > 0.8
    assert fields[0].box[2] * fields[0].box[3] < 5 * box[2] * box[3]
    assert [field.score for field in fields] == sorted((field.score for field in fields), reverse=True)
    assert len(locate_by_rules(make_overview(image), max_fields=1)) == 1


def test_a_box_counts_for_more_than_ink_alone():
    boxed, plain = (locate_by_rules(make_overview(draw_check(boxed)[0]))[0].score for boxed in (True, False))
    assert boxed > plain


def test_a_box_at_the_top_is_the_field_where_no_other_is():
    image, middle = draw_check(boxed=True)
    top = (840, 25, 290, 56)

    def boxed(picture: np.ndarray) -> np.ndarray:
        picture = picture.copy()
        picture[20:90, 780:1190] = 230
        cv2.rectangle(picture, top[:2], (top[0] + top[2], top[1] + top[3]), 70, 2)
        cv2.putText(picture, "51.200", (860, 68), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 40, 3, cv2.LINE_AA)
        return picture

    assert covers(locate_by_rules(make_overview(boxed(image)))[0], middle) > 0.9
    image[160:225, 915:1165] = 230
    assert covers(locate_by_rules(make_overview(boxed(image)))[0], top) > 0.9


def test_a_written_stroke_is_no_side_of_a_box_and_a_pale_side_is_one():
    image, (x, y, w, h) = draw_check(True)
    stroke, pale = image.copy(), image.copy()
    cv2.line(stroke, (x + 190, y - 25), (x + 185, y + h + 20), 40, 3)
    pale[y + 3 : y + h - 3, x + w - 3 : x + w + 4] = image[y + 10, x + w + 20]
    for changed in (stroke, pale):
        left, top, width, height = locate_by_rules(make_overview(changed))[0].field_box
        assert abs(left - x) < 12
        assert abs(left + width - x - w) < 12
        assert abs(top - y) < 8
        assert abs(top + height - y - h) < 8


def test_a_blank_page_has_no_field():
    assert locate_by_rules(make_overview(np.full((530, 1200), 220, np.uint8))) == []


@settings(max_examples=25, deadline=None)
@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 50), st.integers(1, 70))), st.sampled_from([1, 3]))
def test_anything_can_be_looked_at(image: np.ndarray, zoom: int):
    image = np.kron(image, np.ones((zoom, zoom), np.uint8))
    height, width = image.shape
    for field in locate_by_rules(make_overview(image)):
        x, y, w, h = field.box
        assert 0 <= x < width
        assert 0 <= y < height
        assert 1 <= w <= width - x
        assert 1 <= h <= height - y
        assert np.isfinite(field.score)
        a, b, c, d = field.field_box
        assert x <= a
        assert y <= b
        assert a + c <= x + w
        assert b + d <= y + h


@pytest.mark.skipif(not (DATA / "checks").is_dir(), reason="needs the folder checks in DOCREADER_DATA")
def test_real_checks():
    with (DATA / "checks" / "labels.csv").open() as file:
        rows = list(csv.DictReader(file))[::4]
    hits = 0
    for row in rows:
        page = make_overview(next(load_pages(DATA / "checks" / row["file"])).image)
        x, y, w, h = (int(row[key]) for key in "xywh")
        a, b, c, d = locate_by_rules(page)[0].box
        hits += x < a + c / 2 < x + w and y < b + d / 2 < y + h and c < 1.3 * w and d < 1.3 * h
    assert hits >= 0.9 * len(rows)
