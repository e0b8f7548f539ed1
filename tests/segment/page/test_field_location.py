"""Located fields: places of a locator with the geometry of the page."""

import cv2
import numpy as np

from segment.image.box import Box
from segment.page.field_location import MAX_FIELDS, locate_fields
from segment.page.locator import Proposal
from segment.page.overview import make_overview
from tests.segment.page.drawn_check import AMOUNT, check


def proposed(image: np.ndarray, *places: tuple[tuple[int, int, int, int], float]):
    return locate_fields(image, make_overview(image), [Proposal(Box(*box), score) for box, score in places])


def test_the_box_of_the_form_is_the_field_and_the_place_its_score():
    x, y, w, h = AMOUNT
    [field] = proposed(check(), ((x - 20, y + 5, w + 15, h), -0.3))
    assert field.field_box.iou(AMOUNT) > 0.93
    assert field.box.intersect(field.field_box) == field.field_box
    assert field.box.h > 1.3 * h
    assert field.score == -0.3


def test_a_place_without_a_box_is_enlarged_by_the_character_it_cuts():
    image = np.full((530, 1200), 225, np.uint8)
    cv2.putText(image, "2507.48", (900, 204), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 40, 4, cv2.LINE_AA)
    rows, columns = np.nonzero(image < 150)
    left, right, top = columns.min(), columns.max() + 1, rows.min()
    place = left + 8, top - 6, right - left - 16, 50
    [field] = proposed(image, (place, -0.1))
    assert field.field_box.x <= left
    assert field.field_box.right >= right
    assert field.field_box.w < 1.2 * (right - left)


def test_overlapping_places_are_one_field_and_the_others_keep_their_order():
    x, y, w, h = AMOUNT
    places = [((x, y, w, h), -0.2), ((x + 10, y + 4, w // 2, h), -1.0), ((60, 380, 200, 40), -2.0)]
    fields = proposed(check(), *places)
    assert [field.score for field in fields] == [-0.2, -2.0]
    many = [((60 + 180 * (n % 6), 60 + 70 * (n // 6), 120, 40), -float(n)) for n in range(12)]
    assert len(proposed(np.full((530, 1200), 230, np.uint8), *many)) == MAX_FIELDS


def test_places_at_the_border_stay_on_the_page_and_a_blank_page_keeps_its_place():
    blank = np.full((530, 1200), 230, np.uint8)
    for box in ((1150, 500, 50, 30), (0, 0, 90, 30), (300, 200, 200, 40)):
        [field] = proposed(blank, (box, -1.0))
        for found in (field.box, field.field_box):
            assert found.intersect((0, 0, 1200, 530)) == found
            assert found.intersect(box).w > 0.9 * box[2]
