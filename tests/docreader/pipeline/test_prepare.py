"""Preparation of a page, with a recognizer that only remembers what it was given."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from docreader.decoding.search import Hypothesis
from docreader.pipeline.prepare import prepare_page
from docreader.runtime.config import ReaderConfig
from segment.image.box import Box
from segment.io.pages import Page
from segment.page.analysis import PageLayout, analyze_page
from segment.page.field_location import LocatedField
from segment.page.quality import Quality

PAGE = Page(np.full((60, 200), 255, np.uint8), 1, None)
RECOGNIZER = SimpleNamespace(
    prepare=lambda image, field_box: SimpleNamespace(image=image, empty=not image.size)
)


def analyze(image, field, box):
    """The layout of a page with one field; nothing is located."""
    [layout] = analyze_page(image, None, field, box)
    return layout


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
    prepared = prepare_page("a.png", PAGE, analyze(PAGE.image, "amount", box), RECOGNIZER)
    [candidate] = prepared.candidates
    _, _, w, h = expected
    assert (candidate.candidate.box, candidate.field.image.shape) == (expected, (h, w))
    assert candidate.candidate.to_source.box((0, 0, w, h)) == expected
    assert (prepared.has_ink, prepared.is_check, prepared.currency_symbol) == (True, False, None)


@pytest.mark.parametrize("bbox", [(200, 0, 10, 10), (0, -20, 10, 20)])
def test_a_box_beside_the_page_is_no_field(bbox):
    prepared = prepare_page(None, PAGE, analyze(PAGE.image, "amount", bbox), RECOGNIZER)
    assert (prepared.candidates, prepared.has_ink) == ((), False)


def located_page(scores, blank, nowhere=-4.0):
    """A check with fields of given location scores; those of `blank` are without ink."""
    fields = tuple(
        LocatedField(Box(0, 10 * n, 50, 10), Box(0, 10 * n, 50, 10), score) for n, score in enumerate(scores)
    )
    image = np.full((60, 200), 255, np.uint8)
    for n in range(len(scores)):
        image[10 * n, 0] = 0 if n in blank else 100
    layout = PageLayout("check", image, fields=fields, quality=Quality(), nowhere=nowhere)
    recognizer = SimpleNamespace(prepare=lambda image, _: SimpleNamespace(empty=image[0, 0] == 0))
    return prepare_page(None, Page(image, 1, None), layout, recognizer)


def test_the_likeliest_field_is_blank_where_only_others_have_ink():
    page = located_page([2.0, 1.0], blank={0})
    assert not page.has_ink
    assert [candidate.candidate.box.y for candidate in page.candidates] == [0]


def test_a_blank_field_and_none_at_all_take_their_share_from_the_hypotheses():
    page = located_page([1.0, 2.0], blank={0})
    assert page.has_ink
    assert page.scores == [0.0]
    ink, blank, nowhere = math.exp(2.0), math.exp(1.0), math.exp(-4.0)
    assert page.located == pytest.approx(ink / (ink + blank + nowhere))
    [weighed] = page.weigh([Hypothesis("7", 0.5, (), no_amount=0.25)])
    assert weighed.posterior == pytest.approx(0.5 * page.located)
    assert weighed.no_amount == pytest.approx(1 - 0.75 * page.located)


def test_a_locator_says_how_likely_the_amount_is_nowhere():
    page = located_page([math.log(0.6), math.log(0.1)], blank={1}, nowhere=math.log(0.3))
    assert page.scores == [0.0]
    assert page.located == pytest.approx(0.6)


def test_a_bad_place_alone_is_not_sure_and_a_given_one_is():
    assert located_page([-5.0], blank=()).located < 0.5
    assert located_page([6.0], blank=()).located > 0.999
    page = Page(np.full((300, 700), 255, np.uint8), 1, None)
    given = prepare_page(None, page, analyze(page.image, "check", (10, 5, 40, 20)), RECOGNIZER)
    assert given.located == 1.0
