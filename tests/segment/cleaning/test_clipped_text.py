"""Removal of clipped text of other lines."""

import numpy as np

from segment.cleaning.clipped_text import remove_clipped_text


def amount() -> np.ndarray:
    """Draw four characters in rows 20 to 39 of 60 and a comma below them."""
    density = np.zeros((60, 120), np.float32)
    for left in (10, 35, 60, 85):
        density[20:40, left : left + 12] = 1
    density[38:44, 52:55] = 1
    return density


def test_clipped_text_above_and_below_is_removed_with_its_soft_edges_and_detached_parts():
    clean, density = amount(), amount()
    density[:7, 20:50] = density[54:, 70:110] = 1
    density[7, 20:50] = 0.2
    density[:1, 2:4] = density[3:5, 100:103] = 1
    assert np.array_equal(remove_clipped_text(density), clean)


def test_an_amount_without_clipped_text_is_returned_as_it_is():
    density = amount()
    assert remove_clipped_text(density) is density
    empty = np.zeros((20, 30), np.float32)
    assert remove_clipped_text(empty) is empty


def test_strokes_of_the_amount_at_the_edge_are_kept():
    density = amount()
    density[:42, 110:113] = 1  # a tall slash
    density[40:, 36:40] = 1  # a descender
    assert remove_clipped_text(density) is density


def test_a_point_on_the_baseline_at_the_edge_is_kept():
    density = amount()[:41]
    density[37:, 52:55] = 1
    assert remove_clipped_text(density) is density


def test_a_clipped_amount_is_kept():
    density = amount()[25:]
    assert remove_clipped_text(density) is density
