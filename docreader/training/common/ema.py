"""A running mean of the weights along the way, which generalizes better than where the last step happened to end."""

import copy
from typing import Generic, TypeVar

import torch
from torch import nn

Network = TypeVar("Network", bound=nn.Module)


class EMA(nn.Module, Generic[Network]):
    """A network and the exponential mean of its weights, kept and saved together.

    Args:
        module: The network that is trained.
        decay: Share of the mean that stays at each step; 0 makes the mean the network itself.
    """

    def __init__(self, module: Network, decay: float) -> None:
        super().__init__()
        self.module: Network = module
        self.decay = decay
        self.mean: Network = copy.deepcopy(module) if decay else module

    def update(self, step: int) -> None:
        """Take a step of the network into the mean.

        Args:
            step: Its number in the whole run, from 0: the mean of few steps forgets the initial weights soon.
        """
        if not self.decay:
            return
        decay = min(self.decay, (1 + step) / (10 + step))
        with torch.no_grad():
            for mean, own in zip(
                self.mean.state_dict().values(), self.module.state_dict().values(), strict=True
            ):
                if mean.is_floating_point():
                    mean.lerp_(own, 1 - decay)
                else:
                    mean.copy_(own)
