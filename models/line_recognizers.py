"""The networks that sweep over a line of writing: what they share is lines in, score sequences out."""

import torch

from models.lenet5_sdnn import LeNet5SDNN, LeNet5SDNNConfig, PackedLeNet5
from models.sdnn import SDNN, SDNNConfig
from models.sdnn_packed import PackedSDNN

LineRecognizer = SDNN | LeNet5SDNN
"""(N, channels, height, W) lines in, (N, W // 4, labels + 1) log-probabilities out, "no character" last."""

LineRecognizerConfig = SDNNConfig | LeNet5SDNNConfig
"""What defines one, saved with its weights: labels, channels and height among them."""

PackedLineRecognizer = PackedSDNN | PackedLeNet5
"""For reading alone: lines of any widths in, a score sequence for each out."""


def packed(network: LineRecognizer, device: torch.device | str = "cpu") -> PackedLineRecognizer:
    """A network for reading alone.

    Args:
        network: In evaluation mode; it is left as it is.
        device: Where to compute.

    Raises:
        ValueError: The network is in training mode.
    """
    return PackedSDNN(network, device) if isinstance(network, SDNN) else PackedLeNet5(network, device)
