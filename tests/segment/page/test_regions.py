"""Regions of checks: by themselves, on sheets and tables, several, askew, and pictures without one."""

from dataclasses import replace
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from segment.page.locator import Proposals
from segment.page.regions import find_checks
from tests.segment.page.drawn_check import check, sheet
from tests.segment.page.fake_locator import FakeLocator


def on_table(angle: float, share: float = 0.5, ground: int = 190) -> tuple[np.ndarray, np.ndarray]:
    """A check on a gray table, and the corners of the check in the picture."""
    width, height = round(1200 / share), round(1000 / share)
    matrix = cv2.getRotationMatrix2D((600, 265), -angle, 1.0)
    matrix[:, 2] += width / 2 - 600, height / 2 - 265
    picture = cv2.warpAffine(check(), matrix, (width, height), borderValue=ground)
    corners = np.array([[0, 0, 1], [1200, 0, 1], [1200, 530, 1], [0, 530, 1]]) @ matrix.T
    return picture, corners


def test_a_check_that_fills_its_picture_is_not_cut():
    page = check()
    [region] = find_checks(page, FakeLocator())
    assert region.image is page
    assert region.to_source.box((1, 2, 3, 4)) == (1, 2, 3, 4)


@pytest.mark.parametrize("angle", [0, 12, -17, 90])
def test_paper_on_a_table_is_cut_out_level(angle: int):
    picture, corners = on_table(angle)
    [region] = find_checks(picture, FakeLocator())
    high, wide = region.image.shape
    assert (max(high, wide) < 1400) & (min(high, wide) < 720)
    mapped = region.to_source.box((0, 0, wide, high))
    low, last = corners.min(axis=0), corners.max(axis=0)
    assert mapped.x < low[0] + 40
    assert mapped.right > last[0] - 40
    assert mapped.y < low[1] + 40
    assert mapped.bottom > last[1] - 40
    # its rows or columns are level: the box of the amount has straight lines
    dark = (region.image < 120).astype(float)
    assert max(dark.mean(axis=0).max(), dark.mean(axis=1).max()) > 0.1


def test_checks_on_a_sheet_are_in_reading_order():
    found = find_checks(sheet(check(), check(), height=1400), FakeLocator())
    boxes = [region.to_source.box((0, 0, *region.image.shape[::-1])) for region in found]
    assert [box.iou((90, top, 1200, 530)) > 0.9 for box, top in zip(boxes, (120, 680), strict=True)] == [
        True
    ] * 2


def test_two_checks_that_fill_a_page_are_two_regions():
    page = np.full((1110, 1240), 255, np.uint8)
    page[10:540, 20:1220] = page[560:1090, 20:1220] = check()
    locator = FakeLocator()
    blind = SimpleNamespace(propose=lambda image: all_paper(locator.propose(image)))
    found = find_checks(page, blind)
    assert [
        region.to_source.box((0, 0, *region.image.shape[::-1])).iou((20, top, 1200, 530)) > 0.9
        for region, top in zip(found, (10, 560), strict=True)
    ] == [True] * 2


def all_paper(found: Proposals) -> Proposals:
    """What a locator says that takes the whole picture for the paper of a check."""
    kinds = np.full_like(found.kinds, -0.01)
    kinds[found.labels.index("scene")] = -9.0
    return replace(found, kinds=kinds)


def test_a_picture_without_a_check_has_no_region():
    assert find_checks(np.full((900, 700), 255, np.uint8), FakeLocator()) == []
    assert find_checks(np.random.default_rng(0).integers(0, 120, (300, 300), np.uint8), FakeLocator()) == []


def test_a_check_on_a_dark_ground_is_flattened():
    page = np.full((900, 1500), 40, np.uint8)
    corners = np.float32([[120, 150], [1330, 190], [1300, 720], [160, 690]])
    matrix = cv2.getPerspectiveTransform(np.float32([[0, 0], [1200, 0], [1200, 530], [0, 530]]), corners)
    picture = cv2.warpPerspective(check(), matrix, (1500, 900), dst=page, borderMode=cv2.BORDER_TRANSPARENT)
    [region] = find_checks(picture, FakeLocator())
    x, y, w, h = region.to_source.box((0, 0, *region.image.shape[::-1]))
    assert abs(x - 120) < 12
    assert abs(y - 150) < 12
    assert abs(x + w - 1330) < 12
    assert abs(y + h - 720) < 12
