"""Field candidates of a page as parallel branches of one lattice."""

import math

import cv2
import numpy as np
import pytest

import gtn
from docreader.confidence.thresholds import Thresholds
from docreader.decoding.grammar import load_grammar
from docreader.decoding.lattice import Lattice
from docreader.decoding.search import best_hypotheses
from docreader.pipeline.assemble import ReadingTrace
from docreader.pipeline.reader import Reader
from docreader.synthesis.form_text import print_symbol
from docreader.synthesis.micr import print_micr


def test_the_posterior_of_a_text_is_over_all_places(lattice):
    one = lattice([{"7": math.log(0.6), "1": math.log(0.3), "#": math.log(0.1)}])
    two = lattice([{"#": math.log(0.5), "4": math.log(0.5)}, {"7": math.log(0.25), "#": math.log(0.75)}])
    scores = [[math.log(0.8), math.log(0.2)], [0.0]]
    graphs = gtn.batch([one, two, one])
    none = math.log(0.2)
    united = Lattice.of(graphs).union_candidates(scores)
    both, alone = best_hypotheses(united, load_grammar("digits"), 9, none)
    weights = {"7": 0.8 * 0.6 + 0.2 * 0.125, "1": 0.8 * 0.3, "4": 0.2 * 0.375, "47": 0.2 * 0.125}
    # the rest of both fields shows no amount
    total = sum(weights.values()) + 0.2 * (1 - sum(weights.values()))
    assert {answer.text: answer.posterior for answer in both} == pytest.approx(
        {text: weight / total for text, weight in weights.items()}
    )
    assert {answer.text: answer.candidate for answer in both} == {"7": 0, "1": 0, "4": 1, "47": 1}
    path = next(answer.path for answer in both if answer.text == "47")
    assert [(arc.candidate, arc.view, arc.unit) for arc in path] == [(1, 0, 0), (1, 0, 1)]
    assert {(answer.text, answer.candidate) for answer in alone} == {("7", 0), ("1", 0)}


def check(*, boxed: bool = True, amount: str = "2507.48") -> np.ndarray:
    """A check with its amount and a date that resembles one."""
    image = np.full((530, 1200), 225, np.uint8)

    def text(words: str, x: int, y: int, size: float, pen: int = 2) -> None:
        cv2.putText(image, words, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, 40, pen, cv2.LINE_AA)

    text("FIRST BANK OF NOWHERE", 60, 60, 0.9)
    text("Pay to the order of John Q. Public", 60, 200, 0.8)
    text("Two thousand five hundred seven", 80, 290, 1.0, 3)
    text("|:021000021|: 123456789 1025", 120, 490, 0.9)
    text("1124", 970, 275, 1.1, 3)
    text(amount, 950, 204, 1.1, 3)
    if boxed:
        cv2.rectangle(image, (925, 165), (1155, 219), 70, 2)
    return image


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.load(device="cpu", reject_below=0.0)


def traces(reader: Reader, pages: list[np.ndarray]) -> list[ReadingTrace]:
    """The readings of pages with their diagnostics."""
    return [trace for _, trace in reader.read_with_trace(pages, diagnostics=True)]


def test_the_field_that_won_is_reported(reader):
    [reading] = reader.read(check())
    assert reading.amount == "2507.48"
    x, y, w, h = reading.bbox
    assert x < 950
    assert x + w > 1130
    assert y < 180
    assert 204 < y + h < 260
    for character in reading.characters:
        a, b, c, d = character.bbox
        assert x <= a
        assert a + c <= x + w + 1
        assert y <= b
        assert b + d <= y + h + 1


def test_where_a_box_stands_out_nothing_else_is_read(reader):
    boxed, plain = traces(reader, [check(), check(boxed=False)])
    assert len(boxed.considered) == 1
    assert len(plain.considered) > 1
    assert plain.reading.amount == "2507.48"
    assert sum(math.exp(score) for _, score in plain.considered) == pytest.approx(1)


def test_a_printed_sign_is_left_out_and_names_the_currency(reader):
    image = check()
    image[170:214, 931:948] = 225
    sign = print_symbol("₹", 32, bold=True)
    part = image[176 : 176 + sign.shape[0], 890 : 890 + sign.shape[1]]
    part[:] = (part * (1 - 0.8 * sign)).astype(np.uint8)
    [trace] = traces(reader, [image])
    assert (trace.reading.amount, trace.reading.currency) == ("2507.48", "INR")
    assert "$" not in {character.character for character in trace.reading.characters}
    assert all(character.bbox[0] > 930 for character in trace.reading.characters)
    assert reader.read(check())[0].currency is None


