"""Field candidates of a page as parallel branches of one lattice."""

import math
from pathlib import Path

import cv2
import numpy as np
import pytest

import gtn
from docreader.decoding.grammar import load_grammar
from docreader.decoding.lattice import Lattice
from docreader.decoding.search import best_hypotheses
from docreader.pipeline.assemble import ReadingTrace
from docreader.pipeline.reader import Reader
from models.errors import ModelKindError, ModelNotFoundError
from models.files import default_locator_path, default_reader_path
from segment.image.box import Box

SAMPLES = Path(__file__).parents[3] / "samples" / "images"

AMOUNTS = {"us-business-7": "2963.00", "india-1": "24273", "chile-7": "3700"}
FIELDS = {"us-business-7": (877, 169, 231, 60), "india-1": (850, 217, 295, 55), "chile-7": (763, 18, 350, 68)}
"""Amounts of whole checks of the samples, and the boxes of their fields."""


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


def sample(name: str) -> np.ndarray:
    """A whole check of the samples."""
    image = cv2.imread(str(SAMPLES / f"check-{name}-000000.jpg"), cv2.IMREAD_GRAYSCALE)
    assert image is not None
    return image


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.load(device="cpu", reject_below=0.0)


def trace_of(reader: Reader, page: np.ndarray) -> ReadingTrace:
    """The reading of a page with its diagnostics."""
    [(_, trace)] = reader.read_with_trace([page], diagnostics=True)
    assert isinstance(trace, ReadingTrace)
    return trace


@pytest.mark.parametrize(("name", "amount"), list(AMOUNTS.items()))
def test_the_field_that_won_is_reported(reader, name, amount):
    trace = trace_of(reader, sample(name))
    reading = trace.reading
    assert reading.amount == amount
    x, y, w, h = FIELDS[name]
    assert Box(*reading.bbox).intersect((x, y, w, h)).w > 0.8 * w
    for character in reading.characters:
        a, b, c, d = character.bbox
        assert reading.bbox.x <= a
        assert a + c <= reading.bbox.right + 1
        assert reading.bbox.y <= b
        assert b + d <= reading.bbox.bottom + 1
    assert sum(math.exp(score) for _, score in trace.considered) == pytest.approx(1)


def test_a_field_that_is_empty_leaves_the_word_to_none(reader):
    page = sample("us-business-7")
    x, y, w, h = FIELDS["us-business-7"]
    page[y + 6 : y + h - 6, x + 6 : x + w - 6] = np.median(page[y : y + h, x : x + w])
    reading = Reader.load(device="cpu").read(page)[0]
    assert (reading.decision, reading.amount == AMOUNTS["us-business-7"]) == ("reject", False)


def test_one_by_one_and_together(reader):
    pages = [sample("india-1"), np.full((50, 90), 255, np.uint8), sample("chile-7")]
    together = [reading for [reading] in reader.read_batch(pages)]
    alone = [reader.read(page)[0] for page in pages]
    for one, other in zip(together, alone, strict=True):
        assert (one.text, one.bbox, one.reason) == (other.text, other.bbox, other.reason)
        assert one.confidence == pytest.approx(other.confidence, abs=1e-4)


@pytest.mark.parametrize("method", ["hos", "sdnn"])
def test_what_is_neither_check_nor_amount_is_not_read(method):
    reader = Reader.load(device="cpu", method=method, reject_below=0.0)
    letter = np.full((2339, 1654), 255, np.uint8)
    for line in range(40):
        words = "It was the best of times, it was the worst of times"[line % 9 :]
        cv2.putText(letter, words, (150, 200 + 45 * line), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 30, 2)
    noise = np.random.default_rng(0).integers(0, 256, (300, 300), np.uint8)
    for page in (letter, noise):
        [reading] = reader.read(page)
        assert (reading.text, reading.decision, reading.reason) == ("", "reject", "not_a_check")
        assert reading.bbox is None


def test_where_the_field_is_known_it_is_not_looked_for(tmp_path):
    page, box = sample("us-business-7"), FIELDS["us-business-7"]
    path = tmp_path / "check.png"
    cv2.imwrite(str(path), page)
    everywhere = Reader.load(device="cpu", reject_below=0.0, bbox=box)
    by_path = Reader.load(device="cpu", reject_below=0.0, bbox={str(path): box})
    for reading in (*everywhere.read(page), *by_path.read(path)):
        assert (reading.amount, reading.bbox) == (AMOUNTS["us-business-7"], box)
    [reading] = Reader.load(device="cpu", bbox=(5000, 0, 10, 10)).read(page)
    assert (reading.reason, reading.bbox) == ("field_not_found", None)


def test_a_skewed_check_is_read_and_its_skew_recorded(reader):
    page = sample("us-business-7")
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 4.0, 1.0)
    askew = cv2.warpAffine(page, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    [reading] = reader.read(askew)
    assert reading.amount == AMOUNTS["us-business-7"]
    assert reading.quality["skew"] == 1
    x, y, w, h = FIELDS["us-business-7"]
    middle = matrix @ np.array([x + w / 2, y + h / 2, 1.0])
    x, y, w, h = reading.bbox
    assert abs(x + w / 2 - middle[0]) < 30
    assert abs(y + h / 2 - middle[1]) < 20


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_check_is_read(reader, turns):
    [reading] = reader.read(np.ascontiguousarray(np.rot90(sample("us-business-7"), turns)))
    assert reading.amount == AMOUNTS["us-business-7"]


def test_two_checks_on_a_sheet_are_two_records(reader):
    first, second = sample("us-business-7"), sample("india-1")
    page = np.full((first.shape[0] + second.shape[0] + 400, 1500), 255, np.uint8)
    below = first.shape[0] + 300
    page[100 : 100 + first.shape[0], 120 : 120 + first.shape[1]] = first
    page[below : below + second.shape[0], 90 : 90 + second.shape[1]] = second
    found = reader.read(page)
    assert [(one.page, one.check, one.amount) for one in found] == [
        (1, 1, AMOUNTS["us-business-7"]),
        (1, 2, AMOUNTS["india-1"]),
    ]
    turned = reader.read(np.ascontiguousarray(page[::-1, ::-1]))
    assert [one.amount for one in turned] == [AMOUNTS["india-1"], AMOUNTS["us-business-7"]]


def test_the_locator_may_be_of_another_file(tmp_path):
    copy = tmp_path / "locator.safetensors"
    copy.write_bytes(default_locator_path().read_bytes())
    [reading] = Reader.load(device="cpu", reject_below=0.0, locator=copy).read(sample("chile-7"))
    assert reading.amount == AMOUNTS["chile-7"]
    with pytest.raises(ModelNotFoundError):
        Reader.load(locator=tmp_path / "none.safetensors")
    with pytest.raises(ModelKindError):
        Reader.load(locator=default_reader_path())
