import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from docreader.errors import CalibrationError, ConfigurationError, GrammarError, GraphTooLargeError
from docreader.io.records import ErrorRecord, Reading
from docreader.pipeline.reader import Reader
from models.errors import ModelFileError
from models.files import default_model_path
from segment.errors import SegmentError
from segment.io.pages import Limits


def written(text: str, *, thickness: int = 4) -> np.ndarray:
    image = np.full((70, 60 + 40 * len(text)), 225, np.uint8)
    cv2.putText(image, text, (20, 55), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 40, thickness, cv2.LINE_AA)
    return image


def assert_alike(found: list, expected: list) -> None:
    """The same decisions; confidences up to the rounding of other batches, threads and cores."""
    for ones, others in zip(found, expected, strict=True):
        for one, other in zip(ones, others, strict=True):
            assert (one.text, one.decision, one.reason) == (other.text, other.decision, other.reason)
            assert one.confidence == pytest.approx(other.confidence, abs=1e-4)
            assert [c.bbox for c in one.characters] == [c.bbox for c in other.characters]


@pytest.fixture(scope="module", params=["hos", "sdnn"])
def reader(request) -> Reader:
    return Reader.load(grammar="digits", field="amount", device="cpu", reject_below=0.0, method=request.param)


@pytest.mark.parametrize("text", ["2", "2035", "74"])
def test_plain_digits_are_read(reader, text):
    [reading] = reader.read(written(text))
    assert reading.text == text
    assert reading.method == reader.recognizer.name
    assert reading.bbox == (0, 0, 60 + 40 * len(text), 70)
    assert [one.character for one in reading.characters if one.character.isdigit()] == list(text)
    lefts = [one.bbox[0] for one in reading.characters]
    assert lefts == sorted(lefts)
    assert reading.model.sha256 == reader.model.sha256


def test_alternatives_are_other_texts_in_falling_order(reader):
    [reading] = reader.read(cv2.GaussianBlur(written("7171"), (0, 0), 6))  # blurred: in doubt
    confidences = [reading.confidence, *(other.confidence for other in reading.alternatives)]
    texts = [reading.text, *(other.text for other in reading.alternatives)]
    assert (
        1 < len(texts) == len(set(texts)) <= reader.config.n_best
    )  # what is nearly impossible is not searched
    assert confidences == sorted(confidences, reverse=True)
    assert 0 < sum(confidences) <= 1 + 1e-4


def test_a_batch_gives_what_singles_give(reader):
    images = [written(text) for text in ("2035", "1", "7474747474", "55")]
    images.insert(2, np.full((30, 30), 255, np.uint8))
    together = reader.read_batch(images)
    assert_alike(together, [reader.read_batch([image])[0] for image in images])


