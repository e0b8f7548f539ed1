"""White writing on black is inverted, dark writing never is."""

import cv2
import numpy as np
import pytest

from segment.cleaning.pipeline import clean
from segment.cleaning.polarity import to_dark_on_bright


def written(paper: int, ink: int, thickness: int = 3) -> np.ndarray:
    image = np.full((60, 240), paper, np.uint8)
    cv2.putText(image, "2,465.74", (10, 45), cv2.FONT_HERSHEY_SIMPLEX, 1.4, ink, thickness, cv2.LINE_AA)
    return image


@pytest.mark.parametrize(("ground", "ink"), [(5, 250), (60, 200), (100, 230)])
def test_bright_writing_is_cleaned_as_dark_writing(ground: int, ink: int):
    bright, dark = clean(written(ground, ink)), clean(written(255 - ground, 255 - ink))
    assert np.array_equal(bright.mask, dark.mask)
    assert not bright.empty


@pytest.mark.parametrize("paper", [40, 90, 130, 255])
def test_dark_writing_is_not_inverted(paper: int):
    for thickness in (2, 7):
        image = written(paper, paper // 5, thickness)
        assert to_dark_on_bright(image) is image


def test_paper_on_a_black_ground_is_not_inverted():
    image = np.full((90, 400), 8, np.uint8)
    image[20:70, 120:280] = written(220, 40)[:50, :160]
    assert to_dark_on_bright(image) is image
