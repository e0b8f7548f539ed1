"""Candidates of the amount's field, read by a recognizer: what stands for boxes where only amounts are labeled.

A candidate's branch of the interpretation graph is its lattice composed with the label, so that its forward score is
log P(label | candidate), the branch without an amount included (GBL98 sec. X). Readings are kept: a candidate is read
once, however often the map proposes it.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import numpy as np
import torch

from docreader.decoding.grammar import Grammar
from docreader.decoding.search import best_hypotheses
from docreader.errors import GraphTooLargeError
from docreader.recognition.base import Recognizer
from docreader.recognition.locator import Locator
from docreader.training.locator.pages import LocatorPage, Rows, reduce_page, rows_of
from docreader.training.locator.targets import UNREAD
from models.field_locator import FieldLocator
from models.identity import ModelIdentity
from segment.image.arrays import GrayImage
from segment.image.box import Box
from segment.page.overview import make_overview
from segment.page.rule_location import locate_by_rules

N_BEST = 8
"""Amounts searched at a candidate; the label may be one of them."""

RULE_BASED = 8
"""Candidates of a page by rules, before there is a map."""

_MARGINS = (0.3, 0.35)
"""Margins of a candidate's crop across and down, shares of its height: strokes run out of the field."""

_SAME = 0.8
"""IoU from which a candidate has been read."""

OnPage = Callable[[int, int], None]


@dataclass
class AmountPage:
    """Upright page of a check and its amount, without a box.

    Attributes:
        image: (H, W) uint8 at the resolution that is read.
        amount: Value.
        read: Candidates read so far, with log P(amount | candidate), nats.
    """

    image: GrayImage
    amount: Decimal
    read: list[tuple[Box, float]] = field(default_factory=list)

    @property
    def rows(self) -> Rows:
        """The candidates as rows of a `LocatorPage` in pixels of the image."""
        return rows_of(self.read)


class CandidateReader:
    """Read candidates of pages with a recognizer.

    Args:
        recognizer: Reads fields.
        grammar: Texts allowed.
    """

    def __init__(self, recognizer: Recognizer[Any], grammar: Grammar) -> None:
        self.recognizer, self.grammar = recognizer, grammar

    def start(self, pages: Sequence[AmountPage], on_page: OnPage | None = None) -> list[LocatorPage]:
        """Read the rule-based candidates of pages, and return these as training pages."""
        for number, page in enumerate(pages, start=1):
            found = locate_by_rules(make_overview(page.image), RULE_BASED)
            self.read(page, [located.field_box for located in found])
            if on_page is not None:
                on_page(number, len(pages))
        return [training_page(page) for page in pages]

    @torch.inference_mode()
    def read(self, page: AmountPage, boxes: Sequence[Box]) -> None:
        """Read those of the boxes that are not like one read before."""
        fields: list[Any] = []
        read: list[Box] = []
        for box in boxes:
            if any(box.iou(other) >= _SAME for other, _ in [*page.read, *((one, 0.0) for one in read)]):
                continue
            crop = _with_margins(box, page.image.shape)
            image = np.ascontiguousarray(page.image[crop.y : crop.bottom, crop.x : crop.right])
            inner = Box(box.x - crop.x, box.y - crop.y, box.w, box.h)
            prepared = self.recognizer.prepare(image, inner)
            if prepared.empty:
                page.read.append((box, UNREAD))
            else:
                fields.append(prepared)
                read.append(box)
        page.read += zip(read, self._likelihoods(fields, page.amount), strict=True)

    def _likelihoods(self, fields: Sequence[Any], amount: Decimal) -> list[float]:
        """Compute log P(amount | field) of each field, nats."""
        if not fields:
            return []
        try:
            found = best_hypotheses(self.recognizer.score(fields), self.grammar, N_BEST)
        except GraphTooLargeError:
            return [UNREAD] * len(fields)
        shares = [
            sum(one.posterior for one in hypotheses if self.grammar.amount(one.text) == amount)
            for hypotheses in found
        ]
        return [max(UNREAD, math.log(share)) if share > 0 else UNREAD for share in shares]


def training_page(page: AmountPage) -> LocatorPage:
    """Return the small training page of a page with the candidates read so far."""
    return reduce_page(LocatorPage(page.image, fields=page.rows, complete=False))


@dataclass(frozen=True)
class MapRefresh:
    """Add the fields that the network's map proposes, and the readings of these, to the pages of amounts.

    Attributes:
        reader: Reads the candidates.
        pages: Pages of amounts by the pixels of their training page.
        count: Fields of the map a page.
    """

    reader: CandidateReader
    pages: dict[bytes, AmountPage]
    count: int

    def __call__(self, network: FieldLocator, pages: Sequence[LocatorPage]) -> list[LocatorPage]:
        """Return the training pages with new candidates; pages that show no check are left alone."""
        device = next(network.parameters()).device
        locator = Locator(network, ModelIdentity("map", "-", "-", None), device)
        renewed = []
        for page in pages:
            whole = self.pages.get(page.image.tobytes())
            if whole is None:
                renewed.append(page)
                continue
            self.reader.read(whole, [one.box for one in locator.propose(whole.image, self.count).fields])
            renewed.append(replace(page, fields=training_page(whole).fields))
        return renewed


def _with_margins(box: Box, shape: tuple[int, ...]) -> Box:
    across, down = (round(share * box.h) for share in _MARGINS)
    enlarged = Box(box.x - across, box.y - down, box.w + 2 * across, box.h + 2 * down)
    return enlarged.intersect((0, 0, shape[1], shape[0]))
