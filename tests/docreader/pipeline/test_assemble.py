"""Records built from hypotheses, whichever recognizer they come from."""

from types import SimpleNamespace

import numpy as np
import pytest

from docreader.confidence.thresholds import Thresholds
from docreader.decoding.grammar import load_grammar
from docreader.decoding.search import Hypothesis
from docreader.io.records import Character, ModelInfo
from docreader.pipeline.assemble import assemble
from docreader.pipeline.decision import decide
from docreader.pipeline.prepare import PreparedCandidate, PreparedPage
from docreader.recognition.base import FieldVisual
from segment.image.box import Box
from segment.image.transform import Transform
from segment.io.pages import Page
from segment.line_image import LineImage
from segment.page.analysis import FieldCandidate, PageLayout
from segment.page.quality import Quality

CHARACTERS = [Character((1, 2, 10, 30), "4", -0.1), Character((14, 2, 10, 30), "2", -0.1)]
LOCATOR = ModelInfo("places", "1", "0")
HYPOTHESES = [Hypothesis("42", 0.7, ()), Hypothesis("12", 0.2, ())]


def draw_line():
    """Draw the line of the two characters: a bar each."""
    pixels = np.zeros((2, 34, 70), np.uint8)
    for x, y, w, h in (character.bbox for character in CHARACTERS):
        pixels[:, y : y + h, x + w // 2 - 2 : x + w // 2 + 2] = 255
    return FieldVisual(line=LineImage(pixels, Transform.identity(), False))


def build(
    hypotheses, *, kind="amount", candidates=True, symbol="$", auto_located=False, void=-np.inf, quality=None
):
    recognizer = SimpleNamespace(name="fake", characters=lambda hypothesis, field: CHARACTERS)
    grammar = load_grammar("amount")
    image = np.full((200, 300), 255, np.uint8)
    crop = FieldCandidate(
        image[50:90, 110:180], Box(100, 50, 80, 40), None, 0.0, symbol, Transform.translation(110, 50)
    )
    candidate = PreparedCandidate(crop, SimpleNamespace(visual=draw_line), 0.0)
    layout = PageLayout(kind, image, quality=quality, void_score=void)
    page = PreparedPage("a.png", Page(image, 3, None), layout, (candidate,) if candidates else ())
    thresholds = Thresholds(0.6, 0.65, 0.9)
    decision = decide(page, hypotheses, recognizer, grammar, thresholds, auto_located=auto_located)
    return assemble(page, decision, recognizer, ModelInfo("m", "1", "0"), grammar, LOCATOR)


def test_a_record_has_text_and_boxes_on_the_page():
    trace = build(HYPOTHESES)
    reading = trace.reading
    assert (reading.file, reading.page, reading.text, reading.amount) == ("a.png", 3, "42", "42")
    assert (reading.confidence, reading.method, reading.bbox) == (0.7, "fake", (100, 50, 80, 40))
    assert [character.bbox for character in reading.characters] == [(111, 52, 10, 30), (124, 52, 10, 30)]
    assert [(other.text, other.confidence) for other in reading.alternatives] == [("12", 0.2)]
    assert trace.box == (100, 50, 80, 40)


def test_the_record_of_a_check_names_its_locator():
    assert build(HYPOTHESES, kind="check", quality=Quality()).reading.locator == LOCATOR
    assert build(HYPOTHESES).reading.locator is None


@pytest.mark.parametrize(("kind", "reason"), [("amount", None), ("check", "low_confidence")])
def test_whole_checks_have_a_threshold_of_their_own(kind, reason):
    assert build([Hypothesis("42", 0.62, ())], kind=kind).reading.reason == reason


@pytest.mark.parametrize(("symbol", "auto_located"), [("$", True), (None, False)])
def test_a_located_field_needs_a_currency_symbol_or_more_confidence(symbol, auto_located):
    trace = build(HYPOTHESES, kind="check", symbol=symbol, auto_located=auto_located)
    assert trace.reading.reason is None
    trace = build(HYPOTHESES, kind="check", symbol=None, auto_located=True)
    assert trace.reading.reason == "low_confidence"


@pytest.mark.parametrize(
    ("hypotheses", "candidates", "kind", "reason"),
    [
        (None, True, "amount", "blank"),
        (None, False, "other", "not_a_check"),
        (None, False, "check", "field_not_found"),
        ([], True, "amount", "no_valid_amount"),
    ],
)
def test_the_reason_for_reading_nothing(hypotheses, candidates, kind, reason):
    reading = build(hypotheses, candidates=candidates, kind=kind).reading
    assert (reading.text, reading.amount, reading.currency, reading.confidence) == ("", None, None, 0.0)
    assert (reading.decision, reading.reason) == ("reject", reason)


def test_a_void_check_is_refused_whatever_was_read():
    for found in (HYPOTHESES, [], None):
        assert build(found, kind="check", void=1.0).reading.reason == "void_stamp"
    reading = build(HYPOTHESES, kind="check", void=1.0).reading
    assert (reading.amount, reading.decision) == ("42", "reject")
    assert build(HYPOTHESES, kind="check", void=-1.0).reading.reason is None
