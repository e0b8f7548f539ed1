import numpy as np

from docreader.io.idx import Digits
from docreader.synthesis.glyph_bank import DigitBank
from docreader.training.locator.drawing import draw_pages
from docreader.training.locator.pages import LONG_SIDE, fingerprint
from models.field_locator import KINDS


def bank(digits: Digits) -> DigitBank:
    """All ten digits, in shapes of four."""
    return DigitBank(digits.images[:40], np.arange(40, dtype=np.uint8) % 10)


def test_drawn_pages_have_fields_within_them_and_depend_on_the_seed(digits):
    counts = []
    pages = draw_pages(bank(digits), None, 6, 3, on_page=lambda number, count: counts.append((number, count)))
    assert counts == [(number, 6) for number in range(1, 7)]
    assert any(len(page.fields) for page in pages)
    for page in pages:
        height, width = page.image.shape
        assert max(height, width) <= LONG_SIDE
        assert page.check == (KINDS.index("background") in page.regions[:, 4])
        assert len(page.fields) == (page.regions[:, 4] == KINDS.index("amount")).sum()
        assert (page.regions[:, 2] <= width + 1).all()
        assert (page.regions[:, 3] <= height + 1).all()
    again = draw_pages(bank(digits), None, 2, 3)
    assert fingerprint(again) == fingerprint(pages[:2])
    assert fingerprint(draw_pages(bank(digits), None, 2, 4)) != fingerprint(pages[:2])
