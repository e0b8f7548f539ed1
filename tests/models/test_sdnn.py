from dataclasses import replace

import pytest
import torch

from models.errors import ConfigurationError
from models.files import describe, load_model, save_model
from models.sdnn import SDNN, SDNNConfig

SMALL = SDNNConfig(maps=(4, 6, 8, 10), refine=1, context=(1, 2))
STRIDED = replace(SMALL, strided=True)


@pytest.mark.parametrize("config", [SMALL, STRIDED])
@pytest.mark.parametrize("width", [60, 61, 63])
def test_a_row_of_log_probabilities_every_four_pixels(config, width):
    scores = SDNN(config).eval()(torch.rand(3, 2, 32, width))
    assert scores.shape == (3, 15, 17)
    assert torch.allclose(scores.exp().sum(-1), torch.ones(3, 15), atol=1e-5)


@pytest.mark.parametrize("config", [SMALL, STRIDED])
def test_receptive_field_of_a_time_step_is_bounded(config):
    network = SDNN(config).eval().double()
    line = torch.rand(1, 2, 32, 200, dtype=torch.float64, requires_grad=True)
    network(line)[0, 25].sum().backward()
    seen = line.grad.abs().sum((0, 1, 2)).nonzero()[:, 0]
    # 5x5 kernels before and after sub-sampling, 5 frames of C5, 1 + 2 + 1 frames at each side of the context
    assert seen.min() >= 100 - 4 * (2 + 1 + 3) - 6
    assert seen.max() <= 104 + 4 * (2 + 1 + 3) + 6
    assert seen.min() <= 100 <= 103 <= seen.max()


@pytest.mark.parametrize("shape", [(1, 1, 32, 40), (1, 2, 28, 40), (1, 2, 32, 3), (2, 32, 40)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="takes lines of shape"):
        SDNN(SMALL)(torch.zeros(shape))


@pytest.mark.parametrize(
    "values",
    [
        {"labels": ("1", "1")}, {"labels": ()}, {"height": 30}, {"height": 4}, {"maps": (1, 2, 3)},
        {"maps": (1, 2, 3, 0)}, {"channels": 0}, {"refine": -1}, {"context": (0,)}, {"dropout": 1.0},
    ],
)  # fmt: skip
def test_invalid_configuration_is_refused(values):
    with pytest.raises(ConfigurationError):
        SDNNConfig(**values)


@pytest.mark.parametrize("config", [SMALL, STRIDED])
def test_model_file_restores_the_network(config, tmp_path):
    network = SDNN(config).eval()
    path = tmp_path / "small.safetensors"
    save_model(path, network, describe(network, kind="reader", name="small", version="1"))
    loaded = load_model(path, kind="reader")
    line = torch.rand(1, 2, 32, 80)
    assert loaded.module.config == config
    assert torch.equal(loaded.module(line), network(line))


def test_the_default_is_small():
    assert 4 * sum(p.numel() for p in SDNN().parameters()) < 10_000_000
