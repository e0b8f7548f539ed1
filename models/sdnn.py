"""Space displacement neural network (SDNN): a convolutional network over a whole line image (GBL98 sec. VII)."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import torch.nn.functional as F
from torch import Tensor, nn

from models.errors import ConfigurationError
from models.settings import check_labels, check_setting

STRIDE = 4
"""Pixels from one time step to the next: the product of the two sub-samplings."""


@dataclass(frozen=True)
class SDNNConfig:
    """Configuration of an `SDNN`, saved with its weights.

    Attributes:
        labels: Classes in the order of the output units; the blank ("no character") follows them.
        channels: Number of channels of a line.
        height: Height of a line, pixels, a multiple of 4.
        maps: Maps of C1, C3, C5 and F6.
        refine: Number of residual 3x3 convolutions after S4.
        context: Dilation of each residual convolution over the time steps.
        dropout: Dropout rate of the units after C5; maps after S4 have half of it.
        strided: Whether C1 has stride 2 in place of S2 and C3 has 3x3 kernels, which saves a quarter of the time.
    """

    method: ClassVar[str] = "sdnn"
    backbone: ClassVar[Literal["wide"]] = "wide"

    labels: tuple[str, ...] = tuple("0123456789.-/$*x")
    channels: int = 2
    height: int = 32
    maps: tuple[int, int, int, int] = (16, 48, 192, 128)
    refine: int = 1
    context: tuple[int, ...] = (1, 2)
    dropout: float = 0.15
    strided: bool = False

    def __post_init__(self) -> None:
        check_labels(self.labels)
        rows = self.height >= 8 and self.height % STRIDE == 0
        check_setting("height", self.height, rows, "a multiple of 4 and at least 8")
        check_setting("maps", self.maps, len(self.maps) == 4 and min(self.maps) >= 1, "four numbers above 0")
        if self.channels < 1 or self.refine < 0 or any(step < 1 for step in self.context):
            raise ConfigurationError("channels and context must be above 0, refine 0 or more")
        check_setting("dropout", self.dropout, 0 <= self.dropout < 1, "in 0 .. 1")


def _layer(
    inputs: int, outputs: int, size: int | tuple[int, int], padding: tuple[int, int], stride: int = 1
) -> nn.Sequential:
    convolution = nn.Conv2d(inputs, outputs, size, stride, padding, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU())


class _Context(nn.Module):
    """Residual dilated convolution over three time steps."""

    def __init__(self, units: int, step: int, dropout: float) -> None:
        super().__init__()
        self.joined = nn.Conv1d(units, units, 3, padding=step, dilation=step, bias=False)
        self.norm = nn.BatchNorm1d(units)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:  # (N, units, T) -> (N, units, T)
        joined: Tensor = self.dropout(F.relu(self.norm(self.joined(x))))
        return x + joined


class SDNN(nn.Module):
    """Space displacement neural network: the stages of LeNet-5 with free widths over a line of any width.

    The stages: 5x5 convolution, sub-sampling, 5x5 convolution, sub-sampling, a convolution over the full height, a full
    connection, the output. Deviations from LeNet-5: more maps, all connected; batch normalization; ReLU; max pooling;
    log-probabilities instead of distances to codes; convolutions over the time steps for context.

    Args:
        config: Classes, sizes, dropout.

    Example:
        >>> import torch
        >>> SDNN().eval()(torch.zeros(2, 2, 32, 100)).shape  # 16 characters and "no character" every 4 pixels
        torch.Size([2, 25, 17])
    """

    def __init__(self, config: SDNNConfig | None = None) -> None:
        super().__init__()
        self.config = config or SDNNConfig()
        first, second, third, fourth = self.config.maps
        drop = self.config.dropout
        if self.config.strided:
            self.c1 = _layer(self.config.channels, first, 5, (2, 2), stride=2)
            self.c3 = _layer(first, second, 3, (1, 1))
        else:
            self.c1 = _layer(self.config.channels, first, 5, (2, 2))
            self.c3 = _layer(first, second, 5, (2, 2))
        self.refine = nn.ModuleList(_layer(second, second, 3, (1, 1)) for _ in range(self.config.refine))
        self.c5 = _layer(second, third, (self.config.height // STRIDE, 5), (0, 2))
        self.f6 = nn.Sequential(nn.Conv1d(third, fourth, 1, bias=False), nn.BatchNorm1d(fourth), nn.ReLU())
        self.context = nn.ModuleList(_Context(fourth, step, drop) for step in self.config.context)
        self.output = nn.Conv1d(fourth, len(self.config.labels) + 1, 1)
        self.drop_maps = nn.Dropout2d(drop / 2)
        self.drop_units = nn.Dropout(drop)

    @property
    def labels(self) -> tuple[str, ...]:
        """Classes in the order of the output units."""
        return self.config.labels

    def forward(self, x: Tensor) -> Tensor:
        """Compute the score sequence of each line.

        Args:
            x: (N, channels, height, W) lines, 0 paper to 1 ink; shorter lines are padded with paper at the right.

        Returns:
            (N, W // 4, labels + 1) log-probabilities in nats, the blank last. Time step t is centered on pixels 4t to
            4t + 3.

        Raises:
            ValueError: The lines have another shape.
        """
        wanted = (self.config.channels, self.config.height)
        if x.ndim != 4 or tuple(x.shape[1:3]) != wanted or x.shape[3] < STRIDE:
            raise ValueError(
                f"this network takes lines of shape (N, {wanted[0]}, {wanted[1]}, W >= 4), not {tuple(x.shape)}"
            )
        whole = x.shape[3] // STRIDE * STRIDE
        # N x C1 x H/2 x W/2
        x = self.c1(x[..., :whole]) if self.config.strided else F.max_pool2d(self.c1(x), 2)
        x = self.drop_maps(F.max_pool2d(self.c3(x), 2))  # N x C3 x H/4 x W/4
        for layer in self.refine:
            x = x + layer(x)
        x = self.drop_units(self.c5(x).squeeze(2))  # N x C5 x W/4
        x = self.f6(x)  # N x F6 x W/4
        for layer in self.context:
            x = layer(x)
        scores: Tensor = F.log_softmax(self.output(x), dim=1).transpose(1, 2)
        return scores
