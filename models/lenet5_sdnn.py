"""LeNet-5 swept over a line of writing: the space displacement network to the letter (GBL98 sec. VII)."""

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
"""Pictures of a line that it is given; the first alone, the cleaned ink, is read."""

BEFORE = IMAGE_SIZE // 2 - STRIDE // 2
"""Paper at the left of a line, pixels: the middle of the first window stands over that of the first frame."""

AROUND = IMAGE_SIZE - STRIDE
"""Paper at both sides together: as many windows as frames."""

LINES = 16
"""Lines that are read at once, which bounds the memory."""


class LeNet5Line(nn.Module):
    """LeNet-5's own weights as a fully convolutional network over a line of any width.

    Row t is what LeNet-5 says of the window at pixels 4t to 4t + 31, at a small part of the cost: neighboring windows
    share their convolutions.

    Args:
        network: The recognizer; its weights are shared, not copied.

    Example:
        >>> import torch
        >>> LeNet5Line(LeNet5())(torch.zeros(1, 1, 32, 100)).shape
        torch.Size([1, 18, 11])
    """

    def __init__(self, network: LeNet5) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        """Log-posteriors of each window.

        Args:
            x: (N, 1, 32, W), 0 = paper to 1 = ink; W >= 32.

        Returns:
            (N, (W - 32) // 4 + 1, classes + 1), see `LeNet5.log_posteriors`.

        Raises:
            ValueError: The lines have another shape.
        """
        if x.ndim != 4 or tuple(x.shape[1:3]) != (1, IMAGE_SIZE) or x.shape[3] < IMAGE_SIZE:
            raise ValueError(f"LeNet-5 sweeps lines of shape (N, 1, 32, W >= 32), not {tuple(x.shape)}")
        net = self.network
        # Cut to whole steps: an odd column would shift no window, but sub-sampling could not pair it.
        x = x[..., : (x.shape[3] - IMAGE_SIZE) // STRIDE * STRIDE + IMAGE_SIZE]
        x = WHITE + (BLACK - WHITE) * x
        x = net.s4(net.c3(net.s2(net.c1(x))))  # N x 16 x 5 x (T + 4)
        x = net.c5(x).squeeze(2).transpose(1, 2)  # N x T x 120
        features = squash(F.linear(x, net.f6.weight, net.f6.bias))  # N x T x 84
        return criteria.log_posteriors(net.output(features), net.rubbish, net.scale)


@dataclass(frozen=True)
class LeNet5SDNNConfig(LeNet5Config):
    """What defines one `LeNet5SDNN`, saved with its weights: what defines its LeNet-5."""

    method: ClassVar[str] = "sdnn"

    scale: float = 0.03  # probabilities that a gradient can move; at the paper's 1 they begin at 0 and 1

    @property
    def channels(self) -> int:
        """Pictures of a line that it is given."""
        return CHANNELS

    @property
    def height(self) -> int:
        """Pixels of a line from top to bottom."""
        return IMAGE_SIZE


class LeNet5SDNN(nn.Module):
    """A reader of lines with no weights but LeNet-5's.

    Args:
        config: That of its LeNet-5; None is the paper's, with ten digits.

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
        """What is swept."""
        return self.line.network

    @property
    def labels(self) -> tuple[str, ...]:
        """The characters of the output units, in order."""
        return self.config.labels

    def forward(self, x: Tensor) -> Tensor:
        """Score sequence of each line.

        Args:
            x: (N, 2, 32, W), 0 = paper to 1 = ink: the cleaned ink, which is read, and the image itself, which is not.
                Shorter lines are filled up with paper at the right.

        Returns:
            (N, W // 4, labels + 1) log-probabilities, nats; the last column is "no character", the rubbish class. Frame
            t is the window whose middle stands over the pixels 4t to 4t + 3.

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
    """Reads as a `LeNet5SDNN` does, lines of any widths together: paper behind a line changes nothing.

    Args:
        network: In evaluation mode.
        device: Where to compute; the network goes there.

    Raises:
        ValueError: The network is in training mode.
    """

    def __init__(self, network: LeNet5SDNN, device: torch.device | str = "cpu") -> None:
        if network.training:
            raise ValueError("only a network in evaluation mode can be packed: call eval() first")
        self.network, self.device = network.to(device), torch.device(device)

    @property
    def labels(self) -> tuple[str, ...]:
        """The characters of the output units, in order."""
        return self.network.labels

    @torch.inference_mode()
    def scores(self, lines: Sequence[NDArray[np.uint8]], grid: int = STRIDE) -> Iterator[Tensor]:
        """Score sequences of lines.

        Args:
            lines: Each (2, 32, W), 0 paper .. 255 ink.
            grid: Batches are as wide as a multiple of so many pixels, itself one of 4.

        Yields:
            For each line (ceil(W / 4), labels + 1) log-probabilities, "no character" last, where the network computes.
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
