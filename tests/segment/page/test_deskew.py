"""Skewed pages: the angle is estimated and undone, boxes are mapped back."""

import cv2
import numpy as np
import pytest

from segment.page.deskew import estimate_page_skew, rotate
from segment.page.overview import make_overview


def page() -> np.ndarray:
    image = np.full((520, 1200), 228, np.uint8)
    for row, words in enumerate(
        ("Pay to the order of John Q. Public", "Two thousand five hundred", "signed here")
    ):
        cv2.putText(image, words, (90, 120 + 120 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 50, 3, cv2.LINE_AA)
    return image


def turned(image: np.ndarray, angle: float) -> np.ndarray:
    height, width = image.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -angle, 1.0)
    return cv2.warpAffine(image, matrix, (width, height), borderValue=228)


@pytest.mark.parametrize("angle", [-6.0, -2.5, 0.0, 1.4, 5.0])
def test_the_angle_is_found_and_undone(angle):
    askew = turned(page(), angle)
    found = estimate_page_skew(make_overview(askew))
    assert found == pytest.approx(angle, abs=0.35)
    assert abs(estimate_page_skew(make_overview(rotate(askew, found)[0]))) < 0.35


def test_boxes_come_back_to_the_page():
    image = page()
    image[300:330, 800:860] = 0
    upright, to_source = rotate(turned(image, 4.0), 4.0)
    rows, columns = np.nonzero(upright < 20)
    box = columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1
    x, y, w, h = to_source.box(box)
    rows, columns = np.nonzero(turned(image, 4.0) < 20)
    assert abs(x - columns.min()) <= 2
    assert abs(y - rows.min()) <= 2
    assert abs(x + w - 1 - columns.max()) <= 2
    assert abs(y + h - 1 - rows.max()) <= 2
    assert rotate(image, 0.0)[1].box((3, 4, 50, 60)) == (3, 4, 50, 60)


def test_nothing_is_not_askew():
    assert estimate_page_skew(make_overview(np.full((300, 700), 255, np.uint8))) == 0.0
