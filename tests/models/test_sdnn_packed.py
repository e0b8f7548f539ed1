"""Lines side by side are read as each of them alone."""

import numpy as np
import pytest
import torch

from models import sdnn_packed
from models.sdnn import SDNN, SDNNConfig
from models.sdnn_packed import PackedSDNN


def trained(**settings):
    """A network whose running means and variances are not those of the start."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = SDNN(SDNNConfig(maps=(4, 6, 8, 10), **settings))
        network(torch.rand(6, 2, network.config.height, 64))
    return network.eval()


def lines(*widths, height=32):
    random = np.random.default_rng(0)
    return [random.integers(0, 255, (2, height, width), np.uint8) for width in widths]


@torch.inference_mode()
def alone(network, line, grid):
    width = line.shape[2]
    filled = np.pad(line, ((0, 0), (0, 0), (0, -width % grid)))
    return network(torch.from_numpy(filled)[None] / 255)[0, : -(-width // 4)]


@pytest.mark.parametrize("strided", [False, True])
@pytest.mark.parametrize("context", [(), (1,), (1, 2, 4)])
@pytest.mark.parametrize(("grid", "columns"), [(4, 4096), (32, 4096), (4, 100)])
def test_each_line_is_read_as_if_alone(strided, context, grid, columns, monkeypatch):
    monkeypatch.setattr(sdnn_packed, "COLUMNS", columns)
    network = trained(strided=strided, context=context, refine=2)
    some = lines(40, 4, 33, 200, 1, 61)
    found = list(PackedSDNN(network).scores(some, grid))
    assert len(found) == len(some)
    for line, scores in zip(some, found, strict=True):
        assert torch.allclose(scores, alone(network, line, grid), atol=1e-5)


def test_other_forms_are_packed_too():
    network = trained(height=16, refine=0, labels=("a", "b"))
    packed = PackedSDNN(network)
    [scores] = packed.scores(lines(30, height=16))
    assert packed.labels == ("a", "b")
    assert torch.allclose(scores, alone(network, *lines(30, height=16), 4), atol=1e-5)


def test_the_network_itself_stays_as_it_is():
    network = trained()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    list(PackedSDNN(network).scores(lines(40)))
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_no_lines_have_no_scores():
    assert list(PackedSDNN(trained()).scores([])) == []


def test_a_network_that_still_learns_is_refused():
    with pytest.raises(ValueError, match="evaluation mode"):
        PackedSDNN(trained().train())


def test_packed_images_have_few_widths(monkeypatch):
    widths, sweep = set(), PackedSDNN._maps
    monkeypatch.setattr(
        PackedSDNN, "_maps", lambda self, x, gaps: widths.add(x.shape[3]) or sweep(self, x, gaps)
    )
    network = PackedSDNN(trained())
    for width in range(4, 1600, 12):
        list(network.scores(lines(width)))
    assert len(widths) < 50  # of 133
