import cv2
import numpy as np
import pytest
import torch

from docreader.errors import ConfigurationError
from docreader.sdnn import Sdnn, collate, frames
from docreader.search import Answer, Step
from models.files import describe, load_model, save_model
from models.sdnn import SDNN, SDNNConfig
from segment.lines import Line, find_line

CPU = torch.device("cpu")
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
    return Line(picture, np.eye(2, 3), empty=False)


@torch.inference_mode()
def test_a_line_is_read_alone_as_among_others(tmp_path):
    method = Sdnn(loaded(tmp_path), CPU)
    lines = [line(width, width) for width in (40, 33, 200, 64, 61)]
    together = method.interpret(lines)
    for number, one in enumerate(lines):
        alone, among = method.interpret([one]), together[number]
        assert torch.equal(alone.ilabel, among.ilabel)
        assert torch.allclose(alone.weight, among.weight, atol=1e-5)


@torch.inference_mode()
def test_a_blank_line_says_nothing(tmp_path):
    blank = find_line(np.full((40, 90), 255, np.uint8))
    graph = Sdnn(loaded(tmp_path), CPU).interpret([blank, line(50)])
    assert set(graph[0].olabel.tolist()) == {-1}
    assert len(set(graph[1].olabel.tolist())) > 2


@torch.inference_mode()
def test_the_temperature_divides_scores(tmp_path):
    plain = Sdnn(loaded(tmp_path), CPU).interpret([line(36)])
    warm = Sdnn(loaded(tmp_path, calibration={"temperature": 2.0}), CPU).interpret([line(36)])
    assert torch.allclose(warm.weight.sort().values[-5:], plain.weight.sort().values[-5:] / 2, atol=1e-5)


@pytest.mark.parametrize("value", [0, -1.0, "warm", 1e9, None])
def test_a_temperature_that_makes_no_sense(tmp_path, value):
    with pytest.raises(ConfigurationError, match="calibration that makes no sense"):
        Sdnn(loaded(tmp_path, calibration={"temperature": value}), CPU)


@pytest.mark.parametrize(
    "config",
    [
        SDNNConfig(labels=tuple("0123456789"), maps=(4, 6, 8, 10)),
        SDNNConfig(channels=1, maps=(4, 6, 8, 10)),
        SDNNConfig(height=40, maps=(4, 6, 8, 10)),
    ],
)
def test_networks_that_read_something_else(tmp_path, config):
    with pytest.raises(ConfigurationError, match="train"):
        Sdnn(loaded(tmp_path, config), CPU)


def test_the_boxes_of_an_answer_hold_its_characters(tmp_path):
    image = np.full((60, 200), 230, np.uint8)
    for x in (30, 90, 150):
        cv2.rectangle(image, (x, 15), (x + 16, 45), 20, -1)
    found = find_line(image)
    back = np.linalg.inv(np.vstack([found.to_page, [0, 0, 1]]))
    path = []
    for x, character in zip((30, 90, 150), "151", strict=True):
        frame = int((back @ [x + 8, 30, 1])[0] // 4)
        path += [Step(frame, "#", -0.5), Step(frame, character, -1.0), Step(frame + 1, character, -2.0)]
        path += [Step(frame + 2, "#", 0.0)]
    segments = Sdnn(loaded(tmp_path), CPU).segments(Answer("151", 1.0, tuple(path)), found)
    assert [segment.label for segment in segments] == ["1", "5", "1"]
    assert [segment.score for segment in segments] == [-3.0] * 3
    for segment, x in zip(segments, (30, 90, 150), strict=True):
        assert segment.bbox == pytest.approx((x, 15, 17, 31), abs=3)


def test_a_batch_is_as_wide_as_it_must_be():
    pictures = [line(33).picture, line(40).picture]
    batch, lengths = collate(pictures)
    assert batch.shape == (2, 2, 32, 40)
    assert lengths.tolist() == [frames(33), frames(40)] == [9, 10]
    assert not batch[0, :, :, 33:].any()
    assert torch.equal(batch[1], torch.from_numpy(pictures[1]) / 255)
    assert collate(pictures, 64)[0].shape[3] == 64
