"""Page analysis: page kind, rectification, deskewing, orientation, image quality and field candidates in one call."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from segment.image.arrays import GrayImage
from segment.image.box import Box
from segment.image.transform import Transform
from segment.page.currency_symbol import CURRENCY_SYMBOL_BONUS, erase_symbol, split_currency_symbol
from segment.page.deskew import MIN_SKEW, estimate_page_skew, rotate, turn_page
from segment.page.field_location import LocatedField, locate_fields
from segment.page.field_proposals import propose_fields
from segment.page.locator import Locator
from segment.page.orientation import has_micr_line, is_upside_down, turn
from segment.page.overview import (
    Overview,
    PageKind,
    classify_page,
    is_check_shaped,
    is_page_sized,
    make_overview,
    resembles_amount,
)
from segment.page.quality import MIN_HEIGHT, Quality, assess
from segment.page.rectify import rectify
from segment.page.regions import Region, find_checks
from segment.page.sheet import SheetPart, find_parts

MIN_SHEET = 2 * MIN_HEIGHT
"""Smallest side of a page on which checks are searched for, pixels: a cut-out amount is smaller."""

_MIN_LOCATION_SCORE = -3.0
"""Smallest score of the best field of a check on a sheet that has no MICR line, nats."""

_LEFT_MARGIN = 0.3
"""Paper kept before the amount where a currency symbol is removed, in shares of the field's height."""


