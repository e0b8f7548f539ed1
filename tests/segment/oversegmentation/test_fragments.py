"""Fragments: splits, joins and order."""

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segment.oversegmentation.fragments import find_fragments, text_height


def test_separate_characters_become_fragments_from_left_to_right():
    mask = np.zeros((40, 100), bool)
    for x in (60, 5, 30):
        mask[5:35, x : x + 8] = True
    fragments = find_fragments(mask)
    assert fragments.boxes.tolist() == [[5, 5, 8, 30], [30, 5, 8, 30], [60, 5, 8, 30]]
    assert fragments.height == 30
    assert (fragments.ids[10, [6, 31, 61]] == [0, 1, 2]).all()


def test_the_detached_bar_of_a_five_joins_its_body():
    mask = np.zeros((40, 60), bool)
    mask[14:38, 10:26] = True
    mask[5:8, 12:25] = True
    mask[5:38, 40:46] = True
    fragments = find_fragments(mask)
    assert len(fragments) == 2
    assert fragments.boxes[0].tolist() == [10, 5, 16, 33]


def test_touching_zeros_are_split():
    image = np.zeros((48, 100), np.uint8)
    for x in (24, 63):
        cv2.circle(image, (x, 24), 19, 255, 4)
    fragments = find_fragments(image > 0)
    assert len(fragments) >= 2
    assert len(fragments.cuts) == len(fragments) - 1


def test_height_is_that_of_the_digits_however_many_specks_there_are():
    boxes = np.array([[0, 0, 20, 40], [30, 0, 20, 42], *[[60, 0, 3, 3]] * 20])
    areas = np.array([300, 310, *[9] * 20])
    assert text_height(boxes, areas) in (40, 42)


@settings(max_examples=60, deadline=None)
@given(mask=hnp.arrays(bool, st.tuples(st.integers(1, 30), st.integers(1, 60))))
def test_fragments_partition_the_ink(mask):
    fragments = find_fragments(mask)
    present, counts = np.unique(fragments.ids[fragments.ids >= 0], return_counts=True)
    assert present.tolist() == list(range(len(fragments)))
    assert counts.tolist() == fragments.area.tolist()
    assert mask[fragments.ids >= 0].all()
    for fragment, (x, y, w, h) in enumerate(fragments.boxes):
        ys, xs = np.nonzero(fragments.ids == fragment)
        assert [xs.min(), ys.min(), np.ptp(xs) + 1, np.ptp(ys) + 1] == [x, y, w, h]
    centers = fragments.boxes[:, 0] * 2 + fragments.boxes[:, 2]
    assert (np.diff(centers) >= 0).all()


def test_only_specks_are_lost():
    mask = np.zeros((60, 60), bool)
    mask[5:55, 10:20] = True
    mask[30, 40] = True
    fragments = find_fragments(mask)
    lost = mask & (fragments.ids < 0)
    assert len(fragments) == 1
    assert np.argwhere(lost).tolist() == [[30, 40]]
