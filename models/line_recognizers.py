"""Line recognizers: the networks that map a line image to a score sequence."""

import torch

from models.lenet5_sdnn import LeNet5SDNN, LeNet5SDNNConfig, PackedLeNet5
from models.sdnn import SDNN, SDNNConfig
from models.sdnn_packed import PackedSDNN

LineRecognizer = SDNN | LeNet5SDNN
"""Maps lines (N, channels, height, W) to (N, W // 4, labels + 1) log-probabilities, the blank last."""

LineRecognizerConfig = SDNNConfig | LeNet5SDNNConfig
"""Configuration of a line recognizer; all have labels, channels and height."""

PackedLineRecognizer = PackedSDNN | PackedLeNet5
"""Inference engine: maps lines of any widths to a score sequence each."""


def packed(network: LineRecognizer, device: torch.device | str = "cpu") -> PackedLineRecognizer:
    """Build the inference engine of a line recognizer.

    Args:
        network: Network in evaluation mode; it is not changed.
        device: Device of the computation.

    Raises:
        ValueError: The network is in training mode.
    """
    return PackedSDNN(network, device) if network.config.backbone == "wide" else PackedLeNet5(network, device)
