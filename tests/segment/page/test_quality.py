"""Conditions of an image, each brought about and found."""

import cv2
import numpy as np
import pytest

from segment.page.overview import make_overview
from segment.page.quality import ABSENT, PRESENT, Quality, assess


def page(width: int = 1200, height: int = 520) -> np.ndarray:
    image = np.full((520, 1200), 228, np.uint8)
    lines = [("FIRST BANK OF NOWHERE", 70, 80), ("Pay to the order of John Q. Public", 70, 190)]
    lines += [("Two thousand five hundred seven", 70, 290), ("|:021000021|: 123456789 1025", 120, 470)]
    for words, x, y in lines:
        cv2.putText(image, words, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 50, 3, cv2.LINE_AA)
    cv2.line(image, (70, 305), (900, 305), 90, 1)
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


def streaked() -> np.ndarray:
    image = page()
    image[:, 640:642] -= 45
    return image


DEGRADED = {
    "too_light": lambda: (255 - (255 - page().astype(float)) * 0.1).astype(np.uint8),
    "too_dark": lambda: (page() * 0.36).astype(np.uint8),
    "too_small": lambda: page(460, 199),
    "out_of_focus": lambda: cv2.GaussianBlur(page(), (0, 0), 3.0),
    "streaks": streaked,
    "cut_off": lambda: np.ascontiguousarray(page()[:, 96:]),
}


def test_a_good_scan_has_none_of_them():
    assert assess(page(), make_overview(page())) == Quality(*[ABSENT] * 7)
    large = page(2400, 1040)
    assert assess(large, make_overview(large)) == Quality(*[ABSENT] * 7)


@pytest.mark.parametrize("name", DEGRADED)
def test_each_condition_is_found(name):
    image = DEGRADED[name]()
    assert assess(image, make_overview(image)).to_dict()[name] == PRESENT


def test_skew_is_what_was_measured():
    assert assess(page(), make_overview(page()), skew=-4.0).skew == PRESENT
    assert assess(page(), make_overview(page()), skew=2.0).skew == ABSENT


def test_what_cannot_be_measured_is_not_tested():
    blank = np.full((520, 1200), 240, np.uint8)
    found = assess(blank, make_overview(blank))
    assert (found.too_light, found.out_of_focus) == (PRESENT, 0)
