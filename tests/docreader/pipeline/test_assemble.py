"""What is told of answers, whichever way they were read."""

from types import SimpleNamespace

import numpy as np
import pytest

from docreader.confidence.thresholds import Thresholds
from docreader.decoding.grammar import load_grammar
from docreader.decoding.search import Hypothesis
from docreader.io.records import Character, ModelInfo
from docreader.pipeline.assemble import RecordBuilder
from docreader.pipeline.field_candidates import FieldCandidate
from docreader.pipeline.prepare import PreparedPage
from segment.io.pages import Page

SEGMENTS = [Character((1, 2, 10, 30), "4", -0.1), Character((14, 2, 10, 30), "2", -0.1)]
ANSWERS = [Hypothesis("42", 0.7, ()), Hypothesis("12", 0.2, ())]


def told(answers, *, whole=False, branches=True, reason=None, sign="$", guessed=False):
    teller = RecordBuilder(
        SimpleNamespace(name="fake", segments=lambda answer, prepared: SEGMENTS),
        ModelInfo("m", "1", "0"),
        load_grammar("amount"),
        Thresholds(0.6, 0.65, 0.9),
        guessed=guessed,
    )
    place = FieldCandidate((100, 50, 80, 40), 0.0, None, sign=sign, origin=(110, 50))
    page = Page(np.full((200, 300), 255, np.uint8), 3, None)
    waiting = PreparedPage("a.png", page, (place,) if branches else (), reason, whole)
    return teller.examination(waiting, answers)


def test_a_record_says_what_was_read_and_where():
    examination = told(ANSWERS)
    reading = examination.reading
    assert (reading.file, reading.page, reading.text, reading.amount) == ("a.png", 3, "42", "42")
    assert (reading.confidence, reading.method, reading.bbox) == (0.7, "fake", (100, 50, 80, 40))
    assert [segment.bbox for segment in reading.segments] == [(111, 52, 10, 30), (124, 52, 10, 30)]
    assert [(other.text, other.confidence) for other in reading.alternatives] == [("12", 0.2)]
    assert examination.branch.box == examination.box == (100, 50, 80, 40)


@pytest.mark.parametrize(
    ("confidence", "whole", "reason"), [(0.62, False, None), (0.62, True, "low_confidence")]
)
def test_whole_checks_have_a_threshold_of_their_own(confidence, whole, reason):
    assert told([Hypothesis("42", confidence, ())], whole=whole).reading.reason == reason


@pytest.mark.parametrize(("sign", "guessed"), [("$", True), (None, False)])
def test_a_place_that_was_looked_for_needs_a_printed_sign_or_more_confidence(sign, guessed):
    assert told(ANSWERS, whole=True, sign=sign, guessed=guessed).reading.reason is None
    assert told(ANSWERS, whole=True, sign=None, guessed=True).reading.reason == "low_confidence"


@pytest.mark.parametrize(
    ("answers", "branches", "given", "reason"),
    [
        (None, True, None, "blank"),
        (None, False, "not_a_check", "not_a_check"),
        ([], True, None, "grammar"),
    ],
)
def test_why_nothing_was_read(answers, branches, given, reason):
    reading = told(answers, branches=branches, reason=given).reading
    assert (reading.text, reading.amount, reading.currency, reading.confidence) == ("", None, None, 0.0)
    assert (reading.decision, reading.reason) == ("reject", reason)
