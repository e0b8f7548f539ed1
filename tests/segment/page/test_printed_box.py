"""The printed box at a place: exact where the place is coarse, and none where none is printed."""

import cv2
import numpy as np
import pytest

from segment.page.printed_box import find_printed_box, overlap_ratio

BOX = 700, 200, 260, 60


def page(gray: int = 90, pen: int = 2, amount: str = "2507.48", box: bool = True) -> np.ndarray:
    """Paper with an amount in a box, text above and below it, and a line beside it."""
    image = np.full((500, 1100), 225, np.uint8)
    image += np.random.default_rng(3).integers(0, 8, image.shape, np.uint8)
    x, y, w, h = BOX
    cv2.putText(image, amount, (x + 25, y + 45), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 40, 3, cv2.LINE_AA)
    cv2.putText(image, "OR BEARER", (x + 60, y - 20), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 40, 1, cv2.LINE_AA)
    cv2.line(image, (60, y + h + 40), (x + w, y + h + 40), 90, 1)
    if box:
        cv2.rectangle(image, (x, y), (x + w, y + h), gray, pen)
    return image


@pytest.mark.parametrize("scale", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("off", [(0, 0, 0, 0), (-25, 9, 40, -12), (18, -14, -30, 24), (-40, -30, 80, 60)])
def test_a_coarse_place_is_snapped_to_the_box(scale: float, off: tuple[int, ...]):
    image = cv2.resize(page(), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    place = tuple(scale * (value + change) for value, change in zip(BOX, off, strict=True))
    found = find_printed_box(image, place, 0.3)
    assert found is not None
    assert overlap_ratio(found, tuple(scale * value for value in BOX)) > 0.92


@pytest.mark.parametrize("change", ["pale", "askew", "open", "dark"])
def test_a_pale_slanted_open_or_shaded_box_is_found(change: str):
    image = page(gray=195, pen=1) if change == "pale" else page()
    if change == "askew":
        center = BOX[0] + BOX[2] / 2, BOX[1] + BOX[3] / 2
        image = cv2.warpAffine(
            image, cv2.getRotationMatrix2D(center, 1.5, 1.0), image.shape[::-1], borderValue=225
        )
    if change == "open":
        image[BOX[1] + 4 : BOX[1] + BOX[3] - 3, BOX[0] + BOX[2] - 3 : BOX[0] + BOX[2] + 4] = 226
    if change == "dark":
        image = (image * np.linspace(0.3, 0.6, image.shape[1])).astype(np.uint8)
    found = find_printed_box(image, (BOX[0] - 20, BOX[1] + 6, BOX[2] + 25, BOX[3] - 4), 0.3)
    assert found is not None
    assert overlap_ratio(found, BOX) > 0.85


def test_writing_without_a_box_has_none():
    assert find_printed_box(page(box=False), BOX, 0.3) is None
    assert find_printed_box(page(box=False, amount="500 ---"), BOX, 0.3) is None
    assert find_printed_box(np.full((300, 500), 230, np.uint8), (100, 100, 200, 50), 0.3) is None


def test_a_place_beyond_the_page_or_of_a_pixel_has_no_box():
    for place in ((5000.0, 10.0, 100.0, 30.0), (10.0, 10.0, 3.0, 1.0), (700.0, 200.0, 260.0, 0.5)):
        assert find_printed_box(page(), place, 0.3) is None
