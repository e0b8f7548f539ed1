from dataclasses import replace

import pytest
import torch

from models.errors import ConfigurationError
from models.lenet import LeNet, LeNetConfig


@pytest.mark.parametrize("normalization", ["none", "batch", "pooled"])
@pytest.mark.parametrize("channels", [1, 2])
def test_log_posteriors_sum_to_one(channels, normalization):
    network = LeNet(LeNetConfig(channels=channels, maps=(2, 3, 8, 6), normalization=normalization)).eval()
    found = network(torch.rand(4, channels, 32, 32))
    assert found.shape == (4, 11)
    assert torch.allclose(found.exp().sum(1), torch.ones(4))


def test_network_learns_to_distinguish_bars_and_squares():
    torch.manual_seed(1)
    network = LeNet(LeNetConfig(labels=("0", "1"), maps=(2, 3, 8, 6), dropout=0.0))
    pictures, truth = torch.zeros(16, 1, 32, 32), torch.arange(16) % 2
    pictures[truth == 1, :, 6:26, 15:18] = 1
    pictures[truth == 0, :, 10:22, 10:22] = 1
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    for _ in range(25):
        optimizer.zero_grad()
        torch.nn.functional.nll_loss(network(pictures), truth).backward()
        optimizer.step()
    assert (network.eval()(pictures).argmax(1) == truth).all()


def test_pooling_commutes_with_relu():
    settings = LeNetConfig(maps=(2, 3, 8, 6), dropout=0.0)
    one, other = LeNet(settings).eval(), LeNet(replace(settings, normalization="pooled")).eval()
    other.load_state_dict(one.state_dict())
    pictures = torch.rand(3, 1, 32, 32)
    assert torch.allclose(one(pictures), other(pictures), atol=1e-5)


@pytest.mark.parametrize("shape", [(1, 28, 28), (2, 32, 32), (32, 32)])
def test_image_of_another_shape_is_refused(shape):
    with pytest.raises(ValueError, match="takes images of shape"):
        LeNet()(torch.zeros(1, *shape))


@pytest.mark.parametrize(
    "values",
    [{"labels": ()}, {"labels": ("1", "1")}, {"channels": 0}, {"maps": (1, 2, 3)}, {"maps": (0, 1, 1, 1)},
     {"normalization": "layer"}, {"dropout": 1.0}],
)  # fmt: skip
def test_invalid_configuration_is_refused(values):
    with pytest.raises(ConfigurationError):
        LeNetConfig(**values)
