import numpy as np
import pytest

from docreader.training.locator.augmentation import (
    Placement,
    draw_ground,
    draw_placement,
    expose,
    place,
    quarter_turned,
)


def ink_box(image):
    """Left, top, right, bottom of the dark bar."""
    rows, columns = np.nonzero(image < 90)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_boxes_follow_the_image_through_quarter_turns(pages, turns):
    turned = quarter_turned(pages[0], turns)
    assert np.array_equal(turned.image, np.rot90(pages[0].image, turns))
    assert turned.fields[0, :4].tolist() == pytest.approx(ink_box(turned.image))
    assert np.array_equal(np.rot90(turned.image, turned.turned), pages[0].image)


@pytest.mark.parametrize("seed", range(8))
def test_boxes_follow_the_image_to_its_place(pages, seed):
    rng = np.random.default_rng(seed)
    placement = draw_placement(rng, int(rng.integers(4)), 0.5)
    placed = place(pages[seed], (176, 304), placement, 200.0)
    assert placed.image.shape == (176, 304)
    assert placed.fields[0, :4].tolist() == pytest.approx(ink_box(placed.image), abs=2.5)
    assert np.allclose(placed.fields[0, :4], placed.regions[1, :4])


def test_a_page_as_it_is_fills_the_input(pages):
    placed = place(pages[0], pages[0].image.shape, Placement(), -1)
    assert np.array_equal(placed.image, pages[0].image)
    assert np.allclose(placed.fields, pages[0].fields)


@pytest.mark.parametrize("seed", range(6))
def test_exposure_keeps_what_is_dark_darker(pages, seed):
    rng = np.random.default_rng([9, seed])
    image = expose(rng, pages[0].image)
    left, top, right, bottom = pages[0].fields[0, :4].astype(int)
    bar = image[top + 4 : bottom - 4, left + 4 : right - 4].mean()
    assert image.shape == pages[0].image.shape
    assert image.dtype == np.uint8
    assert bar < np.median(image)
    assert -1 <= draw_ground(rng) <= 255
