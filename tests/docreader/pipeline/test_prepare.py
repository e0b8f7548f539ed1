"""Preparation of a page, with a recognizer that only remembers what it was given."""

from types import SimpleNamespace

import numpy as np
import pytest

from docreader.pipeline.prepare import prepare_page
from docreader.runtime.config import ReaderConfig
from segment.io.pages import Page
from segment.page.analysis import analyze_page

PAGE = Page(np.full((60, 200), 255, np.uint8), 1, None)
RECOGNIZER = SimpleNamespace(
    prepare=lambda image, field_box: SimpleNamespace(image=image, empty=not image.size)
)


@pytest.mark.parametrize(
    ("bbox", "expected"),
    [
        (None, (0, 0, 200, 60)),
        ((10, 5, 40, 20), (10, 5, 40, 20)),
        ((-10, 50, 40, 20), (0, 50, 30, 10)),  # the part that lies on the page
        ({"a.png": (10, 5, 40, 20)}, (10, 5, 40, 20)),
        ({"b.png": (10, 5, 40, 20)}, (0, 0, 200, 60)),
    ],
)
def test_a_known_box_is_read_and_else_the_whole_image(bbox, expected):
    box = ReaderConfig(bbox=bbox).box_of("a.png")
    prepared = prepare_page("a.png", PAGE, analyze_page(PAGE.image, "amount", box), RECOGNIZER)
    [candidate] = prepared.candidates
    _, _, w, h = expected
    assert (candidate.candidate.box, candidate.field.image.shape) == (expected, (h, w))
    assert candidate.candidate.to_source.box((0, 0, w, h)) == expected
    assert (prepared.has_ink, prepared.is_check, prepared.currency_symbol) == (True, False, None)


@pytest.mark.parametrize("bbox", [(200, 0, 10, 10), (0, -20, 10, 20)])
def test_a_box_beside_the_page_is_no_field(bbox):
    prepared = prepare_page(None, PAGE, analyze_page(PAGE.image, "amount", bbox), RECOGNIZER)
    assert (prepared.candidates, prepared.has_ink) == ((), False)
