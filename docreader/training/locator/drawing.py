"""Drawn training pages of the field locator."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from docreader.synthesis.field import render_amount
from docreader.synthesis.fonts import FontBank
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.world_page import WorldPage, render_no_check, render_world_page
from docreader.training.locator.pages import LocatorPage, reduce_page, rows_of, without_check
from models.field_locator import KINDS

NO_CHECKS = 0.14
"""Share of drawn pages without a check."""

CUT_OUTS = 0.02
"""Share of amounts that are cut out of a check: they are none."""

_STREAM = 17

_NAMES = {"check": "background", "empty": "amount"}
"""Kinds of drawn regions under another name: blank paper of a check is what no other region covers; the field of the
amount is one without an amount, too."""


def draw_pages(
    digits: DigitBank,
    fonts: FontBank | None,
    count: int,
    seed: int,
    *,
    currencies: Sequence[str] = (),
    on_page: Callable[[int, int], None] | None = None,
) -> list[LocatorPage]:
    """Draw pages, each from a random generator of its own.

    Args:
        digits: Handwritten digits.
        fonts: Fonts; None for the built-in one alone.
        count: Number of pages.
        seed: Random seed.
        currencies: ISO 4217 codes of the checks; empty for all.
        on_page: Callback with the number of drawn pages and of all.
    """
    pages = []
    for page in _pages(digits, fonts, count, seed, currencies):
        pages.append(page)
        if on_page is not None:
            on_page(len(pages), count)
    return pages


def _pages(
    digits: DigitBank, fonts: FontBank | None, count: int, seed: int, currencies: Sequence[str]
) -> Iterator[LocatorPage]:
    for number in range(count):
        rng = np.random.default_rng([seed, _STREAM, number])
        kind = rng.random()
        if kind < CUT_OUTS:
            yield without_check(render_amount(rng, digits).image)
        elif kind < CUT_OUTS + NO_CHECKS:
            yield without_check(render_no_check(rng, digits, fonts, turn=False).image)
        else:
            currency = currencies[int(rng.integers(len(currencies)))] if currencies else None
            yield from_world(render_world_page(rng, digits, fonts, currency=currency, turn=False))


def from_world(page: WorldPage) -> LocatorPage:
    """Convert a drawn page."""
    regions = [
        (region.box, float(KINDS.index(_NAMES.get(region.kind, region.kind)))) for region in page.regions
    ]
    return reduce_page(
        LocatorPage(
            page.image,
            fields=rows_of((box, 0.0) for box in page.boxes("amount", "empty")),
            regions=rows_of(regions),
            turned=page.turned // 90,
            check=page.checks > 0,
            void=page.void,
        )
    )
