"""What of a page is read: the box that was given, the picture as a whole, or the places of a check."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from docreader.pipeline.field_candidates import Box, FieldCandidate, branches, page_kind, prepare_branch
from docreader.recognition.registry import Method
from segment.io.pages import Page
from segment.page.analysis import is_page_sized, look
from segment.page.deskew import LEAST, Upright, after, page_skew, turn
from segment.page.field_location import Field
from segment.page.quality import Quality, assess


@dataclass(frozen=True, eq=False)
class PreparedPage:
    """A page that waits for the recognizer; without branches where it shows no amount field, for the reason given."""

    file: str | None
    page: Page
    branches: tuple[FieldCandidate, ...] = ()
    reason: str | None = None
    whole: bool = False
    """Whether the page is a whole check."""
    quality: Quality | None = None
    upright: Upright | None = None
    """The page as it was read, where it had to be turned."""

    @property
    def sign(self) -> str | None:
        """The currency sign printed before the likeliest place that has one."""
        return next((branch.sign for branch in self.branches if branch.sign), None)

    @property
    def legible(self) -> bool:
        """Whether there is ink to read."""
        return any(not branch.prepared.empty for branch in self.branches)


def choose(
    file: str | None, page: Page, field: str, bbox: Box | Mapping[str, Box] | None, method: Method
) -> PreparedPage:
    """Find the field of a page, or the places where it may be, and prepare them.

    Args:
        file: where the page comes from.
        page: as it was loaded.
        field: what it shows: auto, amount or check.
        bbox: the field's box, where it is known: on every page, or by file.
        method: what prepares fields.
    """
    height, width = page.image.shape
    given = bbox.get(file or "") if isinstance(bbox, Mapping) else bbox
    if given is not None:
        x, y, w, h = given
        left, top, right, bottom = max(x, 0), max(y, 0), min(x + w, width), min(y + h, height)
        if left >= right or top >= bottom:
            return PreparedPage(file, page, reason="no_field")
        box = (left, top, right - left, bottom - top)
        if field == "amount" or not is_page_sized(page.image):
            return _only(file, page, box, field != "amount", method)
        known = prepare_branch(page.image, look(page.image), Field(box, box, 0.0), method)
        return PreparedPage(file, page, (known,), whole=True)
    kind, overview, upright = page_kind(page.image, field)
    if kind == "other":
        return PreparedPage(file, page, reason="not_a_check")
    if kind == "amount" or overview is None:
        return _only(file, page, (0, 0, width, height), False, method)
    image = page.image if upright is None else upright.image
    skew = page_skew(overview)
    quality = assess(image, overview, skew)
    if abs(skew) >= LEAST:
        upright = after(upright, turn(image, skew))
        image = upright.image
        overview = look(image)
    found = tuple(branches(image, overview, method))
    return PreparedPage(file, page, found, None if found else "no_field", True, quality, upright)


def _only(file: str | None, page: Page, box: Box, whole: bool, method: Method) -> PreparedPage:
    """A page of which it is known where the amount stands."""
    x, y, w, h = box
    prepared = method.prepare(np.ascontiguousarray(page.image[y : y + h, x : x + w]))
    return PreparedPage(file, page, (FieldCandidate(box, 0.0, prepared, origin=(x, y)),), whole=whole)
