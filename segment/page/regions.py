"""Regions of checks in a picture: the picture itself, sheets on a darker ground, parts of a page, paper of a check."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from segment.image.arrays import GrayImage, Mask
from segment.image.box import Box
from segment.image.transform import Transform
from segment.page.deskew import turn_page
from segment.page.locator import Locator, Proposals
from segment.page.rectify import rectify
from segment.page.sheet import find_parts

SCENE = "scene"
"""Kind of the cells that are no part of a check: ground, other paper."""

MIN_CHECK_SCORE = 1.0
"""Smallest log odds of a check, nats: letters and photographs have up to that."""

EVEN = float(np.log(0.5))
"""Log probability from which on the amount is more likely nowhere, nats."""

MIN_SIDE = 60
"""Smallest height of a check in a picture, pixels."""

_WHOLE = 0.75
"""Share of a picture from which on a check's paper is the picture: its border is cut better by the scanner."""

_SHAPE = 1.5, 3.2
"""Smallest and largest aspect ratio of a picture that one check fills."""

_PAPER, _FILLED = 0.03, 0.6
"""Smallest share of the picture that a check covers, and of its rectangle that its paper fills."""

_RIM = 0.04
"""Ground kept around a check, in shares of its longer side: the paper is known to a cell of the map."""

_LEVEL = 1.0
"""Largest angle of a check that is cut out without being rotated, degrees: deskewing rotates, too."""

UPRIGHT = -0.1
"""Log probability of an upright picture from which on no other turn is tried, nats."""

TURNED = 1.0
"""Log prior odds of an upright check against one of each other turn, nats."""

_SAME = 0.6
"""Smallest intersection over union of a part of a page and the paper of a check that are one."""

_MAX_CHECKS = 12
"""Checks returned at most, the largest."""


class Region(NamedTuple):
    """A check in a picture.

    Attributes:
        image: (H, W) uint8, the check by itself, turned upright.
        to_source: Map from its pixels to those of the picture.
        found: What the locator says of it.
    """

    image: GrayImage
    to_source: Transform
    found: Proposals

    @property
    def is_check(self) -> bool:
        """Whether the locator takes it for a check, and more likely finds a place of the amount than none."""
        return self.found.check_score > MIN_CHECK_SCORE and self.found.nowhere < EVEN


def find_checks(picture: GrayImage, locator: Locator) -> list[Region]:
    """Find the checks in a picture.

    Args:
        picture: (H, W) uint8, a scan or a photograph.
        locator: Judges the picture and its parts.

    Returns:
        The checks in reading order; none where the locator sees none.
    """
    found = locator.propose(picture)
    flat = _flattened(picture, locator)
    if flat is not None:
        return [flat]
    papers = _papers(_paper(found), *picture.shape)
    # a picture of another shape may show several checks side by side
    short, long = sorted(picture.shape)
    covered = (
        bool(papers) and papers[0].covers(picture.shape) and _SHAPE[0] * short <= long <= _SHAPE[1] * short
    )
    whole = judge(picture, Transform.identity(), locator, found)
    if covered and whole.is_check:
        return [whole]
    # each part is turned by itself
    parts = [part for part in _parts(picture, papers, locator) if part.is_check]
    return parts or ([whole] if whole.is_check else [])


class _Paper(NamedTuple):
    """Paper of a check: its rectangle as center, size and angle in degrees, and its upright box."""

    center: tuple[float, float]
    size: tuple[float, float]
    angle: float
    box: Box

    def covers(self, shape: tuple[int, ...]) -> bool:
        """Return whether it is the whole picture."""
        return self.box.w * self.box.h >= _WHOLE * shape[0] * shape[1]


def _paper(found: Proposals) -> Mask:
    """Return the (h, w) cells that are part of a check."""
    return np.asarray(found.kind(SCENE) < np.log(0.5))


