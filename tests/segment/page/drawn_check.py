"""A check with a line in the manner of E-13B, drawn for the tests of pages."""

import cv2
import numpy as np

AMOUNT = 925, 165, 230, 54
"""Box of the amount: left, top, width, height in pixels."""

_WIDTHS = [12, 8, 12, 12, 9, 12, 12, 7]


def check(paper: int = 225, micr: bool = True) -> np.ndarray:
    """Draw a check of 1200 x 530 pixels with its amount in a box."""
    image = np.full((530, 1200), paper, np.uint8)
    for words, x, y, size in (
        ("First Bank of Nowhere", 60, 60, 0.9),
        ("1 Long Road, Nowhere", 60, 110, 0.7),
        ("Pay to the order of John Q. Public", 60, 200, 0.8),
        ("Two thousand five hundred seven", 80, 290, 1.0),
        ("Memo", 60, 400, 0.7),
        ("2507.48", 960, 204, 1.1),
    ):
        cv2.putText(image, words, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, 40, 2, cv2.LINE_AA)
    for row in (212, 304):
        cv2.line(image, (60, row), (890, row), 90, 1)
    x, y, w, h = AMOUNT
    cv2.rectangle(image, (x, y), (x + w, y + h), 70, 2)
    if micr:
        for number in range(26):
            if number % 9 != 8:
                right = 150 + 20 * number
                left = right - _WIDTHS[number % 8]
                cv2.rectangle(image, (left, 470), (right, 488), 30, 2)
    return image


def sheet(*checks: np.ndarray, width: int = 1654, height: int = 2339, left: int = 90) -> np.ndarray:
    """Draw checks on a white page, one below the other."""
    page = np.full((height, width), 255, np.uint8)
    top = 120
    for one in checks:
        page[top : top + one.shape[0], left : left + one.shape[1]] = one
        top += one.shape[0] + 30
    return page
