"""Segmentation graph, features and boxes."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import gtn
from segment.image.transform import Transform
from segment.oversegmentation.candidates import find_candidates, source_boxes
from segment.oversegmentation.graph import FEATURES, describe, over_segment


def field(*texts_at: tuple[str, int]) -> np.ndarray:
    """Dark sans-serif characters on light paper."""
    image = np.full((70, 320), 225, np.uint8)
    for text, x in texts_at:
        cv2.putText(image, text, (x, 55), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 40, 4, cv2.LINE_AA)
    return image


def test_graph_has_a_state_per_cut_and_an_arc_per_candidate():
    found = over_segment(field(("4", 20), ("7", 90), ("2", 160)))
    candidates = found.candidates
    assert found.graph.num_states == len(candidates.fragments) + 1
    assert found.graph.num_arcs == len(candidates) >= 3
    assert found.graph.src.tolist() == candidates.first.tolist()
    assert found.graph.dst.tolist() == candidates.last.tolist()
    assert found.graph.payload.tolist() == list(range(len(candidates)))
    assert gtn.forward_score(found.graph, gtn.CountingSemiring).item() >= 1


def test_every_digit_is_a_candidate_at_its_position():
    found = over_segment(field(("4", 20), ("7", 90), ("2", 160)))
    boxes = found.source_boxes()
    for left in (20, 90, 160):
        assert any(abs(x - left) < 12 and h > 30 for x, _, _, h in boxes)


def test_images_are_those_of_the_candidates():
    found = over_segment(field(("1", 20), ("8", 90)))
    images = found.images()
    assert images.shape == (len(found.candidates), 32, 32)
    assert images.dtype == np.float32
    assert (images.reshape(len(images), -1).max(axis=1) > 0.8).all()


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_blank_field_has_one_state_and_no_arc(level):
    found = over_segment(np.full((40, 90), level, np.uint8))
    assert len(found.candidates) == 0
    assert (found.graph.num_states, found.graph.num_arcs) == (1, 0)
    assert found.images().shape == (0, 32, 32)
    assert found.features.shape == (0, len(FEATURES))
    assert found.source_boxes().shape == (0, 4)


def test_features_of_a_point_beside_a_digit():
    mask = np.zeros((60, 80), bool)
    mask[10:50, 10:30] = True
    mask[44:50, 50:56] = True
    found = find_candidates(mask)
    by_name = dict(zip(FEATURES, describe(found).T, strict=True))
    assert by_name["width"].tolist() == pytest.approx([0.5, 0.15])
    assert by_name["height"].tolist() == pytest.approx([1.0, 0.15])
    assert by_name["center"].tolist() == pytest.approx([0.5, 0.075])
    assert by_name["density"].tolist() == [1, 1]
    assert by_name["gap"].tolist() == by_name["extra_fragments"].tolist() == [0, 0]


@settings(max_examples=40, deadline=None)
@given(
    mask=hnp.arrays(bool, st.tuples(st.integers(2, 20), st.integers(2, 40))),
    shear=st.floats(-0.8, 0.8),
    shift=st.tuples(st.integers(-9, 9), st.integers(-9, 9)),
)
def test_source_boxes_hold_all_the_ink_and_touch_it(mask, shear, shift):
    to_source = np.array([[1, shear, shift[0]], [0, 1, shift[1]]], float)
    found = find_candidates(mask)
    boxes = source_boxes(found, Transform.affine(to_source))
    for n, (x, y, w, h) in enumerate(boxes):
        ids = found.fragments.ids
        ys, xs = np.nonzero((ids >= found.first[n]) & (ids < found.last[n]))
        on_image = np.stack([xs, ys, np.ones(len(xs))]).T @ to_source.T
        assert (on_image >= np.array([x, y]) - 1e-6).all()
        assert (on_image + 1 <= np.array([x + w, y + h]) + 1e-6).all()
        assert np.abs(on_image.min(axis=0) - [x, y]).max() < 1
        assert np.abs(on_image.max(axis=0) + 1 - [x + w, y + h]).max() < 1


def test_source_boxes_without_shear_are_the_boxes_themselves():
    mask = np.zeros((40, 90), bool)
    mask[5:35, 8:20] = mask[5:35, 40:50] = True
    found = find_candidates(mask)
    assert source_boxes(found, Transform.identity()).tolist() == found.boxes.tolist()
