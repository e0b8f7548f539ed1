import cv2
import numpy as np
import pytest

from docreader.training.reader.dataset import fingerprint
from docreader.training.reader.examples_hos import segment_example_factory
from docreader.training.reader.transcription import UnreachableLabelError


def draw(text="270"):
    image = np.full((60, 40 + 30 * len(text)), 235, np.uint8)
    cv2.putText(image, text, (15, 45), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 20, 3)
    return image


def test_copies_depend_on_the_seed_and_the_image():
    one, same, other = (
        segment_example_factory(2, 3, seed)(draw(), "here", (2, 7, 0), True) for seed in (1, 1, 2)
    )
    assert 2 <= len(one.variants) <= 4
    assert fingerprint([one]) == fingerprint([same]) != fingerprint([other])
    assert np.array_equal(one.variants[0].images, other.variants[0].images)
    for some in one.variants:
        assert some.images.shape[1:] == (2, 32, 32)
        assert len(some.images) == len(some.features) == some.graph.num_arcs


def test_every_copy_has_a_path_for_the_label():
    field = segment_example_factory(1, 12, 1)(draw("11111"), "here", (1,) * 5, True)
    assert all(some.graph.num_states > 5 for some in field.variants)


def test_a_label_longer_than_the_fragments_is_unreachable():
    with pytest.raises(
        UnreachableLabelError, match=r"here: no path accepts '2{30}': the ink has \d+ fragments"
    ):
        segment_example_factory(1, 0, 1)(draw(), "here", (2,) * 30, True)


def test_blank_and_crowded_fields_are_none():
    assert segment_example_factory(1, 0, 1)(np.full((50, 90), 230, np.uint8), "here", (1,), True) is None
    assert segment_example_factory(1, 0, 1, max_segments=2)(draw(), "here", (2, 7, 0), True) is None
