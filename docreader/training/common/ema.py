"""Exponential moving average (EMA) of the weights (Polyak and Juditsky 1992)."""

from collections.abc import Sequence
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

Network = TypeVar("Network", bound=nn.Module)


class EMA(AveragedModel, Generic[Network]):
    """Average the weights and buffers of a network over the training steps.

    The decay warms up, (1 + n) / (10 + n) at most after n updates, so that the initial weights fade within some steps.

    Args:
        network: Network in training, on its device.
        decay: Share of the average that an update keeps, 0 to below 1.

    Attributes:
        module: Network with the averaged weights, in evaluation mode.
    """

    module: Network

    def __init__(self, network: Network, decay: float) -> None:
        def average(averaged: Sequence[Tensor], current: Sequence[Tensor], _: Tensor | int) -> None:
            if averaged[0].is_floating_point():
                count = self.n_averaged.item()  # on the CPU, so that a GPU is not waited for
                weight = 1 - min(decay, count / (9 + count))
                torch._foreach_lerp_(list(averaged), list(current), weight)
            else:  # batch counters
                torch._foreach_copy_(list(averaged), list(current))

        super().__init__(network, multi_avg_fn=average, use_buffers=True)
        self.n_averaged.fill_(1)  # the initial weights are the first that are averaged
        self.eval()
