"""Whole pages of the world: regions, contents, and the same page for the same seed."""

from collections import Counter

import numpy as np
import pytest

from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.world_page import KINDS, WorldPage, render_no_check, render_world_page

COUNT = 24


def page(bank: DigitBank, number: int, **options: object) -> WorldPage:
    return render_world_page(np.random.default_rng([5, number]), bank, width=420, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def pages(bank: DigitBank) -> list[WorldPage]:
    return [page(bank, number) for number in range(COUNT)]


def test_the_same_seed_gives_the_same_page(bank: DigitBank, pages: list[WorldPage]) -> None:
    again = page(bank, 3)
    assert np.array_equal(again.image, pages[3].image)
    assert again.regions == pages[3].regions
    assert not np.array_equal(pages[3].image, pages[4].image)


def test_regions_have_known_kinds_and_lie_within_the_image(pages: list[WorldPage]) -> None:
    for made in pages:
        rows, columns = made.image.shape
        assert made.image.dtype == np.uint8
        for region in made.regions:
            assert region.kind in KINDS
            assert min(region.box.w, region.box.h) > 0
            assert region.box.intersect((0, 0, columns, rows)) == region.box


def test_the_ink_of_the_amount_lies_within_its_region(pages: list[WorldPage]) -> None:
    filled = [made for made in pages if made.ink is not None]
    assert len(filled) > COUNT // 2
    for made in filled:
        assert made.ink is not None
        assert made.ink.intersect(made.boxes("amount")[0]) == made.ink


def test_pixels_at_the_ink_differ_from_a_page_without_it(
    bank: DigitBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The box is right after all warps: removing the ink changes the image there and nowhere else."""
    import docreader.synthesis.world_page_amount as module

    draw = module.draw_amount

    def pale(*args: object, **options: object) -> object:
        drawn = draw(*args, **options)  # type: ignore[arg-type]
        drawn.ink[:] *= np.float32(0.02)
        return drawn

    compared = 0
    for number in range(12):
        made = page(bank, number)
        with monkeypatch.context() as patch:
            patch.setattr(module, "draw_amount", pale)
            bare = page(bank, number)
        if made.ink is None or made.ink.w < 20:
            continue
        change = np.abs(made.image.astype(int) - bare.image)
        x, y, w, h = made.ink
        inside = change[y : y + h, x : x + w].sum()
        around = change.copy()
        around[max(0, y - 4) : y + h + 4, max(0, x - 4) : x + w + 4] = 0
        assert inside > 3 * around[around > 30].sum()
        compared += inside > 0
    assert compared > 4


def test_amounts_have_transcripts_and_empty_fields_have_none(pages: list[WorldPage]) -> None:
    for made in pages:
        assert (made.amount is None) == (made.transcript == "")
        if made.amount is None:
            assert made.ink is None
        else:
            assert any(char.isdigit() for char in made.transcript)


def test_pages_differ_in_layout_currency_capture_and_turn(pages: list[WorldPage]) -> None:
    assert len({made.currency for made in pages}) > COUNT // 3
    assert {made.capture for made in pages} == {"scan", "screen", "photo"}
    assert {made.turned for made in pages} > {0}
    assert any(made.amount is None for made in pages)
    middles = [
        box.y / made.image.shape[0] for made in pages if not made.turned for box in made.boxes("amount")
    ]
    assert max(middles) - min(middles) > 0.3


def test_a_page_that_is_not_turned_is_as_wide_as_asked(bank: DigitBank) -> None:
    made = page(bank, 1, turn=False, currency="BRL")
    assert made.turned == 0
    assert made.currency == "BRL"
    assert made.image.shape[1] == 420


def test_most_checks_have_their_fields(pages: list[WorldPage]) -> None:
    counts = Counter(kind for made in pages for kind in {region.kind for region in made.regions})
    assert counts["check"] > 0.9 * COUNT
    for kind in ("date", "payee", "legal", "micr", "signature"):
        assert counts[kind] > 0.6 * COUNT


def test_pages_without_a_check_have_no_amount(bank: DigitBank) -> None:
    for number in range(8):
        made = render_no_check(np.random.default_rng([6, number]), bank, width=300)
        assert (made.checks, made.amount, made.ink) == (0, None, None)
        assert not made.boxes("amount", "empty", "check")
        assert made.image.std() > 0
