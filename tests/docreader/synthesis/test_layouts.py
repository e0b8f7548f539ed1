import numpy as np
import pytest

from docreader.synthesis.layouts import LAYOUTS
from docreader.synthesis.page import Page


@pytest.mark.parametrize("name", LAYOUTS)
def test_handwritten_fields_are_on_the_page_and_the_amount_in_its_field(name: str) -> None:
    layout, rng = LAYOUTS[name], np.random.default_rng(3)
    page = Page.blank(rng, layout.size, 0.5, layout.colors[0])
    before = page.sheet.copy()
    places = layout.draw(rng, page)
    width, height = layout.size
    for x, y, room in (
        places.payee,
        places.words,
        places.date,
        places.signature,
        places.memo or places.payee,
    ):
        assert 0 < x < x + room < width
        assert 0 < y < height
    x, y, w, h = places.amount
    left, baseline, room = places.amount_line
    assert x < left < left + room <= x + w + 10
    assert y < baseline - 0.5 * places.digit < baseline < y + h
    assert (page.sheet <= before + 1e-3).all()
    assert (page.sheet < before - 50).any()


def test_a_labeled_line_prints_caption_and_line() -> None:
    page = Page(np.full((60, 200, 3), 240, np.float32), 1.0)
    page.labeled_line("MEMO", (5, 40), 20, (70, 190, 42))
    dark = (page.sheet < 200).any(axis=2)
    assert dark[42, 80:180].all()
    assert dark[20:41, 5:60].any()
    assert not dark[:38, 75:].any()
