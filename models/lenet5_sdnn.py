"""LeNet-5 as a space displacement neural network: fully convolutional over a line image (GBL98 sec. VII)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from models import criteria
from models.lenet5 import BLACK, IMAGE_SIZE, WHITE, LeNet5, LeNet5Config, squash
from models.sdnn import STRIDE

CHANNELS = 2
"""Channels of its input; only the first, the cleaned ink, is used."""

BEFORE = IMAGE_SIZE // 2 - STRIDE // 2
"""Padding at the left of a line, pixels: it centers the first window on the first time step."""

AROUND = IMAGE_SIZE - STRIDE
"""Padding at both sides together, pixels: it gives as many windows as time steps."""

LINES = 16
"""Lines of a batch, which bounds the memory."""


class LeNet5Line(nn.Module):
    """LeNet-5 as a fully convolutional network over a line of any width.

    Row t equals the output of LeNet-5 for the window at pixels 4t to 4t + 31. Neighboring windows share their
    convolutions.

    Args:
        network: Recognizer; its weights are shared, not copied.

    Example:
        >>> import torch
        >>> LeNet5Line(LeNet5())(torch.zeros(1, 1, 32, 100)).shape
        torch.Size([1, 18, 11])
    """

    def __init__(self, network: LeNet5) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        """Compute the log-posteriors of each window.

        Args:
            x: (N, 1, 32, W) lines, 0 paper to 1 ink; W >= 32.

        Returns:
            (N, (W - 32) // 4 + 1, classes + 1), see `LeNet5.log_posteriors`.

        Raises:
            ValueError: The lines have another shape.
        """
        if x.ndim != 4 or tuple(x.shape[1:3]) != (1, IMAGE_SIZE) or x.shape[3] < IMAGE_SIZE:
            raise ValueError(f"LeNet-5 takes lines of shape (N, 1, 32, W >= 32), not {tuple(x.shape)}")
        net = self.network
        # Crop to whole strides: sub-sampling cannot pair an odd column.
        x = x[..., : (x.shape[3] - IMAGE_SIZE) // STRIDE * STRIDE + IMAGE_SIZE]
        x = WHITE + (BLACK - WHITE) * x
        x = net.s4(net.c3(net.s2(net.c1(x))))  # N x 16 x 5 x (T + 4)
        x = net.c5(x).squeeze(2).transpose(1, 2)  # N x T x 120
        features = squash(F.linear(x, net.f6.weight, net.f6.bias))  # N x T x 84
        return criteria.log_posteriors(net.output(features), net.rubbish, net.scale)


@dataclass(frozen=True)
class LeNet5SDNNConfig(LeNet5Config):
    """Configuration of a `LeNet5SDNN`, saved with its weights: that of its LeNet-5."""

    method: ClassVar[str] = "sdnn"

    scale: float = 0.03  # with the paper's 1 the initial posteriors saturate at 0 and 1 and give no gradient

    @property
    def channels(self) -> int:
        """Number of channels of a line."""
        return CHANNELS

    @property
    def height(self) -> int:
        """Height of a line, pixels."""
        return IMAGE_SIZE


class LeNet5SDNN(nn.Module):
    """Line recognizer with the weights of one LeNet-5.

    Args:
        config: Classes, rubbish constant and scale of its LeNet-5; None for ten digits.

    Example:
        >>> import torch
        >>> LeNet5SDNN()(torch.zeros(2, 2, 32, 100)).shape
        torch.Size([2, 25, 11])
    """

    def __init__(self, config: LeNet5SDNNConfig | None = None) -> None:
        super().__init__()
        self.config = config or LeNet5SDNNConfig()
        values = self.config
        self.line = LeNet5Line(LeNet5(LeNet5Config(values.labels, values.rubbish, values.scale)))

    @property
    def recognizer(self) -> LeNet5:
        """The LeNet-5 of each window."""
        return self.line.network

    @property
    def labels(self) -> tuple[str, ...]:
        """Classes in the order of the output units."""
        return self.config.labels

    def forward(self, x: Tensor) -> Tensor:
        """Compute the score sequence of each line.

        Args:
            x: (N, 2, 32, W) lines, 0 paper to 1 ink: cleaned ink, and the uncleaned image, which is not used. Shorter
                lines are padded with paper at the right.

        Returns:
            (N, W // 4, labels + 1) log-probabilities in nats, the rubbish class last. Time step t is the window
            centered on pixels 4t to 4t + 3.

        Raises:
            ValueError: The lines have another shape.
        """
        if x.ndim != 4 or tuple(x.shape[1:3]) != (CHANNELS, IMAGE_SIZE) or x.shape[3] < STRIDE:
            raise ValueError(
                f"this network takes lines of shape (N, {CHANNELS}, {IMAGE_SIZE}, W >= 4), not {tuple(x.shape)}"
            )
        scores: Tensor = self.line(F.pad(x[:, :1], (BEFORE, AROUND - BEFORE)))
        return scores


class PackedLeNet5:
    """Inference engine of a `LeNet5SDNN` for lines of any widths; padding does not change the scores.

    Args:
        network: Network in evaluation mode; it is moved to the device.
        device: Device of the computation.

    Raises:
        ValueError: The network is in training mode.
    """

    def __init__(self, network: LeNet5SDNN, device: torch.device | str = "cpu") -> None:
        if network.training:
            raise ValueError("only a network in evaluation mode can be packed: call eval() first")
        self.network, self.device = network.to(device), torch.device(device)

    @property
    def labels(self) -> tuple[str, ...]:
        """Classes in the order of the output units."""
        return self.network.labels

    @torch.inference_mode()
    def scores(self, lines: Sequence[NDArray[np.uint8]], grid: int = STRIDE) -> Iterator[Tensor]:
        """Compute the score sequences of lines.

        Args:
            lines: Lines (2, 32, W), 0 paper to 255 ink.
            grid: Batches are padded to a width that is a multiple of this, pixels; itself a multiple of 4.

        Yields:
            (ceil(W / 4), labels + 1) log-probabilities of each line on the device, the rubbish class last.
        """
        for first in range(0, len(lines), LINES):
            some = lines[first : first + LINES]
            widest = max(line.shape[2] for line in some)
            batch = np.zeros((len(some), CHANNELS, IMAGE_SIZE, -(-widest // grid) * grid), np.uint8)
            for row, line in zip(batch, some, strict=True):
                row[:, :, : line.shape[2]] = line
            found = self.network(torch.from_numpy(batch).to(self.device).float() / 255)
            for scores, line in zip(found, some, strict=True):
                yield scores[: -(-line.shape[2] // STRIDE)]
