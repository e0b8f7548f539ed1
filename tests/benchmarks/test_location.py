"""What counts as the field of the amount, on drawn pages."""

import cv2
import numpy as np
import pytest

from segment.image.box import Box

FIELD, INK = Box(100, 50, 200, 40), Box(120, 60, 80, 20)


@pytest.mark.parametrize(
    ("found", "right"),
    [
        (FIELD, True),
        (Box(110, 55, 160, 30), True),  # IoU
        (Box(118, 58, 84, 24), True),  # small, but all of the ink
        (Box(118, 58, 40, 24), False),  # half of the ink
        (Box(0, 0, 800, 400), False),  # the page
        (Box(100, 100, 200, 40), False),  # the line below
    ],
)
def test_a_candidate_is_right_by_overlap_or_by_its_ink(script, found, right):
    assert script("location").is_right(found, FIELD, INK) == right


def test_the_ink_of_a_field_is_found_on_the_page(script):
    page = np.full((200, 500), 240, np.uint8)
    cv2.putText(page, "125.00", (220, 120), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 30, 2)
    rows, columns = np.nonzero(page < 128)
    wanted = Box(columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1)
    assert script("location").ink_box(page, Box(200, 70, 200, 80)).iou(wanted) > 0.7


def test_ranks_are_counted_for_each_way(script):
    location = script("location")
    page = np.zeros((10, 10), np.uint8)
    ways = {"": lambda _: [Box(0, 0, 5, 5), FIELD], "rules_": lambda _: [FIELD]}
    found = location.measure("some", ways, iter([(page, FIELD, INK)] * 4))
    assert found["some_1"]["k"] == 0
    assert found["some_3"]["k"] == found["rules_some_1"]["k"] == 4