def test_a_place_without_a_sign_has_to_be_surer(reader):
    image = check()
    [record] = reader.read(image)
    confidence = record.confidence
    calibrated = Reader.load(device="cpu")
    calibrated.thresholds = Thresholds(0.0, confidence / 2, (1 + confidence) / 2)
    assert calibrated.read(image)[0].reason == "low_confidence"
    drawn = print_symbol("$", 27)
    image[180 : 180 + drawn.shape[0], 930 : 930 + drawn.shape[1]] = (225 * (1 - 0.8 * drawn)).astype(np.uint8)
    calibrated.thresholds = Thresholds(0.0, 0.0, 1.1)
    assert calibrated.read(image)[0].decision == "accept"


def test_a_field_that_is_empty_leaves_the_word_to_others(reader):
    [trace] = traces(reader, [check(amount="")])
    assert trace.considered
    assert trace.reading.amount != "2507.48"


def test_one_by_one_and_together(reader):
    pages = [
        check(),
        check(boxed=False),
        np.full((50, 90), 255, np.uint8),
        check(boxed=False, amount="31.60"),
    ]
    together = [reading for [reading] in reader.read_batch(pages)]
    alone = [reader.read(page)[0] for page in pages]
    for one, other in zip(together, alone, strict=True):
        assert (one.text, one.bbox, one.reason) == (other.text, other.bbox, other.reason)
        assert one.confidence == pytest.approx(other.confidence, abs=1e-4)


@pytest.mark.parametrize("method", ["hos", "sdnn"])
def test_what_is_neither_check_nor_amount_is_not_read(method):
    reader = Reader.load(device="cpu", method=method, reject_below=0.0)
    letter = np.vstack([check()] * 3)
    noise = np.random.default_rng(0).integers(0, 256, (300, 300), np.uint8)
    for page in (letter, noise):
        [reading] = reader.read(page)
        assert (reading.text, reading.decision, reading.reason) == ("", "reject", "not_a_check")
        assert reading.bbox is None


def test_where_the_field_is_known_it_is_not_looked_for(tmp_path):
    page = check()
    path = tmp_path / "check.png"
    cv2.imwrite(str(path), page)
    box = (925, 165, 231, 55)
    everywhere = Reader.load(device="cpu", reject_below=0.0, bbox=box)
    by_path = Reader.load(device="cpu", reject_below=0.0, bbox={str(path): box})
    for reading in (*everywhere.read(page), *by_path.read(path)):
        assert (reading.amount, reading.bbox) == ("2507.48", box)
    [reading] = Reader.load(device="cpu", bbox=(5000, 0, 10, 10)).read(page)
    assert (reading.reason, reading.bbox) == ("field_not_found", None)


def test_a_skewed_check_is_read_and_its_skew_recorded(reader):
    matrix = cv2.getRotationMatrix2D((600, 265), 4.0, 1.0)
    askew = cv2.warpAffine(check(), matrix, (1200, 530), borderValue=225)
    [reading] = reader.read(askew)
    assert reading.amount == "2507.48"
    assert reading.quality["skew"] == 1
    middle = matrix @ np.array([1040.0, 192.0, 1.0])
    x, y, w, h = reading.bbox
    assert abs(x + w / 2 - middle[0]) < 15
    assert abs(y + h / 2 - middle[1]) < 15
    assert reader.read(check())[0].quality["skew"] == 2


def test_two_checks_on_a_sheet_are_two_records_and_one_on_its_head_is_turned(reader):
    page = np.full((1800, 1654), 255, np.uint8)
    line = (225 * (1 - 0.8 * print_micr("T021000021T 123456789U 1025", 20))).astype(np.uint8)
    for top, amount in ((100, "2507.48"), (700, "31.60")):
        drawn = check(amount=amount)
        drawn[440:] = 225
        drawn[470:490, 100 : 100 + line.shape[1]] = line
        page[top : top + 530, 200:1400] = drawn
    first, second = reader.read(page)
    assert [(one.page, one.check, one.amount) for one in (first, second)] == [
        (1, 1, "2507.48"),
        (1, 2, "31.60"),
    ]
    assert second.bbox.y - first.bbox.y == pytest.approx(600, abs=10)
    turned = reader.read(np.ascontiguousarray(page[::-1, ::-1]))
    assert {one.amount for one in turned} == {"2507.48", "31.60"}
    assert turned[0].bbox.x < 827
