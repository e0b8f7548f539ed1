"""Salt-and-pepper noise is filtered; thin strokes, dots and small print are no noise."""

import cv2
import numpy as np
import pytest

from segment.cleaning.impulses import remove_impulses
from segment.cleaning.pipeline import clean


def written() -> np.ndarray:
    image = np.full((60, 220), 190, np.uint8)
    cv2.putText(image, "78361", (12, 46), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 60, 2, cv2.LINE_AA)
    return image


@pytest.mark.parametrize("share", [0.02, 0.1])
def test_salt_and_pepper_leaves_the_ink(share: float):
    image, chance = written(), np.random.default_rng(5).random((60, 220))
    image[chance < share / 2], image[chance > 1 - share / 2] = 0, 255
    plain, noisy = clean(written()), clean(image)
    assert noisy.corrected is not None
    assert noisy.density.shape == pytest.approx(plain.density.shape, abs=4)
    assert noisy.mask.sum() == pytest.approx(plain.mask.sum(), rel=0.2)


def test_what_is_no_such_noise_stays_as_it_is():
    thin = np.full((60, 220), 230, np.uint8)
    cv2.putText(thin, "78361.50", (5, 40), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 20, 1)
    small = np.full((60, 220), 230, np.uint8)
    for y in range(10, 60, 9):
        cv2.putText(small, "pay to the order of 8680", (2, y), cv2.FONT_HERSHEY_SIMPLEX, 0.3, 0, 1)
    for image in (
        written(),
        thin,
        small,
        *(np.full(shape, 9, np.uint8) for shape in ((1, 1), (2, 9), (9, 2))),
    ):
        assert remove_impulses(image) is image