@pytest.mark.parametrize("shape", [(1, 1), (40, 120), (3, 900)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_what_holds_no_ink_is_rejected_as_blank(reader, shape, level):
    [reading] = reader.read(np.full(shape, level, np.uint8))
    assert (reading.text, reading.amount, reading.decision, reading.reason) == ("", None, "reject", "blank")
    assert reading.confidence == 0


def test_the_threshold_decides(reader):
    [reading] = reader.read(written("7171"))
    name = reader.recognizer.name
    strict = Reader.load(grammar="digits", field="amount", device="cpu", reject_below=1.0, method=name)
    [refused] = strict.read(written("7171"))
    assert reading.accepted
    assert refused.text == reading.text
    assert (refused.decision, refused.reason) == ("reject", "low_confidence")


def test_no_reading_is_outside_its_grammar():
    rng = np.random.default_rng(7)
    forms = {"usd": r"\d+(\.\d\d)?|\d{1,3}(,\d{3})+(\.\d\d)?", "clp": r"\d+|\d{1,3}(,\d{3})+"}
    images = [rng.integers(0, 256, (40, 120), np.uint8) for _ in range(4)]
    images += [written("12.50", thickness=t) for t in (2, 5)] + [written("1.234-"), written(".-.-")]
    for grammar, form in forms.items():
        reader = Reader.load(grammar=grammar, field="amount", device="cpu", reject_below=0.0)
        for [reading] in reader.read_batch(images):
            assert isinstance(reading, Reading)
            for text in (reading.text, *(other.text for other in reading.alternatives)):
                assert text == "" or re.fullmatch(form, text)
            assert (reading.text == "") == (reading.reason in ("blank", "no_valid_amount"))
            assert reading.currency == (None if reading.text == "" else grammar.upper())


def test_what_cannot_be_read_is_a_record_and_hides_nothing(reader, tmp_path):
    good, broken = tmp_path / "good.png", tmp_path / "broken.png"
    Image.fromarray(written("74")).save(good)
    broken.write_bytes(good.read_bytes()[:100])
    missing = tmp_path / "missing.png"
    first, second, third, fourth = reader.read_batch([good, broken, missing, str(good)])
    assert first[0].text == fourth[0].text == "74"
    for [record], path in ((second, broken), (third, missing)):
        assert isinstance(record, ErrorRecord)
        assert record.file == str(path)
        assert str(path) in record.error.message
    with pytest.raises(SegmentError, match=r"missing\.png"):
        reader.read(missing)


def test_every_page_of_a_tiff_is_read(reader, tmp_path):
    file = tmp_path / "pages.tif"
    first, *rest = [Image.fromarray(written(text)) for text in ("74", "2", "2035")]
    first.save(file, save_all=True, append_images=rest)
    assert [(reading.page, reading.text) for reading in reader.read(file)] == [
        (1, "74"),
        (2, "2"),
        (3, "2035"),
    ]


def test_limits_hold(tmp_path):
    reader = Reader.load(grammar="digits", field="amount", device="cpu", limits=Limits(max_pixels=100))
    [[record]] = reader.read_batch([written("74")])
    assert isinstance(record, ErrorRecord)
    assert "max-pixels" in record.error.message


def test_a_graph_that_is_too_large_is_an_error_of_its_page_alone(reader):
    sources = [written("2035"), written("74"), np.full((50, 120), 255, np.uint8), written("2")]
    found = reader.read_batch(sources)
    before_config = reader.config
    try:
        for most in range(100, 0, -5):  # how large a graph is depends on what the network leaves open
            reader.config = replace(before_config, max_arcs=most)
            again = reader.read_batch(sources)
            failed = [record for [record] in again if isinstance(record, ErrorRecord)]
            if failed:
                break
        assert 0 < len(failed) < 3
        assert {(record.page, record.error.type) for record in failed} == {(1, "GraphTooLargeError")}
        assert "--max-arcs" in failed[0].error.message
        for [before], [after] in zip(found, again, strict=True):
            assert isinstance(after, ErrorRecord) or after.text == before.text
        reader.config = replace(before_config, max_arcs=1)
        with pytest.raises(GraphTooLargeError, match="more than 1 arcs"):
            reader.read(sources[0])
    finally:
        reader.config = before_config


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"field": "cheque"}, ConfigurationError),
        ({"method": "neither"}, ConfigurationError),
        ({"n_best": 0}, ConfigurationError),
        ({"reject_below": 1.5}, ConfigurationError),
        ({"device": "abacus"}, ConfigurationError),
        ({"grammar": "pounds"}, GrammarError),
        ({"target_error": 0.01, "model": default_model_path()}, CalibrationError),
        ({"model": "/no/such/model.safetensors"}, ModelFileError),
    ],
)
def test_arguments_that_cannot_be_used(arguments, error):
    with pytest.raises(error, match=re.escape(str(next(iter(arguments.values()))))):
        Reader.load(**arguments)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has CUDA")
def test_cuda_where_there_is_none():
    with pytest.raises(ConfigurationError, match="cuda:3"):
        Reader.load(device="cuda:3")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_cuda_reads_what_the_cpu_reads(reader):
    method = reader.recognizer.name
    on_cuda = Reader.load(grammar="digits", field="amount", device="cuda", reject_below=0.0, method=method)
    for text in ("74", "2035"):
        [here], [there] = reader.read(written(text)), on_cuda.read(written(text))
        assert here.text == there.text
        assert here.confidence == pytest.approx(there.confidence, abs=1e-3)


def test_what_is_searched_at_once_does_not_change_answers(reader, monkeypatch):
    images = [written(text) for text in ("74", "2", "2035")]
    together = reader.read_batch(images)
    monkeypatch.setattr("docreader.recognition.cascade.MAX_BATCH_ARCS", 1)
    assert_alike(reader.read_batch(images), together)


def test_many_pages_are_read_in_parts_and_in_order(reader, tmp_path, monkeypatch):
    file = tmp_path / "pages.tif"
    pages = [Image.fromarray(written(text)) for text in ("74", "2", "2035", "1", "55")]
    pages[0].save(file, save_all=True, append_images=pages[1:])
    sources = [file, written("2"), tmp_path / "missing.png", file]
    whole = reader.read_batch(sources)
    monkeypatch.setattr("docreader.pipeline.reader.MAX_BATCH_PIXELS", 20_000)  # two pages or so
    parts = reader.read_batch(sources)
    assert [[record.page for record in records] for records in parts] == [
        [1, 2, 3, 4, 5],
        [1],
        [None],
        [1, 2, 3, 4, 5],
    ]
    for one, other in zip(whole, parts, strict=True):
        assert [getattr(record, "text", None) for record in one] == [
            getattr(record, "text", None) for record in other
        ]


def test_threads_share_a_reader(reader):
    images = [written(text) for text in ("2035", "1", "747", "55", "80", "69")]
    alone = [reader.read(image) for image in images]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(reader.read, images * 4))
    assert_alike(together, alone * 4)
