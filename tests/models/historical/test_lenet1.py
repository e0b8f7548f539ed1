import pytest
import torch

from models.errors import ConfigurationError
from models.historical.lenet1 import H3_TABLE, LeNet1, LeNet1Config


def test_parameters_of_each_layer():
    model = LeNet1()
    found = {name: sum(p.numel() for p in layer.parameters()) for name, layer in model.named_children()}
    assert found == {"h1": 104, "h2": 8, "h3": 512, "h4": 24, "output": 1930}
    assert sum(found.values()) == 2578
    assert sum(map(len, H3_TABLE)) == 20


def test_rim_is_ignored():
    model = LeNet1()
    x = torch.rand(1, 1, 32, 32)
    rim = x.clone()
    rim[..., :2, :] = 1
    rim[..., -2:] = 1
    assert torch.equal(model(x), model(rim))
    inside = x.clone()
    inside[..., 3, 3] += 1
    assert not torch.equal(model(x), model(inside))


def test_classes_must_differ():
    with pytest.raises(ConfigurationError, match="different"):
        LeNet1Config(("a", "a"))
