"""Page analysis: checks of a page, rectified, turned and deskewed, image quality and field candidates in one call."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from segment.image.arrays import GrayImage
from segment.image.box import Box
from segment.image.transform import Transform
from segment.page.currency_symbol import erase_symbol, split_currency_symbol
from segment.page.deskew import MIN_SKEW, estimate_page_skew, rotate
from segment.page.field_location import LocatedField, locate_fields
from segment.page.locator import Locator
from segment.page.overview import Overview, PageKind, is_page_sized, make_overview, resembles_amount
from segment.page.quality import Quality, assess
from segment.page.regions import Region, find_checks, judge

_LEFT_MARGIN = 0.3
"""Paper kept before the amount where a currency symbol is removed, in shares of the field's height."""


@dataclass(frozen=True, eq=False)
class FieldCandidate:
    """A crop of the page that may show the amount.

    Attributes:
        image: (H, W) uint8, the crop, without the currency symbol.
        box: The field on the analyzed page.
        field_box: The field within the crop, None where the crop is the field.
        score: Log probability that the amount is there.
        currency_symbol: Symbol printed before the amount, None where none was detected.
        to_source: Map from the crop to the page as loaded.
    """

    image: GrayImage
    box: Box
    field_box: Box | None
    score: float
    currency_symbol: str | None
    to_source: Transform


@dataclass(frozen=True, eq=False)
class PageLayout:
    """The result of page analysis.

    Attributes:
        kind: Whole check, cut-out amount, or other.
        image: (H, W) uint8, the page as analyzed: rectified and deskewed.
        to_source: Map from its pixels to those of the page as it was loaded.
        fields: Located fields, best first; none where none was found.
        overview: Overview of `image`, None where the page is its only field.
        quality: Conditions of the image of a whole check that was analyzed.
        nowhere: Log probability that the amount is at no place of the page; none where the field is given.
        void_score: Log odds that a stamp invalidates the check.
    """

    kind: PageKind
    image: GrayImage
    to_source: Transform = field(default_factory=Transform.identity)
    fields: tuple[LocatedField, ...] = ()
    overview: Overview | None = None
    quality: Quality | None = None
    nowhere: float = -np.inf
    void_score: float = -np.inf

    def crop(self, located: LocatedField) -> FieldCandidate:
        """Crop one of the fields, and split a printed currency symbol from it."""
        if self.overview is None or self.overview.ink is None:
            return self._whole(located)
        return self._without_symbol(located, self.overview)

    def _whole(self, located: LocatedField) -> FieldCandidate:
        """Crop a field that is taken as it is."""
        x, y, w, h = located.box
        image = np.ascontiguousarray(self.image[y : y + h, x : x + w])
        return FieldCandidate(
            image, located.box, None, located.score, None, self.to_source @ Transform.translation(x, y)
        )

    def _without_symbol(self, located: LocatedField, overview: Overview) -> FieldCandidate:
        """Crop a field of a check; a printed currency symbol is erased and left out."""
        located, symbol = split_currency_symbol(overview, located)
        x, y, w, h = located.box
        left, top, width, height = located.field_box
        image = np.array(self.image[y : y + h, x : x + w])
        if symbol is not None:
            erase_symbol(image, (symbol.box.x - x, symbol.box.y - y, symbol.box.w, symbol.box.h))
            end = min(max(left, symbol.end), left + width - 1)
            left, width = end, left + width - end
            start = max(x, int(left - _LEFT_MARGIN * height))
            image, x = np.ascontiguousarray(image[:, start - x :]), start
        return FieldCandidate(
            image,
            located.box,
            Box(left - x, top - y, width, height),
            located.score,
            None if symbol is None else symbol.kind,
            self.to_source @ Transform.translation(x, y),
        )


def analyze_page(
    image: GrayImage,
    locator: Locator,
    field: str = "auto",
    box: tuple[int, int, int, int] | None = None,
) -> list[PageLayout]:
    """Analyze a page: find the checks on it, turn and deskew them, assess their quality, and locate amount fields.

    Args:
        image: (H, W) uint8.
        locator: Finds checks and their fields.
        field: amount for a cut-out amount, check for whole checks, auto to classify the page.
        box: Known box of the amount field in pixels of the page; nothing is located then.

    Returns:
        The layout of each check in reading order; else that of the page, an amount or another one.
    """
    if box is not None:
        return [_given_field(image, field, box)]
    if field == "amount" or (field == "auto" and not is_page_sized(image)):
        return [_single_field(image, "amount", Box(0, 0, *image.shape[::-1]))]
    checks = find_checks(image, locator)
    if not checks and field == "check":
        checks = [judge(image, Transform.identity(), locator)]
    if checks:
        return [_analyze_check(check, locator) for check in checks]
    if resembles_amount(make_overview(image)):
        return [_single_field(image, "amount", Box(0, 0, *image.shape[::-1]))]
    return [PageLayout("other", image)]


def _analyze_check(check: Region, locator: Locator) -> PageLayout:
    """Deskew a check, assess its quality, and locate amount fields."""
    image, to_source, found = check
    overview = make_overview(image)
    skew = estimate_page_skew(overview)
    quality = assess(image, overview, skew)
    if abs(skew) >= MIN_SKEW:
        image, to_level = rotate(image, skew)
        to_source, overview = to_source @ to_level, make_overview(image)
    if image is not check.image:
        found = locator.propose(image)
    fields = tuple(locate_fields(image, overview, found.fields))
    return PageLayout("check", image, to_source, fields, overview, quality, found.nowhere, found.void_score)


def _given_field(image: GrayImage, field: str, box: tuple[int, int, int, int]) -> PageLayout:
    """Lay out a page with a known field; outside of the page there is none."""
    kind: PageKind = "amount" if field == "amount" else "check"
    height, width = image.shape
    known = Box(*box).intersect((0, 0, width, height))
    if not known.w or not known.h:
        return PageLayout(kind, image)
    if kind == "amount" or not is_page_sized(image):
        return _single_field(image, kind, known)
    return PageLayout(kind, image, fields=(LocatedField(known, known, 0.0),), overview=make_overview(image))


def _single_field(image: GrayImage, kind: PageKind, box: Box) -> PageLayout:
    """Lay out a page whose only field is taken as it is."""
    return PageLayout(kind, image, fields=(LocatedField(box, box, 0.0),))
