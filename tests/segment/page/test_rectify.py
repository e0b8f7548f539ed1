"""Checks photographed on a table."""

import cv2
import numpy as np
import pytest

from segment.page.rectify import rectify

SIZE = 1000, 450
MARK = 700, 150, 120, 40


def check() -> np.ndarray:
    image = np.full(SIZE[::-1], 215, np.uint8)
    for row, words in enumerate(
        ("Pay to the order of John Q. Public", "Two thousand five hundred", "signed")
    ):
        cv2.putText(image, words, (60, 110 + 120 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 60, 3, cv2.LINE_AA)
    x, y, w, h = MARK
    image[y : y + h, x : x + w] = 20
    return image


def photographed(corners: list[tuple[int, int]], ground: int = 70) -> np.ndarray:
    """The check with its corners (from the upper left, clockwise) on a table of 1400 x 900 pixels."""
    width, height = SIZE
    flat = np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], np.float32)
    table = np.random.default_rng(0).integers(ground - 15, ground + 16, (900, 1400)).astype(np.uint8)
    table = cv2.GaussianBlur(table, (0, 0), 3)
    matrix = cv2.getPerspectiveTransform(flat, np.array(corners, np.float32))
    return cv2.warpPerspective(check(), matrix, (1400, 900), dst=table, borderMode=cv2.BORDER_TRANSPARENT)


STRAIGHT = [(200, 220), (1199, 220), (1199, 669), (200, 669)]
KEYSTONE = [(180, 250), (1190, 205), (1240, 640), (150, 690)]
ASKEW = [(160, 300), (1150, 190), (1205, 620), (220, 735)]


@pytest.mark.parametrize("corners", [STRAIGHT, KEYSTONE, ASKEW])
def test_a_check_on_a_table_is_laid_flat(corners):
    photograph = photographed(corners)
    rectified = rectify(photograph)
    assert rectified is not None
    flat, to_source = rectified
    height, width = flat.shape
    own = np.array([[0, width - 1, width - 1, 0], [0, 0, height - 1, height - 1], [1] * 4])
    found = to_source.matrix @ own
    assert np.abs((found[:2] / found[2]).T - corners).max() < 6
    rows, columns = np.nonzero(flat[:, int(0.66 * width) :] < 40)
    box = columns.min() + int(0.66 * width), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1
    x, y, w, h = to_source.box(box)
    rows, columns = np.nonzero(photograph[:, 800:] < 30)
    assert np.abs(np.array([x - 800, y]) - [columns.min(), rows.min()]).max() <= 4
    assert np.abs(np.array([w, h]) - [np.ptp(columns), np.ptp(rows)]).max() <= 6


def test_a_scan_shows_no_table():
    assert rectify(check()) is None
    assert rectify(np.full((450, 1000), 255, np.uint8)) is None
    assert rectify(np.zeros((450, 1000), np.uint8)) is None
    assert rectify(np.zeros((3, 5), np.uint8)) is None


def test_other_bright_things_are_no_check():
    assert rectify(photographed([(500, 100), (900, 100), (900, 800), (500, 800)])) is None  # too tall
    assert rectify(photographed(STRAIGHT, ground=190)) is None  # no darker than paper
    disc = np.full((900, 1400), 60, np.uint8)
    cv2.ellipse(disc, (700, 450), (560, 270), 0, 0, 360, 220, -1)
    assert rectify(disc) is None
