"""Background subtraction and ink extraction."""

import numpy as np
import pytest

from segment.cleaning.background import extract_ink, subtract_background


def test_background_subtraction_gives_the_distance_to_the_local_paper():
    ramp = np.broadcast_to(np.linspace(120, 220, 200), (60, 200))
    image = ramp.copy()
    image[20:40, 100:104] -= 50
    dark = subtract_background(image.astype(np.uint8))
    assert dark[25:35, 101:103].mean() == pytest.approx(50, abs=6)
    assert dark[:, :90].max() < 8
    assert dark.dtype == np.float32


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (3, 3), (8, 8), (100, 17)])
def test_small_images(shape: tuple[int, int]):
    assert (subtract_background(np.full(shape, 77, np.uint8)) == 0).all()
    assert extract_ink(np.full(shape, 77, np.uint8), 16) is None


def test_dark_blocks_have_no_ink_at_their_edges():
    image = np.full((60, 200), 230, np.uint8)
    image[:, 150:] = 15
    image[20:40, 50:54] = 90
    dark = subtract_background(image)
    assert dark[:, 140:].max() == 0
    assert dark[30, 51] > 100


def test_density_is_one_on_ink_and_zero_on_paper():
    image = np.full((50, 150), 210, np.uint8)
    image[10:40, 40:44] = image[10:40, 80:84] = 100
    found = extract_ink(image, 16)
    assert found is not None
    assert found.level == pytest.approx(110, abs=30)
    assert found.noise < 3
    assert found.density[15:35, 41:43].mean() > 0.9
    assert found.density[:, :30].max() == 0
    assert extract_ink(image, 150) is None


def test_ink_is_darker_than_a_tint_around_a_bright_watermark():
    image = np.full((60, 200), 200, np.uint8)
    for left in range(10, 200, 40):
        image[:, left : left + 16] = 178  # narrow enough for the closing to see the bright paper beside it
    image[15:45, 60:64] = image[15:45, 100:104] = image[15:45, 140:144] = 110
    found = extract_ink(image, 16)
    assert found is not None
    assert extract_ink(image, 16, max_layers=1) is None
    inked = found.density > 0.5
    assert inked[18:42, 61:63].all()
    assert not inked[:, 12:24].any()
    assert extract_ink(np.where(image < 150, np.uint8(200), image), 16) is None
