"""Normalization of segments: size and center of mass."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segment.oversegmentation.normalize import BOX, SIDE, normalize_segment


def center_of_mass(image: np.ndarray) -> tuple[float, float]:
    ys, xs = np.mgrid[: image.shape[0], : image.shape[1]]
    return float((image * xs).sum() / image.sum()), float((image * ys).sum() / image.sum())


def test_a_tall_bar_fills_the_height_of_the_box():
    density = np.zeros((80, 60), np.float32)
    density[10:70, 20:32] = 1
    out = normalize_segment(density)
    ys, xs = np.nonzero(out > 0.5)
    assert np.ptp(ys) + 1 == BOX
    assert np.ptp(xs) + 1 == 4  # 12 of 60 pixels wide


def test_blank_stays_blank():
    assert not normalize_segment(np.zeros((9, 9), np.float32)).any()


@settings(max_examples=80, deadline=None)
@given(
    density=hnp.arrays(
        np.float32,
        st.tuples(st.integers(1, 50), st.integers(1, 50)),
        elements=st.sampled_from([0.0, 0.5, 1.0]),
    )
)
def test_size_range_and_center(density):
    out = normalize_segment(density)
    assert out.shape == (SIDE, SIDE)
    assert out.min() >= 0
    assert out.max() <= 1
    if density.any():
        x, y = center_of_mass(out)
        rows, columns = np.flatnonzero(out.any(axis=1)), np.flatnonzero(out.any(axis=0))
        # centered to half a pixel unless the border of the image limits the box
        assert abs(x - 15.5) <= 0.51 or columns[0] == 0 or columns[-1] == SIDE - 1
        assert abs(y - 15.5) <= 0.51 or rows[0] == 0 or rows[-1] == SIDE - 1
        assert max(np.ptp(rows), np.ptp(columns)) + 1 == BOX


@given(density=hnp.arrays(np.float32, (12, 9), elements=st.sampled_from([0.0, 1.0])), pad=st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_paper_around_the_ink_does_not_matter(density, pad):
    assert np.array_equal(normalize_segment(density), normalize_segment(np.pad(density, pad)))
