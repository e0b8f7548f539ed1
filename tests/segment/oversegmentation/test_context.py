"""Images of segments with their context."""

import numpy as np
import pytest

from segment.oversegmentation.candidates import find_candidates
from segment.oversegmentation.context import images_with_context


@pytest.fixture
def bars():
    """Two bars and a dot, each a component."""
    density = np.zeros((40, 60), np.float32)
    density[5:35, 10:14] = 1
    density[5:35, 22:26] = 1
    density[32:35, 34:37] = 1
    return density


def test_channel_0_has_the_candidate_and_channel_1_all_ink_around_it(bars):
    candidates = find_candidates(bars > 0.5)
    images = images_with_context(bars, candidates)
    assert images.shape == (len(candidates), 2, 32, 32)
    single = np.flatnonzero(candidates.last - candidates.first == 1)
    alone, around = images[single[0]] > 127
    assert alone.sum() < around.sum()
    assert (around | ~alone).all()  # the candidate is in both channels
    assert alone[:, 14:18].any()
    assert not alone[:, 20:].any()  # the neighbor is in channel 1 only
    assert around[:, 20:].any()


def test_a_dot_stays_smaller_than_a_digit(bars):
    candidates = find_candidates(bars > 0.5)
    images = images_with_context(bars, candidates)
    single = np.flatnonzero(candidates.last - candidates.first == 1)
    digit, dot = images[single[0], 0] > 127, images[single[2], 0] > 127
    assert 18 <= digit.any(1).sum() <= 21
    assert 2 <= dot.any(1).sum() <= 5


def test_ink_at_the_border_is_not_cut_off():
    density = np.zeros((20, 12), np.float32)
    density[:, :4] = 1
    density[:, 8:] = 1
    images = images_with_context(density, find_candidates(density > 0.5)) / 255
    assert (images[:, 0].sum((1, 2)) > 40).all()


def test_no_candidates_give_no_images():
    blank = np.zeros((20, 20), np.float32)
    assert images_with_context(blank, find_candidates(blank > 0.5)).shape == (0, 2, 32, 32)
