"""Two readers together: products of posteriors, and the second used only below the threshold of the first."""

import cv2
import numpy as np
import pytest
import torch

from docreader.decoding import alphabet
from docreader.decoding.grammar import load_grammar
from docreader.decoding.search import Hypothesis
from docreader.errors import ConfigurationError
from docreader.pipeline.reader import Reader
from docreader.recognition.ensemble import multiply_posteriors
from docreader.recognition.registry import load_recognizer
from models.ensemble_file import EnsembleConfig, save_ensemble
from models.files import describe, save_model
from models.sdnn import SDNN, SDNNConfig
from models.segment_scorer import SegmentScorer, SegmentScorerConfig
from segment.oversegmentation.graph import FEATURES

DIGITS = load_grammar("digits")


def answers(**posteriors):
    return [Hypothesis(text[1:], value, ()) for text, value in posteriors.items()]


def test_posteriors_are_multiplied():
    one, other = answers(_15=0.6, _16=0.3), answers(_16=0.7, _15=0.2)
    found = multiply_posteriors((one, other), (1.0, 1.0), DIGITS, 5)
    total = 0.6 * 0.2 + 0.3 * 0.7 + 0.1 * 0.1
    assert [answer.text for answer in found] == ["16", "15"]
    assert found[0].posterior == pytest.approx(0.21 / total)
    assert found[1].posterior == pytest.approx(0.12 / total)


def test_exponents_weigh():
    one, other = answers(_15=0.6, _16=0.3), answers(_16=0.7, _15=0.2)
    assert multiply_posteriors((one, other), (1.0, 0.1), DIGITS, 5)[0].text == "15"
    assert multiply_posteriors((one, other), (0.1, 1.0), DIGITS, 5)[0].text == "16"


def test_what_one_reader_does_not_list_is_not_impossible():
    found = multiply_posteriors((answers(_7=0.9), answers(_1=0.6)), (1.0, 1.0), DIGITS, 5)
    assert [answer.text for answer in found] == ["7", "1"]
    assert found[0].posterior < 0.9
    assert len(multiply_posteriors((answers(_7=0.9), answers(_1=0.6)), (1.0, 1.0), DIGITS, 1)) == 1


def test_spellings_of_one_amount_are_one_answer():
    grammar = load_grammar("amount")
    found = multiply_posteriors(
        ([Hypothesis("1,500", 0.6, ())], [Hypothesis("1500", 0.5, ())]), (1.0, 1.0), grammar, 5
    )
    assert [answer.text for answer in found] == ["1,500"]
    assert found[0].posterior > 0.5


@pytest.mark.parametrize("lists", [([], []), (answers(_1=1.0), []), ([], answers(_1=0.4))])
def test_readers_without_hypotheses(lists):
    found = multiply_posteriors(lists, (0.7, 0.7), DIGITS, 5)
    assert len(found) == sum(map(len, lists))
    assert all(0 <= answer.posterior <= 1 for answer in found)


@pytest.fixture
def pair(tmp_path):
    """A function that makes a pair of small random readers; its path."""
    torch.manual_seed(2)
    pieces = SegmentScorer(SegmentScorerConfig(tuple(alphabet.DIGITS), FEATURES, maps=(2, 3, 8, 6)))
    for name, network in (("a", SDNN(SDNNConfig(maps=(2, 2, 4, 4)))), ("b", pieces)):
        model = describe(network, kind="reader", name=name, version="1")
        save_model(tmp_path / f"{name}.safetensors", network, model)

    def make(sure, first="a", second="b"):
        thresholds = {"0.01": [0.9, 10, 0, 0.3]}
        files = (f"{first}.safetensors", f"{second}.safetensors")
        setting = EnsembleConfig("mine", "3", *files, (0.7, 0.7), sure, {"thresholds": thresholds})
        save_ensemble(tmp_path / "both.json", setting)
        return tmp_path / "both.json"

    return make


def picture(text="270"):
    image = np.full((60, 40 + 30 * len(text)), 235, np.uint8)
    cv2.putText(image, text, (15, 45), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 20, 3)
    return image


def test_an_ensemble_reads_and_names_itself(pair):
    reader = Reader.load(model=pair(1.0), grammar="digits")
    [reading] = reader.read(picture(), field="amount")
    assert (reading.method, reading.model.name, reading.model.version) == ("ensemble", "mine", "3")
    assert reader.thresholds.amount == 0.9
    assert reading.characters or not reading.text
    [blank] = reader.read(np.full((50, 120), 255, np.uint8), field="amount")
    assert blank.reason == "blank"


def test_the_second_is_asked_only_where_the_first_is_unsure(pair):
    images = [picture("270"), picture("1"), picture("88")]
    first = Reader.load(model=pair(1.0).parent / "a.safetensors", grammar="digits", n_best=5)
    never = Reader.load(model=pair(0.0), grammar="digits", n_best=5)
    always = Reader.load(model=pair(1.0), grammar="digits", n_best=5)
    deferred = []
    for reader in (never, always):
        second = reader.recognizer.second
        score = second.score
        second.score = lambda fields, score=score: deferred.append(len(fields)) or score(fields)

    def read(reader):
        records = [record for [record] in reader.read_batch(images)]
        return [record.text for record in records], [record.confidence for record in records]

    texts, confidences = read(first)
    assert read(never) == (texts, pytest.approx(confidences, abs=1e-5))
    assert deferred == []
    joined, sure = read(always)
    assert deferred == [3]
    assert sure != pytest.approx(confidences, abs=1e-3)
    one = Reader.load(model=pair(1.0), grammar="digits", n_best=1)
    assert read(one) == (joined, pytest.approx(sure, abs=1e-5))


def test_pairs_and_methods_that_do_not_fit(pair):
    cpu = torch.device("cpu")
    with pytest.raises(ConfigurationError, match="reads by ensemble, not by hos"):
        load_recognizer(pair(1.0), "hos", cpu)
    with pytest.raises(ConfigurationError, match="then one that reads by hos"):
        load_recognizer(pair(1.0, "b", "a"), None, cpu)
