"""Boxes and transforms: intersection, composition, boxes that hold what is mapped."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segment.image.box import Box
from segment.image.transform import Transform

BOXES = st.builds(Box, *[st.integers(-50, 50)] * 2, *[st.integers(1, 60)] * 2)


def pixels(box):
    return {(x, y) for x in range(box.x, box.right) for y in range(box.y, box.bottom)}


@given(BOXES, BOXES)
def test_intersection_and_iou_count_pixels(one, two):
    shared = pixels(one) & pixels(two)
    assert pixels(one.intersect(two)) == shared
    assert one.iou(two) == pytest.approx(len(shared) / len(pixels(one) | pixels(two)))


@given(BOXES, st.integers(-99, 99), st.integers(-99, 99))
def test_a_translation_moves_a_box_exactly(box, x, y):
    assert Transform.translation(x, y).box(box) == (box.x + x, box.y + y, box.w, box.h)
    assert Transform.identity().box(box) == box


@given(BOXES)
def test_composed_maps_are_applied_one_after_the_other(box):
    turn = Transform.affine(np.array([[0.0, -1.0, 70.0], [1.0, 0.0, 3.0]]))  # by 90 degrees
    move = Transform.translation(5, -7)
    assert (turn @ move).box(box) == turn.box(move.box(box))


def test_a_mapped_box_holds_every_corner():
    tilt = Transform(np.array([[0.9, 0.2, 3.0], [-0.1, 1.1, 8.0], [1e-4, 2e-4, 1.0]]))
    first, second = Box(10, 20, 30, 40), Box(0, 0, 5, 5)
    assert tilt.boxes([first, second]) == [tilt.box(first), tilt.box(second)]
    x, y, w, h = tilt.box(first)
    for corner in ((9.5, 19.5), (39.5, 19.5), (9.5, 59.5), (39.5, 59.5)):
        across, down, scale = tilt.matrix @ [*corner, 1.0]
        assert x <= across / scale + 0.5 <= x + w
        assert y <= down / scale + 0.5 <= y + h


def test_no_boxes_give_no_boxes():
    assert Transform.identity().boxes([]) == []
