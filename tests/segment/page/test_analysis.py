"""Page analysis: kinds of pages, candidates with their currency symbol, and boxes on the page as loaded."""

import cv2
import numpy as np
import pytest

from segment.page import analysis
from segment.page.analysis import analyze_page
from segment.page.currency_symbol import CURRENCY_SYMBOL_BONUS, _serif_dollar


def check(symbol: bool = False) -> np.ndarray:
    """A check with its amount in a box, behind a printed dollar where asked for."""
    image = np.full((530, 1200), 225, np.uint8)
    for words, x, y, size in (
        ("FIRST BANK OF NOWHERE", 60, 60, 0.9),
        ("Pay to the order of John Q. Public", 60, 200, 0.8),
        ("Two thousand five hundred seven", 80, 290, 1.0),
        ("|:021000021|: 123456789 1025", 120, 490, 0.9),
        ("2507.48", 960, 204, 1.1),
    ):
        cv2.putText(image, words, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, 40, 2, cv2.LINE_AA)
    cv2.rectangle(image, (925, 165), (1155, 219), 70, 2)
    if symbol:
        drawn = _serif_dollar()
        rows, columns = np.nonzero(drawn)
        drawn = drawn[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        drawn = cv2.resize(
            drawn, (round(drawn.shape[1] * 32 / drawn.shape[0]), 32), interpolation=cv2.INTER_AREA
        )
        image[176:208, 892 : 892 + drawn.shape[1]] = 225 - (drawn * 0.8).astype(np.uint8)
    return image


def test_the_first_field_of_a_check_is_its_box():
    layout = analyze_page(check())
    assert (layout.kind, layout.quality is not None) == ("check", True)
    candidate = layout.crop(layout.fields[0])
    x, y, w, h = candidate.box
    assert x < 930
    assert x + w > 1150
    assert candidate.image.shape == (h, w)
    left, top, width, height = candidate.field_box
    inner = candidate.to_source.box(candidate.field_box)
    assert inner == (x + left, y + top, width, height)
    assert abs(inner.x - 925) < 5
    assert abs(inner.right - 1155) < 5
    assert (candidate.currency_symbol, candidate.score) == (None, candidate.location_score)


def test_a_printed_currency_symbol_is_split_from_the_field():
    layout = analyze_page(check(symbol=True))
    candidate = layout.crop(layout.fields[0])
    assert candidate.currency_symbol == "$"
    assert candidate.score == candidate.location_score + CURRENCY_SYMBOL_BONUS
    assert candidate.to_source.box((0, 0, 1, 1)).x > layout.fields[0].box.x


def test_boxes_of_a_skewed_check_are_mapped_to_the_page():
    matrix = cv2.getRotationMatrix2D((600, 265), 4.0, 1.0)
    layout = analyze_page(cv2.warpAffine(check(), matrix, (1200, 530), borderValue=225))
    x, y, w, h = layout.to_source.box(layout.fields[0].box)
    center = matrix @ [1040.0, 192.0, 1.0]
    assert abs(x + w / 2 - center[0]) < 15
    assert abs(y + h / 2 - center[1]) < 15


def test_other_pages_have_no_field():
    letter = np.vstack([check()] * 3)
    noise = np.random.default_rng(0).integers(0, 256, (300, 300), np.uint8)
    for page in (letter, noise):
        layout = analyze_page(page)
        assert (layout.kind, layout.fields) == ("other", ())


@pytest.mark.parametrize(("shape", "field"), [((60, 300), "auto"), ((600, 300), "amount")])
def test_cut_out_amounts_are_not_analyzed(monkeypatch, shape, field):
    monkeypatch.setattr(analysis, "make_overview", None)
    layout = analyze_page(np.zeros(shape, np.uint8), field)
    [only] = layout.fields
    assert (layout.kind, only.box) == ("amount", (0, 0, *shape[::-1]))


def test_a_known_box_is_the_only_field():
    page = check()
    layout = analyze_page(page, box=(925, 165, 231, 55))
    assert (layout.kind, [field.box for field in layout.fields]) == ("check", [(925, 165, 231, 55)])
    assert analyze_page(page, box=(1190, 0, 50, 20)).fields[0].box == (1190, 0, 10, 20)
    assert analyze_page(page, box=(5000, 0, 10, 10)).fields == ()
    assert analyze_page(page, "amount", (5, 6, 70, 80)).kind == "amount"