def _papers(paper: Mask, height: int, width: int) -> list[_Paper]:
    """Find the rectangles of paper, the largest first."""
    rows, columns = paper.shape
    across, down = width / columns, height / rows
    outlines, _ = cv2.findContours(paper.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    found = []
    for outline in outlines:
        mask = np.zeros(paper.shape, np.uint8)
        cv2.drawContours(mask, [outline], -1, 1, cv2.FILLED)
        cells = np.argwhere(mask)
        corners = cells[:, None, ::-1] + np.array([[0, 0], [1, 0], [0, 1], [1, 1]])
        points = (corners.reshape(-1, 2) * (across, down)).astype(np.float32)
        center, size, angle = cv2.minAreaRect(points)
        area = len(cells) * across * down
        if area < _PAPER * height * width or area < _FILLED * size[0] * size[1]:
            continue
        if size[0] < size[1]:
            size, angle = (size[1], size[0]), angle - 90
        angle = (angle + 90) % 180 - 90
        box = Box(*cv2.boundingRect(points)).intersect((0, 0, width, height))
        found.append(_Paper((center[0], center[1]), (size[0], size[1]), angle, box))
    return sorted(found, key=lambda one: -one.size[0] * one.size[1])[:_MAX_CHECKS]


def _parts(picture: GrayImage, papers: list[_Paper], locator: Locator) -> list[Region]:
    """Cut out and judge the checks that are part of a picture, in reading order."""
    found: list[tuple[Box, Region]] = []
    taken: list[Box] = []
    for box in find_parts(picture):
        if min(box.w, box.h) >= MIN_SIDE:
            region = judge(*_crop(picture, box), locator)
            if region.is_check:
                found.append((box, region))
                taken.append(box)
    for paper in papers:
        if min(paper.size) < MIN_SIDE or any(_is_same(paper.box, box) for box in taken):
            continue
        region = judge(*_cut(picture, paper), locator)
        flat = _flattened(region.image, locator)
        if flat is not None:
            region = flat._replace(to_source=region.to_source @ flat.to_source)
        found.append((paper.box, region))
        taken.append(paper.box)
    return [region for _, region in sorted(found, key=lambda one: (one[0].y, one[0].x))]


def _is_same(one: Box, other: Box) -> bool:
    """Return whether two boxes are of one check, or one holds the other."""
    shared = one.intersect(other)
    return shared.w * shared.h > _SAME * min(one.w * one.h, other.w * other.h)


def judge(image: GrayImage, to_source: Transform, locator: Locator, found: Proposals | None = None) -> Region:
    """Turn a picture upright and judge it.

    A turn counts by how upright its result is: a locator sees best what is upright.

    Args:
        image: (H, W) uint8.
        to_source: Map from its pixels to those of the page.
        locator: Judges it.
        found: What the locator says of it, where that is known.
    """
    best = Region(image, to_source, found or locator.propose(image))
    highest = float(best.found.orientation_scores[0])
    if highest > UPRIGHT:
        return best
    highest += TURNED
    # a half turn is easily mistaken for none, a quarter turn is not
    for turns in (1, 2, 3) if best.found.turns % 2 else (2,):
        turned, to_image = turn_page(image, turns)
        other = locator.propose(turned)
        if other.orientation_scores[0] > highest:
            highest = float(other.orientation_scores[0])
            best = Region(turned, to_source @ to_image, other)
    return best


def _flattened(picture: GrayImage, locator: Locator) -> Region | None:
    """Undo the perspective of a check on a darker ground, None where there is none."""
    found = rectify(picture)
    if found is None or min(found[0].shape) < MIN_SIDE:
        return None
    region = judge(*found, locator)
    return region if region.is_check else None


def _crop(picture: GrayImage, box: Box) -> tuple[GrayImage, Transform]:
    x, y, w, h = box
    return np.ascontiguousarray(picture[y : y + h, x : x + w]), Transform.translation(x, y)


def _cut(picture: GrayImage, paper: _Paper) -> tuple[GrayImage, Transform]:
    """Cut out paper with a rim, its longer side level or upright, whichever is nearer."""
    rim = _RIM * max(paper.size)
    tilt = (paper.angle + 45) % 90 - 45
    if abs(tilt) <= _LEVEL:
        x, y, w, h = paper.box
        left, top = max(0, int(x - rim)), max(0, int(y - rim))
        right, bottom = int(x + w + rim), int(y + h + rim)
        return _crop(
            picture, Box(left, top, right - left, bottom - top).intersect((0, 0, *picture.shape[::-1]))
        )
    size = paper.size if abs(paper.angle) <= 45 else paper.size[::-1]
    width, height = (max(1, round(side + 2 * rim)) for side in size)
    to_image = cv2.getRotationMatrix2D(paper.center, tilt, 1.0)
    to_image[0, 2] += (width - 1) / 2 - paper.center[0]
    to_image[1, 2] += (height - 1) / 2 - paper.center[1]
    image = cv2.warpAffine(
        picture, to_image, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(image, np.uint8), Transform.affine(
        np.asarray(cv2.invertAffineTransform(to_image), np.float64)
    )