@dataclass(frozen=True, eq=False)
class FieldCandidate:
    """A crop of the page that may show the amount.

    Attributes:
        image: (H, W) uint8, the crop, without the currency symbol.
        box: The field on the analyzed page.
        field_box: The field within the crop, None where the crop is the field.
        location_score: Log score of the location; comparable between the candidates of one page only.
        currency_symbol: Symbol printed before the amount, None where none was detected.
        to_source: Map from the crop to the page as loaded.
    """

    image: GrayImage
    box: Box
    field_box: Box | None
    location_score: float
    currency_symbol: str | None
    to_source: Transform

    @property
    def score(self) -> float:
        """Log score of location and currency symbol."""
        return self.location_score + (CURRENCY_SYMBOL_BONUS if self.currency_symbol else 0.0)


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
        nowhere: Log probability that the amount is in none of the fields, None where they were not proposed by a
            locator.
        void_score: Log odds that a stamp invalidates the check.
    """

    kind: PageKind
    image: GrayImage
    to_source: Transform = field(default_factory=Transform.identity)
    fields: tuple[LocatedField, ...] = ()
    overview: Overview | None = None
    quality: Quality | None = None
    nowhere: float | None = None
    void_score: float = -np.inf

    @property
    def is_located(self) -> bool:
        """Whether the fields were located, not given."""
        return self.quality is not None

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


def analyze_sheet(
    image: GrayImage,
    field: str = "auto",
    box: tuple[int, int, int, int] | None = None,
    locator: Locator | None = None,
) -> list[PageLayout]:
    """Analyze a page that may show checks on a larger sheet.

    Args:
        image: (H, W) uint8.
        field: amount for a cut-out amount, check for whole checks, auto to classify the page.
        box: Known box of the amount field in pixels of the page; nothing is located then.
        locator: Finds checks and their fields; None for rules.

    Returns:
        The layout of each check on a sheet, in reading order; else that of the page, see `analyze_page`.
    """
    if locator is not None and box is None and field != "amount" and is_page_sized(image):
        return _analyze_checks(image, field, locator)
    layout = analyze_page(image, field, box)
    wide = is_check_shaped(*image.shape[::-1])
    if box is not None or field == "amount" or min(image.shape) < MIN_SHEET:
        return [layout]
    if layout.kind == "check" and (field == "auto" or wide):
        return [layout]
    checks = [_analyze_part(image, part) for part in find_parts(image)]
    return [check for check in checks if check is not None] or [layout]


def _analyze_checks(image: GrayImage, field: str, locator: Locator) -> list[PageLayout]:
    """Analyze the checks in a picture; a picture without one is a cut-out amount, or of another kind."""
    checks = find_checks(image, locator)
    if not checks and field == "check":
        checks = [Region(image, Transform.identity(), locator.propose(image))]
    if checks:
        return [_analyze_region(check, locator) for check in checks]
    if resembles_amount(make_overview(image)):
        return [_single_field(image, "amount", Box(0, 0, *image.shape[::-1]))]
    return [PageLayout("other", image)]


def _analyze_region(check: Region, locator: Locator) -> PageLayout:
    """Turn and deskew a check, assess its quality, and propose amount fields."""
    image, to_source, found = check
    image, to_upright = turn_page(image, found.turns)
    overview = make_overview(image)
    skew = estimate_page_skew(overview)
    quality = assess(image, overview, skew)
    to_source = to_source @ to_upright
    if abs(skew) >= MIN_SKEW:
        image, to_level = rotate(image, skew)
        to_source, overview = to_source @ to_level, make_overview(image)
    if image is not check.image:
        found = locator.propose(image)
    fields = tuple(propose_fields(image, overview, found.fields))
    return PageLayout("check", image, to_source, fields, overview, quality, found.nowhere, found.void_score)


def _analyze_part(image: GrayImage, part: SheetPart) -> PageLayout | None:
    """Analyze a part of a sheet, None if it is no check: letters have paragraphs of the same shape."""
    x, y, w, h = part.box
    if min(w, h) < MIN_HEIGHT:
        return None
    layout = analyze_page(np.ascontiguousarray(image[y : y + h, x : x + w]))
    if layout.kind != "check" or layout.overview is None:
        return None
    placed = part.tinted and bool(layout.fields) and layout.fields[0].score > _MIN_LOCATION_SCORE
    if not placed and not has_micr_line(layout.overview):
        return None
    return replace(layout, to_source=Transform.translation(x, y) @ layout.to_source)


def analyze_page(
    image: GrayImage, field: str = "auto", box: tuple[int, int, int, int] | None = None
) -> PageLayout:
    """Analyze a page: classify it, rectify, deskew and turn a check, assess its quality, and locate amount fields.

    Args:
        image: (H, W) uint8.
        field: amount for a cut-out amount, check for a whole check, auto to classify the page.
        box: Known box of the amount field in pixels of the page; nothing is located then.
    """
    if box is not None:
        return _given_field(image, field, box)
    if field == "amount" or (field == "auto" and not is_page_sized(image)):
        return _single_field(image, "amount", Box(0, 0, *image.shape[::-1]))
    flat, to_source, overview, kind = _rectified(image, field)
    if kind != "amount" and (sideways := _sideways(image)) is not None:
        return sideways
    if kind == "other":
        return PageLayout(kind, image)
    if kind == "amount":
        return _single_field(image, kind, Box(0, 0, *image.shape[::-1]))
    return _analyze_check(flat, to_source, overview)


def _analyze_check(flat: GrayImage, to_source: Transform, overview: Overview) -> PageLayout:
    """Deskew and turn the image of a check, assess its quality, and locate amount fields."""
    skew = estimate_page_skew(overview)
    quality = assess(flat, overview, skew)
    if abs(skew) >= MIN_SKEW:
        flat, to_flat = rotate(flat, skew)
        to_source, overview = to_source @ to_flat, make_overview(flat)
    if is_upside_down(overview):
        height, width = flat.shape
        flat, overview = np.ascontiguousarray(flat[::-1, ::-1]), turn(overview)
        to_source = to_source @ Transform.affine(np.array([[-1.0, 0.0, width - 1], [0.0, -1.0, height - 1]]))
    return PageLayout("check", flat, to_source, tuple(locate_fields(overview)), overview, quality)


def _sideways(image: GrayImage) -> PageLayout | None:
    """Analyze a check turned by 90 degrees either way, None where the page is not tall or has no MICR line."""
    height, width = image.shape
    if width < MIN_HEIGHT or not is_check_shaped(height, width):
        return None
    turned = np.ascontiguousarray(np.rot90(image))
    overview = make_overview(turned)
    if classify_page(overview) != "check":
        return None
    to_source = Transform.affine(np.array([[0.0, -1.0, width - 1], [1.0, 0.0, 0.0]]))
    layout = _analyze_check(turned, to_source, overview)
    return layout if layout.overview is not None and has_micr_line(layout.overview) else None


def _rectified(image: GrayImage, field: str) -> tuple[GrayImage, Transform, Overview, PageKind]:
    """Rectify a page where it shows a check on a darker ground, and classify it."""
    rectified = rectify(image)
    if rectified is not None:
        overview = make_overview(rectified[0])
        if field == "check" or classify_page(overview) == "check":
            return *rectified, overview, "check"
    overview = make_overview(image)
    return image, Transform.identity(), overview, "check" if field == "check" else classify_page(overview)


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
