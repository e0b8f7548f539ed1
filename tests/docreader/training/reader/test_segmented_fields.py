"""Fields as examples: cut once as they are, then distorted copies cut anew."""

import cv2
import numpy as np
import pytest

from docreader.training.reader.augmentation.field import redraw
from docreader.training.reader.dataset import UnreachableLabelError, fingerprint
from docreader.training.reader.segmented_fields import field_maker


def picture(text="270"):
    image = np.full((60, 40 + 30 * len(text)), 235, np.uint8)
    cv2.putText(image, text, (15, 45), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 20, 3)
    return image


def test_copies_are_of_the_seed_and_the_image():
    one, same, other = (field_maker(2, 3, seed)(picture(), "here", (2, 7, 0), True) for seed in (1, 1, 2))
    assert 2 <= len(one.cuts) <= 4
    assert fingerprint([one]) == fingerprint([same]) != fingerprint([other])
    assert np.array_equal(one.cuts[0].pictures, other.cuts[0].pictures)
    for cut in one.cuts:
        assert cut.pictures.shape[1:] == (2, 32, 32)
        assert len(cut.pictures) == len(cut.features) == cut.graph.num_arcs


def test_each_copy_can_still_say_the_label():
    field = field_maker(1, 12, 1)(picture("11111"), "here", (1,) * 5, True)
    assert all(cut.graph.num_states > 5 for cut in field.cuts)


def test_a_label_longer_than_the_pieces_is_told():
    with pytest.raises(
        UnreachableLabelError, match=r"here: no path can say '2{30}': the ink was cut into \d+ pieces"
    ):
        field_maker(1, 0, 1)(picture(), "here", (2,) * 30, True)


def test_blank_and_crowded_fields_are_none():
    assert field_maker(1, 0, 1)(np.full((50, 90), 230, np.uint8), "here", (1,), True) is None
    assert field_maker(1, 0, 1, most=2)(picture(), "here", (2, 7, 0), True) is None


def test_redrawing_keeps_what_is_written():
    image = picture("8")
    ink = (image < 128).sum()
    for seed in range(20):
        found = redraw(image, np.random.default_rng(seed))
        assert found.dtype == np.uint8
        assert 0.6 < found.shape[0] / image.shape[0] < 1.6
        assert 0.4 * ink < (found < 150).sum() < 2.5 * ink
