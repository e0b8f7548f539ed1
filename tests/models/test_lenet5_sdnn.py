import pytest
import torch

from models.errors import ConfigurationError
from models.files import describe, load_model, save_model
from models.lenet5 import LeNet5
from models.lenet5_sdnn import LeNet5Line, LeNet5SDNN, LeNet5SDNNConfig
from models.line_recognizers import packed


@pytest.mark.parametrize("width", [32, 35, 36, 103, 200])
def test_line_network_equals_lenet5_on_every_window(width):
    network = LeNet5().double().eval()
    line = torch.rand(2, 1, 32, width, dtype=torch.float64)
    swept = LeNet5Line(network)(line)
    count = (width - 32) // 4 + 1
    windows = torch.stack([network.log_posteriors(line[..., 4 * t : 4 * t + 32]) for t in range(count)], 1)
    assert swept.shape == (2, count, 11)
    assert torch.allclose(swept, windows, atol=1e-9)


def test_gradients_reach_lenet_through_the_line():
    network = LeNet5()
    LeNet5Line(network)(torch.rand(1, 1, 32, 64)).sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.c1.parameters())


@pytest.mark.parametrize("shape", [(1, 1, 32, 31), (1, 2, 32, 40), (1, 1, 28, 40), (1, 32, 40)])
def test_line_of_another_shape_is_refused(shape):
    with pytest.raises(ValueError, match="W >= 32"):
        LeNet5Line(LeNet5())(torch.zeros(shape))


@pytest.mark.parametrize("width", [4, 30, 63, 100])
def test_time_step_equals_lenet5_on_its_window(width):
    reader = LeNet5SDNN().double().eval()
    line = torch.rand(2, 2, 32, width, dtype=torch.float64)
    scores = reader(line)
    assert scores.shape == (2, width // 4, 11)
    assert torch.allclose(scores.exp().sum(-1), torch.ones(2, width // 4, dtype=torch.float64))
    around = torch.nn.functional.pad(line[:, :1], (16, 16))
    for t in range(width // 4):
        middle = 16 + 4 * t + 2  # between the second and the third of the frame's pixels
        window = around[..., middle - 16 : middle + 16]
        assert torch.allclose(scores[:, t], reader.recognizer.log_posteriors(window), atol=1e-9)


def test_the_image_itself_is_not_read():
    reader = LeNet5SDNN().eval()
    line = torch.rand(1, 2, 32, 60)
    other = torch.stack([line[:, 0], torch.rand(1, 32, 60)], 1)
    assert torch.equal(reader(line), reader(other))


def test_as_many_weights_as_lenet_has():
    assert sum(p.numel() for p in LeNet5SDNN().parameters() if p.requires_grad) == 60_000


def test_lines_of_any_widths_are_read_together_as_alone():
    reader = LeNet5SDNN()
    with pytest.raises(ValueError, match="evaluation mode"):
        packed(reader)
    reading = packed(reader.eval())
    lines = [torch.randint(0, 256, (2, 32, width), dtype=torch.uint8) for width in (40, 33, 200, 64)]
    found = list(reading.scores([line.numpy() for line in lines], 32))
    for line, scores in zip(lines, found, strict=True):
        filled = torch.nn.functional.pad(line, (0, -line.shape[2] % 4))
        assert torch.allclose(scores, reader(filled[None] / 255)[0], atol=1e-5)


@pytest.mark.parametrize("shape", [(1, 1, 32, 40), (1, 2, 28, 40), (1, 2, 32, 3), (2, 32, 40)])
def test_the_reader_refuses_other_shapes(shape):
    with pytest.raises(ValueError, match="takes lines of shape"):
        LeNet5SDNN()(torch.zeros(shape))


def test_settings_are_those_of_lenet():
    with pytest.raises(ConfigurationError, match="scale"):
        LeNet5SDNNConfig(scale=0.0)


def test_model_file_restores_the_scores(tmp_path):
    reader = LeNet5SDNN(LeNet5SDNNConfig(tuple("01"), 40.0)).eval()
    path = tmp_path / "reader.safetensors"
    save_model(path, reader, describe(reader, kind="reader", name="reader", version="1"))
    loaded = load_model(path, kind="reader")
    line = torch.rand(1, 2, 32, 80)
    assert loaded.module.config == reader.config
    assert torch.equal(loaded.module(line), reader(line))
