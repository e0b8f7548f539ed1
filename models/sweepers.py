"""The networks that sweep over a line of writing: what they share is lines in, score sequences out."""

import torch

from models.sdnn import SDNN, SDNNConfig
from models.sdnn_packed import PackedSDNN
from models.swept_lenet5 import PackedLeNet5, SweptLeNet5, SweptLeNet5Config

Sweeper = SDNN | SweptLeNet5
"""(N, channels, height, W) lines in, (N, W // 4, labels + 1) log-probabilities out, "no character" last."""

SweeperConfig = SDNNConfig | SweptLeNet5Config
"""What defines one, saved with its weights: labels, channels and height among them."""

PackedSweeper = PackedSDNN | PackedLeNet5
"""For reading alone: lines of any widths in, a score sequence for each out."""


def packed(network: Sweeper, device: torch.device | str = "cpu") -> PackedSweeper:
    """A network for reading alone.

    Args:
        network: In evaluation mode; it is left as it is.
        device: Where to compute.

    Raises:
        ValueError: The network is in training mode.
    """
    return PackedSDNN(network, device) if isinstance(network, SDNN) else PackedLeNet5(network, device)
