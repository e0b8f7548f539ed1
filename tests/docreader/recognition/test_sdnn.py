import cv2
import numpy as np
import pytest
import torch

from docreader.decoding import alphabet
from docreader.decoding.grammar import load_grammar
from docreader.decoding.search import Hypothesis, PathArc, best_hypotheses
from docreader.errors import ConfigurationError
from docreader.recognition.line_views import LineViews, make_line_views
from docreader.recognition.sdnn import SdnnRecognizer, collate, score_padded, time_steps
from models.files import describe, load_model, save_model
from models.sdnn import SDNN, SDNNConfig
from models.sdnn_packed import PackedSDNN
from segment.image.transform import Transform
from segment.line_image import LineConfig, LineImage

CPU = torch.device("cpu")
TWO = (LineConfig(), LineConfig(stretch=1.8))
SMALL = SDNNConfig(maps=(4, 6, 8, 10), refine=0, context=(1,))


def loaded(folder, config=SMALL, calibration=None):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = SDNN(config)
    path = folder / "small.safetensors"
    save_model(
        path, network, describe(network, kind="reader", name="small", version="1", calibration=calibration)
    )
    return load_model(path, kind="reader")


def line(width, seed=0):
    picture = np.random.default_rng(seed).integers(0, 255, (2, 32, width)).astype(np.uint8)
    return LineImage(picture, Transform.identity(), empty=False)


@torch.inference_mode()
def test_a_line_is_read_alone_as_among_others(tmp_path):
    method = SdnnRecognizer(loaded(tmp_path), CPU, TWO)
    lines = [line(width, width) for width in (40, 33, 200, 64, 61)]
    together = method.score([LineViews(one) for one in lines]).graph
    for number, one in enumerate(lines):
        alone, among = method.score([LineViews(one)]).graph, together[number]
        assert torch.equal(alone.ilabel, among.ilabel)
        assert torch.allclose(alone.weight, among.weight, atol=1e-5)


@torch.inference_mode()
def test_a_blank_line_has_no_characters(tmp_path):
    blank = make_line_views(np.full((40, 90), 255, np.uint8), TWO)
    graph = SdnnRecognizer(loaded(tmp_path), CPU, TWO).score([blank, LineViews(line(50))]).graph
    assert set(graph[0].olabel.tolist()) == {-1}
    assert len(set(graph[1].olabel.tolist())) > 2


@torch.inference_mode()
def test_the_temperature_divides_scores(tmp_path):
    field = LineViews(line(36))
    plain = SdnnRecognizer(loaded(tmp_path), CPU).score([field]).graph
    warm = SdnnRecognizer(loaded(tmp_path, calibration={"temperature": 2.0}), CPU).score([field]).graph
    assert torch.allclose(warm.weight.sort().values[-5:], plain.weight.sort().values[-5:] / 2, atol=1e-5)


@pytest.mark.parametrize("value", [0, -1.0, "warm", 1e9, None])
def test_a_temperature_that_makes_no_sense(tmp_path, value):
    with pytest.raises(ConfigurationError, match="calibration that makes no sense"):
        SdnnRecognizer(loaded(tmp_path, calibration={"temperature": value}), CPU)


@pytest.mark.parametrize(
    "config",
    [
        SDNNConfig(labels=tuple("0123456789-."), maps=(4, 6, 8, 10)),
        SDNNConfig(channels=1, maps=(4, 6, 8, 10)),
        SDNNConfig(height=40, maps=(4, 6, 8, 10)),
    ],
)
def test_networks_that_read_something_else(tmp_path, config):
    with pytest.raises(ConfigurationError, match="train"):
        SdnnRecognizer(loaded(tmp_path, config), CPU)


