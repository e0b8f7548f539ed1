"""LeNet-5 with free widths, batch normalization, ReLU and dropout."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import torch.nn.functional as F
from torch import Tensor, nn

from models.lenet5 import IMAGE_SIZE
from models.settings import check_labels, check_setting

NORMALIZATIONS = ("none", "batch", "pooled")


@dataclass(frozen=True)
class LeNetConfig:
    """Configuration of a `LeNet`, saved with its weights.

    Attributes:
        labels: Classes in the order of the output units; the rubbish class follows them.
        channels: Number of image channels.
        maps: Maps of C1, C3 and C5, and units of F6.
        normalization: Batch normalization before the ReLU: none, batch, or pooled (of the pooled maps alone, which
            trains in two thirds of the time).
        dropout: Dropout rate of the units of C5 and F6.
    """

    method: ClassVar[str] = "hos"
    backbone: ClassVar[Literal["wide"]] = "wide"

    labels: tuple[str, ...] = tuple("0123456789")
    channels: int = 1
    maps: tuple[int, int, int, int] = (24, 48, 160, 128)
    normalization: str = "batch"
    dropout: float = 0.1

    def __post_init__(self) -> None:
        check_labels(self.labels)
        check_setting("maps", self.maps, len(self.maps) == 4 and min(self.maps) >= 1, "four numbers above 0")
        check_setting("channels", self.channels, self.channels >= 1, "1 or more")
        known = self.normalization in NORMALIZATIONS
        check_setting("normalization", self.normalization, known, f"one of {', '.join(NORMALIZATIONS)}")
        check_setting("dropout", self.dropout, 0 <= self.dropout < 1, "in 0 .. 1")


class LeNet(nn.Module):
    """C1 to F6 of LeNet-5 with free widths and a log-softmax output.

    Deviations from the paper: all maps are connected; batch normalization; ReLU instead of the scaled tanh; max pooling
    instead of trainable sums; log-probabilities instead of distances to codes; the rubbish class is an output unit.

    Args:
        config: Classes, sizes, normalization, dropout.

    Example:
        >>> import torch
        >>> LeNet().eval()(torch.zeros(3, 1, 32, 32)).shape  # ten digits and "no character"
        torch.Size([3, 11])
    """

    def __init__(self, config: LeNetConfig | None = None) -> None:
        super().__init__()
        self.config = config or LeNetConfig()
        first, second, third, fourth = self.config.maps
        self.c1 = self._convolution(self.config.channels, first)
        self.c3 = self._convolution(first, second)
        self.c5 = self._convolution(second, third)
        self.f6 = nn.Linear(third, fourth)
        self.output = nn.Linear(fourth, len(self.config.labels) + 1)
        self.dropout = nn.Dropout(self.config.dropout)

    def _convolution(self, inputs: int, outputs: int) -> nn.Sequential:
        if self.config.normalization == "none":
            return nn.Sequential(nn.Conv2d(inputs, outputs, 5), nn.ReLU())
        return nn.Sequential(nn.Conv2d(inputs, outputs, 5, bias=False), nn.BatchNorm2d(outputs), nn.ReLU())

    @property
    def labels(self) -> tuple[str, ...]:
        """Classes in the order of the output units."""
        return self.config.labels

    def forward(self, x: Tensor) -> Tensor:
        """Compute the log-posteriors of the classes and of the rubbish class.

        Args:
            x: (N, channels, 32, 32) images, 0 paper to 1 ink.

        Returns:
            (N, labels + 1) log-probabilities in nats, the rubbish class last.

        Raises:
            ValueError: The images have another shape.
        """
        wanted = (self.config.channels, IMAGE_SIZE, IMAGE_SIZE)
        if x.ndim != 4 or tuple(x.shape[1:]) != wanted:
            raise ValueError(
                f"this network takes images of shape (N, {wanted[0]}, 32, 32), not {tuple(x.shape)}"
            )
        x = self._stage(self.c1, x)  # N x C1 x 14 x 14
        x = self._stage(self.c3, x)  # N x C3 x 5 x 5
        x = self.dropout(self.c5(x).flatten(1))  # N x C5
        x = self.dropout(F.relu(self.f6(x)))  # N x F6
        return F.log_softmax(self.output(x).float(), dim=1)

    def _stage(self, layers: nn.Sequential, x: Tensor) -> Tensor:
        """Apply a convolution and max pooling."""
        if self.config.normalization == "batch":
            return F.max_pool2d(layers(x), 2)
        # ReLU commutes with max pooling and has a quarter of the values to process after it.
        squashed: Tensor = layers[1:](F.max_pool2d(layers[0](x), 2))
        return squashed

    def log_posteriors(self, x: Tensor) -> Tensor:
        """Return the output of the network, under the name that `models.lenet5.LeNet5` has for it."""
        found: Tensor = self(x)
        return found
