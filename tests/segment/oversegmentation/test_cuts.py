"""Cuts through touching characters."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segment.oversegmentation.cuts import CutConfig, CutKind, find_cuts


def two_rings(distance: int, thickness: int = 4) -> np.ndarray:
    """Two circles of diameter 40 whose centers are `distance` pixels apart."""
    image = np.zeros((48, 60 + distance), np.uint8)
    for x in (24, 24 + distance):
        cv2.circle(image, (x, 24), 19, 255, thickness)
    ys, xs = np.nonzero(image)
    return image[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1] > 0


def test_touching_rings_are_cut_where_they_touch():
    mask = two_rings(39)
    cuts = find_cuts(mask, height=42)
    middle = mask.shape[1] / 2
    assert min(abs(cut.path.mean() - middle) for cut in cuts) < 3
    best = min(cuts, key=lambda cut: abs(cut.path.mean() - middle))
    # The contact is about as high as a stroke is thick; the rings' walls are not crossed.
    assert best.ink < 20


def test_a_slanted_contact_is_followed_by_a_descending_path():
    # Two strokes that lean by 30 degrees: no straight vertical cut can part them, a descending path can.
    image = np.zeros((60, 90), np.uint8)
    cv2.line(image, (40, 4), (12, 56), 255, 8)
    cv2.line(image, (64, 4), (36, 56), 255, 8)
    cv2.line(image, (14, 55), (38, 55), 255, 2)
    cuts = find_cuts(image > 0, height=56)
    descending = [cut for cut in cuts if cut.kind is CutKind.VALLEY]
    assert descending
    assert any(np.ptp(cut.path) > 10 and cut.ink <= 5 for cut in descending)
    assert all(cut.ink > 5 for cut in find_cuts(image > 0, height=56) if cut.kind is CutKind.PROJECTION)


@pytest.mark.parametrize("width", [1, 2, 8])
def test_narrow_components_are_left_whole(width):
    assert find_cuts(np.ones((40, width), bool), height=40) == []


def test_a_peak_cut_mirrors_a_valley_cut():
    mask = two_rings(39)
    mask[30:] = False  # leaves a dip above and none below
    down = {round(cut.path.mean()) for cut in find_cuts(mask, 42) if cut.kind is CutKind.VALLEY}
    up = {round(cut.path.mean()) for cut in find_cuts(mask[::-1].copy(), 42) if cut.kind is CutKind.PEAK}
    assert down
    assert down == up


@settings(max_examples=80, deadline=None)
@given(
    mask=hnp.arrays(bool, st.tuples(st.integers(1, 24), st.integers(1, 60))),
    height=st.floats(1, 60),
)
def test_any_mask_gives_ordered_paths_inside_it(mask, height):
    config = CutConfig()
    cuts = find_cuts(mask, height, config)
    rows, width = mask.shape
    means = [cut.path.mean() for cut in cuts]
    assert means == sorted(means)
    for cut in cuts:
        assert cut.path.shape == (rows,)
        assert (cut.path >= 0).all()
        assert (cut.path <= width).all()
        assert np.abs(np.diff(cut.path)).max(initial=0) <= 1
        crossed = mask[np.arange(rows), np.minimum(cut.path, width - 1)].sum()
        assert cut.ink == crossed
        assert cut.ink <= config.max_ink * height
