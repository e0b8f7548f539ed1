"""Two-column AlexNet of 2012: model parallelism over two devices (AlexNet12 fig. 2)."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.alexnet import AlexNet, LocalResponseNorm
from models.errors import ConfigurationError


class TwoColumnAlexNet(nn.Module):
    """`AlexNet` of the form 2012 with half of the maps and units on each of two devices.

    The devices exchange values before conv3, fc6, fc7 and fc8 alone. Both may be the same device. Each column draws its
    own dropout.

    Args:
        whole: Network to split; its weights are copied.
        devices: Devices of the two columns.

    Raises:
        ConfigurationError: The network has no two groups, or the devices are not two.
    """

    def __init__(self, whole: AlexNet, devices: Sequence[str | torch.device]) -> None:
        super().__init__()
        if whole.config.form != "2012":
            raise ConfigurationError(f"the form {whole.config.form!r} has one column: only '2012' has two")
        if len(devices) != 2:
            raise ConfigurationError(f"two columns need two devices, not {len(devices)}")
        self.config = whole.config
        self.devices = tuple(torch.device(device) for device in devices)
        self.columns = nn.ModuleList(
            nn.ModuleDict(_column(whole, number)).to(device) for number, device in enumerate(self.devices)
        )
        self.fc8 = nn.Linear(4096, len(whole.config.labels)).to(self.devices[0])
        self.fc8.load_state_dict(whole.fc8.state_dict())
        self.dropout = nn.Dropout(whole.config.dropout)

    def forward(self, images: Tensor) -> Tensor:
        """Compute the scores (N, classes) of images (N, 3, size, size), on the first device."""
        maps = []
        for column, device in zip(self.columns, self.devices, strict=True):
            own = F.max_pool2d(column["norm1"](F.relu(column["conv1"](images.to(device)))), 3, 2)  # type: ignore[index]
            maps.append(F.max_pool2d(column["norm2"](F.relu(column["conv2"](own))), 3, 2))  # type: ignore[index]
        maps = self._both("conv3", maps)
        for name in ("conv4", "conv5"):
            maps = [F.relu(column[name](own)) for column, own in zip(self.columns, maps, strict=True)]  # type: ignore[index]
        maps = [F.max_pool2d(own, 3, 2).flatten(1) for own in maps]
        maps = self._both("fc6", [self.dropout(own) for own in maps])
        maps = self._both("fc7", [self.dropout(own) for own in maps])
        scores: Tensor = self.fc8(torch.cat([own.to(self.devices[0]) for own in maps], 1))
        return scores

    def _both(self, name: str, maps: list[Tensor]) -> list[Tensor]:
        """Apply a layer whose halves are connected to both columns."""
        return [
            F.relu(column[name](torch.cat([own.to(device) for own in maps], 1)))  # type: ignore[index]
            for column, device in zip(self.columns, self.devices, strict=True)
        ]


def _column(whole: AlexNet, number: int) -> dict[str, nn.Module]:
    """Build the layers of a column: half of the outputs, and half of the inputs of grouped convolutions."""
    layers: dict[str, nn.Module] = {"norm1": LocalResponseNorm(48), "norm2": LocalResponseNorm(128)}
    for name in ("conv1", "conv2", "conv3", "conv4", "conv5"):
        layer = whole.features.get_submodule(name)
        assert isinstance(layer, nn.Conv2d)
        half = nn.Conv2d(
            layer.in_channels // layer.groups,
            layer.out_channels // 2,
            layer.kernel_size,  # type: ignore[arg-type]
            layer.stride,  # type: ignore[arg-type]
            layer.padding,  # type: ignore[arg-type]
        )
        layers[name] = _fill(half, layer, number)
    for name in ("fc6", "fc7"):
        layer = whole.get_submodule(name)
        assert isinstance(layer, nn.Linear)
        layers[name] = _fill(nn.Linear(layer.in_features, layer.out_features // 2), layer, number)
    return layers


def _fill(half: nn.Conv2d | nn.Linear, layer: nn.Conv2d | nn.Linear, number: int) -> nn.Module:
    with torch.no_grad():
        half.weight.copy_(layer.weight.chunk(2)[number])
        half.bias.copy_(layer.bias.chunk(2)[number])  # type: ignore[union-attr]
    return half