def test_the_boxes_of_an_answer_hold_its_characters(tmp_path):
    image = np.full((60, 200), 230, np.uint8)
    for x in (30, 90, 150):
        cv2.rectangle(image, (x, 15), (x + 16, 45), 20, -1)
    found = make_line_views(image, TWO)
    method = SdnnRecognizer(loaded(tmp_path), CPU, TWO)
    for stage, view in ((0, 0), (1, 0), (1, 1)):
        line = found.lines[view]
        back = np.linalg.inv(line.to_source.matrix)
        path = []
        for x, character in zip((30, 90, 150), "151", strict=True):
            frame = int((back @ [x + 8, 30, 1])[0] // 4)
            arcs = [
                (frame, "#", -0.5),
                (frame, character, -1.0),
                (frame + 1, character, -2.0),
                (frame + 2, "#", 0.0),
            ]
            path += [PathArc(0, view, at, what, score) for at, what, score in arcs]
        segments = method.characters(Hypothesis("151", 1.0, tuple(path), stage), found)
        assert [segment.character for segment in segments] == ["1", "5", "1"]
        assert [segment.score for segment in segments] == [-3.0] * 3
        for segment, x in zip(segments, (30, 90, 150), strict=True):
            assert segment.bbox == pytest.approx((x, 15, 17, 31), abs=3)
    assert method.characters(Hypothesis("", 1.0, ()), found) == []


def test_a_view_has_the_configured_width():
    image = np.full((60, 200), 230, np.uint8)
    for x in (20, 80, 140):
        cv2.rectangle(image, (x, 15), (x + 16, 45), 20, -1)
    one, other = (view.pixels.shape[2] for view in make_line_views(image, TWO).lines)
    assert other / one == pytest.approx(TWO[1].stretch / TWO[0].stretch, abs=0.03)


@torch.inference_mode()
def test_behind_the_end_of_a_line_is_no_character(tmp_path):
    scores, lengths = score_padded(PackedSDNN(loaded(tmp_path).module), [line(40).pixels, line(80).pixels])
    assert lengths.tolist() == [10, 20]
    assert (scores[0, 10:].exp()[:, -1] == 1.0).all()
    assert torch.allclose(scores.exp().sum(-1), torch.ones(2, 20), atol=1e-5)


@torch.inference_mode()
def test_a_network_of_fewer_characters_scores_those_alone(tmp_path):
    few = SDNNConfig(labels=tuple("0123456789.$"), maps=(4, 6, 8, 10), refine=0, context=())
    model = loaded(tmp_path, few)
    scores, _ = score_padded(PackedSDNN(model.module), [line(40).pixels, line(80).pixels])
    characters = [
        c
        for c, best in zip(alphabet.INPUT_SYMBOLS, scores.amax((0, 1)).tolist(), strict=True)
        if best > -torch.inf
    ]
    assert "".join(characters) == "0123456789.$#"
    assert torch.allclose(scores.exp().sum(-1), torch.ones(2, 20), atol=1e-5)
    graph = SdnnRecognizer(model, CPU).score([LineViews(line(40))]).graph
    assert set(alphabet.decode(graph.olabel.tolist())) <= set("0123456789.$")


def test_a_batch_is_as_wide_as_it_must_be():
    pictures = [line(33).pixels, line(40).pixels]
    batch, lengths = collate(pictures)
    assert batch.shape == (2, 2, 32, 40)
    assert lengths.tolist() == [time_steps(33), time_steps(40)] == [9, 10]
    assert not batch[0, :, :, 33:].any()
    assert torch.equal(batch[1], torch.from_numpy(pictures[1]) / 255)


@torch.inference_mode()
def test_the_second_pass_unites_all_views(tmp_path):
    method = SdnnRecognizer(loaded(tmp_path), CPU, TWO)
    field = LineViews(line(40), lambda: (line(60),))
    assert len(method.defer_below) == 1
    assert method.score([field]).origin.tolist() == [[0, 0, step] for step in range(10)]
    both = method.score([field], 1)
    again = method.score([LineViews(line(40), lambda: (line(60),))], 1)
    assert torch.equal(both.graph.payload, again.graph.payload)
    assert torch.allclose(both.graph.weight, again.graph.weight, atol=1e-5)  # one by one, and side by side
    assert both.origin.tolist() == [
        *([0, 0, step] for step in range(10)),
        *([0, 1, step] for step in range(15)),
    ]
    assert both.graph.payload.max() == 24
    assert SdnnRecognizer(loaded(tmp_path), CPU, TWO[:1]).defer_below == ()


@torch.inference_mode()
def test_the_share_of_amounts_after_the_second_pass_is_the_mean_of_the_views(tmp_path):
    method, grammar = SdnnRecognizer(loaded(tmp_path), CPU, TWO), load_grammar("digits")
    first, second = (LineViews(line(width), lambda: (line(60),)) for width in (40, 60))
    single = [best_hypotheses(method.score([one]), grammar, 1)[0][0].no_amount for one in (first, second)]
    [[both]] = best_hypotheses(method.score([first], 1), grammar, 1)
    assert both.no_amount == pytest.approx(sum(single) / 2, abs=1e-4)
    assert method.least_share(1, 0.9) == pytest.approx(0.8)
    method.temperature = 1.5
    assert method.least_share(1, 0.9) == 0.0


@torch.inference_mode()
def test_no_line_is_swept_over_twice_by_one_network(tmp_path, monkeypatch):
    swept = []
    scores = PackedSDNN.scores
    monkeypatch.setattr(
        PackedSDNN, "scores", lambda self, lines, grid: swept.extend(lines) or scores(self, lines, grid)
    )
    first, second = line(40), line(60)
    field = LineViews(first, lambda: (second,))
    method = SdnnRecognizer(loaded(tmp_path), CPU, TWO)
    method.score([field])
    method.score([field], 1)
    assert [id(picture) for picture in swept] == [id(first.pixels), id(second.pixels)]
    SdnnRecognizer(loaded(tmp_path), CPU, TWO).score([field])
    assert len(swept) == 3
